import pg from 'pg';
import { DatabaseError, type ConstraintKind, type DatabaseCode } from './errors';

const CONSTRAINTS: Readonly<Record<string, ConstraintKind>> = {
  '23505': 'unique',
  '23503': 'reference',
  '23514': 'check',
  '23502': 'not_null',
  '23P01': 'exclusion',
};
type Told = readonly [code: DatabaseCode, message: string];
const limit = (what: string): Told => ['database_time_limit', `${what}; nothing was saved. Try again.`];
const REFUSED_LOGIN: Told = [
  'database_login_refused',
  'The database refused the login or has no such database. Check user, password and name.',
];
const NOT_READY: Told = ['database_unreachable', 'The database takes no connection right now. Try again.'];
const CONTENTION: Told = [
  'database_conflict',
  'Others changed the same rows at the same time; nothing was saved. Try again.',
];
const ENDED: Told = ['database_connection_lost', 'The database ended the connection; nothing was saved. Try again.'];
const BROKEN: Told = [
  'database_connection_lost',
  'The connection to the database broke; nothing was saved. Try again.',
];

/** What the server's five-letter classes mean. */
const REFUSALS: Readonly<Record<string, Told>> = {
  '42501': ['database_tenant_refused', 'These rows are not yours to read or write; nothing was saved.'],
  '57014': limit('A statement ran longer than its limit or was cancelled'),
  '55P03': limit('A row or table stayed locked by somebody else'),
  '25P03': limit('The transaction did nothing for too long'),
  '25P04': limit('The whole transaction ran longer than its limit'),
  '40001': CONTENTION,
  '40P01': CONTENTION,
  '25006': ['database_read_only', 'The database takes no writes here; nothing was saved.'],
  '53100': ['database_full', "The database's disk has no room left; nothing was saved."],
  '28P01': REFUSED_LOGIN,
  '28000': REFUSED_LOGIN,
  '3D000': REFUSED_LOGIN,
  '57P03': NOT_READY,
  '08001': NOT_READY,
  '08004': NOT_READY,
  '53300': NOT_READY,
  '57P01': ENDED,
  '57P02': ENDED,
  '57P05': ENDED,
  '08000': ENDED,
  '08003': ENDED,
  '08006': ENDED,
  '08P01': ENDED,
};
const SOCKET = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN', 'ERR_STREAM_DESTROYED']);
const NO_ROUTE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT', 'EACCES']);
/** The driver has no code for a connection that was not made in time; of a pool, and of one client. */
const UNANSWERED = new Set(['Connection terminated due to connection timeout', 'timeout expired']);
/** Nor for one that was closed. These are its own fixed sentences and can never hold a customer's text. */
const CLOSED = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

/**
 * What went wrong, by the server's own five-letter class or the socket's code, never by words: a customer's text may
 * well say "deadlock". Errors that did not come from the store are given back as they are.
 */
export function classify(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseError) return error;
  if (error instanceof pg.DatabaseError) return refusal(error);
  if (UNANSWERED.has(error.message)) {
    return known(['database_unreachable', 'The database did not answer in time. Try again.'], error);
  }
  const code = systemCode(error);
  if (SOCKET.has(code) || CLOSED.has(error.message)) return known(BROKEN, error);
  if (!NO_ROUTE.has(code)) return error;
  const message = `The database cannot be reached (${code}). Check its address and that it runs.`;
  return known(['database_unreachable', message], error);
}

function known([code, message]: Told, cause: Error): DatabaseError {
  return new DatabaseError(code, message, { cause });
}

/** No connection was made in time: whether somebody is there is not known. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && (UNANSWERED.has(error.message) || isUnanswered(error.cause));
}

/** Serialisation failure or deadlock: passes by itself when the whole transaction is done again. */
export function isContention(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01');
}

/** A statement was prepared on this connection before the schema changed; a new connection prepares it anew. */
export function isStale(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '0A000';
}

export function isLoss(error: unknown): boolean {
  const found = classify(error);
  return (
    found instanceof DatabaseError &&
    (found.code === 'database_connection_lost' || found.code === 'database_unreachable')
  );
}

function refusal(error: pg.DatabaseError): DatabaseError {
  const code = error.code ?? '';
  const kind = CONSTRAINTS[code];
  if (kind !== undefined) {
    const name = error.constraint ?? [error.table, error.column].filter(Boolean).join('.');
    return new DatabaseError(
      'database_constraint',
      `The ${kind.replace('_', ' ')} rule "${name}" was not met; nothing was saved.`,
      {
        cause: error,
        constraint: { kind, name },
        ...(error.column === undefined ? {} : { field: error.column }),
      },
    );
  }
  const told = REFUSALS[code];
  if (told !== undefined) return known(told, error);
  return code.startsWith('22')
    ? known(['database_value_invalid', `A value does not fit its column (${code}); nothing was saved.`], error)
    : known(['database_refused', `The database refused the statement (${code}); nothing was saved.`], error);
}

function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error) return String(error.code);
  // A name that resolves to several addresses fails with one error around all attempts.
  return error instanceof AggregateError ? systemCode(error.errors[0]) : '';
}
