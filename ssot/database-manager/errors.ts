import { PlatformError } from '../kernel';

/** Every code of this module, and whether the same request may succeed later. */
export const DATABASE_CODES = {
  /** An address, a change or a size that cannot work; nothing was connected. */
  database_config_invalid: false,
  /** No connection could be made: refused, unresolvable, or no answer in time. */
  database_unreachable: true,
  /** User, password or database name were refused by the server. */
  database_login_refused: false,
  /** A login that may bypass row security, a table that is not protected, or too old a server. */
  database_unsafe: false,
  database_read_only: true,
  /** No room left on the server's disk. */
  database_full: true,
  database_stopping: true,
  /** No free connection within 5 s, or 200 were waiting. */
  database_pool_exhausted: true,
  /** A statement, a lock, an idle transaction or a whole transaction took too long; undone. */
  database_time_limit: true,
  /** A transaction was used after its end; nothing was sent. */
  database_closed: false,
  /** The connection broke before the commit was sent: nothing landed. */
  database_connection_lost: true,
  /** The connection broke, or the time was over, after the commit was sent: it may land. Read before repeating. */
  database_commit_unknown: false,
  /** Serialisation failures or deadlocks, four times over. */
  database_conflict: true,
  /** A unique, foreign, check or not-null constraint; `constraint` names it. */
  database_constraint: false,
  /** Row security or a missing grant refused it. */
  database_tenant_refused: false,
  /** A value the column type cannot hold. */
  database_value_invalid: false,
  /** A row that is not of the shape the caller declared. */
  database_row_invalid: false,
  /** Anything else the server refused, for instance a statement it does not understand. */
  database_refused: false,
  /** A part of the transaction failed and was ignored, so the whole transaction was undone. */
  database_undone: false,
  database_change_failed: false,
  database_change_mismatch: false,
  database_change_busy: true,
} as const;
export type DatabaseCode = keyof typeof DATABASE_CODES;

export type ConstraintKind = 'unique' | 'reference' | 'check' | 'not_null' | 'exclusion';

/** Carries no row values and no secrets; the driver's own error is kept as `cause` for the logs of operators only. */
export class DatabaseError extends PlatformError {
  declare readonly code: DatabaseCode;
  readonly constraint: { readonly kind: ConstraintKind; readonly name: string } | undefined;

  constructor(
    code: DatabaseCode,
    message: string,
    more: {
      cause?: unknown;
      field?: string;
      retryAfterMs?: number;
      constraint?: { kind: ConstraintKind; name: string };
    } = {},
  ) {
    const { constraint, ...facts } = more;
    super({ code, message, retryable: DATABASE_CODES[code], ...facts });
    this.constraint = constraint;
  }
}

export function commitUnknown(cause: unknown): DatabaseError {
  return new DatabaseError(
    'database_commit_unknown',
    'The connection broke while the work was being saved. Look whether it is there before doing it again.',
    { cause },
  );
}
