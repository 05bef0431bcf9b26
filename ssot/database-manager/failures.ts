import pg from 'pg';
import { DatabaseError, type ConstraintKind } from './errors';

const CONSTRAINTS: Readonly<Record<string, ConstraintKind>> = {
  '23505': 'unique',
  '23503': 'reference',
  '23514': 'check',
  '23502': 'not_null',
  '23P01': 'exclusion',
};
const LIMITS: Readonly<Record<string, string>> = {
  '57014': 'A statement ran longer than its limit or was cancelled',
  '55P03': 'A row or table stayed locked by somebody else',
  '25P03': 'The transaction did nothing for too long',
  '25P04': 'The whole transaction ran longer than its limit',
};
const LOST = new Set(['57P01', '57P02', '57P05', '08000', '08003', '08006', '08P01']);
const NOT_READY = new Set(['57P03', '08001', '08004', '53300']);
const LOGIN = new Set(['28P01', '28000', '3D000']);
const SOCKET = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN', 'ERR_STREAM_DESTROYED']);
/** The driver has no code for a connection that was not made in time; of a pool, and of one client. */
const UNANSWERED = new Set(['Connection terminated due to connection timeout', 'timeout expired']);
const NO_ROUTE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT', 'EACCES']);

/**
 * What went wrong, by the server's own five-letter class or the socket's code, never by words: a customer's text may
 * well say "deadlock". Errors that did not come from the store are given back as they are.
 */
export function classify(error: unknown): unknown {
  if (error instanceof DatabaseError) return error;
  if (error instanceof pg.DatabaseError) return refusal(error);
  if (error instanceof Error && UNANSWERED.has(error.message)) {
    return new DatabaseError('database_unreachable', 'The database did not answer in time. Try again.', {
      cause: error,
    });
  }
  const code = systemCode(error);
  if (SOCKET.has(code) || isClosedByDriver(error)) {
    return new DatabaseError(
      'database_connection_lost',
      'The connection to the database broke; nothing was saved. Try again.',
      {
        cause: error,
      },
    );
  }
  if (NO_ROUTE.has(code)) {
    return new DatabaseError(
      'database_unreachable',
      `The database cannot be reached (${code}). Check its address and that it runs.`,
      {
        cause: error,
      },
    );
  }
  return error;
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
  const known = classify(error);
  return (
    known instanceof DatabaseError &&
    (known.code === 'database_connection_lost' || known.code === 'database_unreachable')
  );
}

function refusal(error: pg.DatabaseError): DatabaseError {
  const code = error.code ?? '';
  const cause = error;
  const kind = CONSTRAINTS[code];
  if (kind !== undefined) {
    const name = error.constraint ?? [error.table, error.column].filter(Boolean).join('.');
    return new DatabaseError(
      'database_constraint',
      `The ${kind.replace('_', ' ')} rule "${name}" was not met; nothing was saved.`,
      {
        cause,
        constraint: { kind, name },
        ...(error.column === undefined ? {} : { field: error.column }),
      },
    );
  }
  if (code === '42501') {
    return new DatabaseError(
      'database_tenant_refused',
      'These rows are not yours to read or write; nothing was saved.',
      { cause },
    );
  }
  const limit = LIMITS[code];
  if (limit !== undefined)
    return new DatabaseError('database_time_limit', `${limit}; nothing was saved. Try again.`, { cause });
  if (code === '40001' || code === '40P01') {
    return new DatabaseError(
      'database_conflict',
      'Others changed the same rows at the same time; nothing was saved. Try again.',
      { cause },
    );
  }
  if (code === '25006')
    return new DatabaseError('database_read_only', 'The database takes no writes here; nothing was saved.', { cause });
  if (code === '53100')
    return new DatabaseError('database_full', "The database's disk has no room left; nothing was saved.", { cause });
  if (LOGIN.has(code)) {
    return new DatabaseError(
      'database_login_refused',
      'The database refused the login or has no such database. Check user, password and name.',
      {
        cause,
      },
    );
  }
  if (NOT_READY.has(code))
    return new DatabaseError('database_unreachable', 'The database takes no connection right now. Try again.', {
      cause,
    });
  if (LOST.has(code)) {
    return new DatabaseError(
      'database_connection_lost',
      'The database ended the connection; nothing was saved. Try again.',
      { cause },
    );
  }
  if (code.startsWith('22')) {
    return new DatabaseError(
      'database_value_invalid',
      `A value does not fit its column (${code}); nothing was saved.`,
      { cause },
    );
  }
  return new DatabaseError('database_refused', `The database refused the statement (${code}); nothing was saved.`, {
    cause,
  });
}

function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // A name that resolves to several addresses fails with one error around all attempts.
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return '';
}

/** The driver has no codes for these; they are its own fixed sentences and can never hold a customer's text. */
function isClosedByDriver(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.message === 'Connection terminated unexpectedly' ||
    error.message === 'Connection terminated' ||
    error.message === 'Client has encountered a connection error and is not queryable' ||
    error.message === 'Client was closed and is not queryable'
  );
}
