import { ClickHouseError } from '@clickhouse/client';
import { AnalyticsError } from '../errors';

const LIMIT_OF: Readonly<Record<string, string>> = {
  '159': 'time',
  '160': 'time',
  '158': 'rows',
  '307': 'rows',
  '241': 'memory',
  '396': 'result',
};
const REFUSED_LOGIN = new Set(['516', '192', '193', '194', '81']);

/** The server ended it, because it took too long. */
export function isOverTime(error: unknown): boolean {
  return error instanceof ClickHouseError && LIMIT_OF[error.code] === 'time';
}

/** What the client of ClickHouse throws, in the words of this module. */
export function told(error: unknown, signal?: AbortSignal): AnalyticsError {
  const cause = error;
  if (signal?.aborted === true)
    return new AnalyticsError('analytics_cancelled', 'The question was given up.', { cause });
  if (error instanceof ClickHouseError) {
    const limit = LIMIT_OF[error.code];
    if (limit !== undefined) {
      return new AnalyticsError(
        'analytics_limit',
        `The question is too big: it reached its limit of ${limit}. Ask for a shorter period.`,
        {
          field: limit,
          cause,
        },
      );
    }
    if (REFUSED_LOGIN.has(error.code)) {
      return new AnalyticsError('analytics_unavailable', 'The history refused the login or has no such database.', {
        cause,
      });
    }
    return new AnalyticsError(
      'analytics_broken_answer',
      `The history refused the question (${error.type ?? error.code}).`,
      { cause },
    );
  }
  if (!isUnreached(error)) {
    return new AnalyticsError('analytics_broken_answer', 'The history answered with something that is no answer.', {
      cause,
    });
  }
  return unavailable({ cause });
}

export function unavailable(more: { readonly cause?: unknown; readonly retryAfterMs?: number }): AnalyticsError {
  return new AnalyticsError(
    'analytics_unavailable',
    'The history of usage cannot be reached right now. Try again.',
    more,
  );
}

/** The socket's own failures carry a code; the client's time limit has a fixed sentence instead. */
function isUnreached(error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && typeof error.code === 'string') || error.message === 'Timeout error.')
  );
}

/** The name that the server has for its refusal, for instance `TOO_MANY_PARTS`; undefined when it did not answer. */
export function refusedWith(error: unknown): string | undefined {
  if (!(error instanceof AnalyticsError && error.cause instanceof ClickHouseError)) return undefined;
  return error.cause.type ?? error.cause.code;
}
