/** What a log line says of an error: facts about the fault, never about the data it met. */
export type LoggedError = Readonly<Record<string, unknown>>;

/**
 * Fields that are kept. An error of a store carries the row it met as well: PostgreSQL's `detail`, `where`, `hint`,
 * `internalQuery` and parameters, Redis's `command` with its arguments. What is not listed here is left out.
 */
const KEPT = [
  ...['code', 'field', 'retryable', 'limit', 'errno', 'syscall', 'address', 'port'],
  ...['severity', 'schema', 'table', 'column', 'dataType', 'constraint', 'routine', 'file', 'line'],
];
const MAX_CAUSES = 5;

/** The `err` of a log line, with its causes. Anything but an error is told by its type alone. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { cause } = error;
  const own = error as unknown as Readonly<Record<string, unknown>>;
  const message = withoutValues(error.message, own['code']);
  return {
    type: error.constructor.name,
    message,
    ...Object.fromEntries(KEPT.filter((name) => own[name] !== undefined).map((name) => [name, own[name]])),
    stack: error.stack?.replace(error.message, () => message),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: loggedError(cause, depth + 1) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, MAX_CAUSES).map((one: unknown) => loggedError(one, depth + 1)),
    }),
  };
}

/** PostgreSQL quotes the value that it could not take (SQLSTATE class 22); of all others it quotes names only. */
function withoutValues(message: string, code: unknown): string {
  return typeof code === 'string' && /^22...$/.test(code) ? message.replace(/"[^]*"/, '[value]') : message;
}
