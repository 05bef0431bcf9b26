import {
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ZodType } from 'zod';
import { AnalyticsError } from './errors';

/** Values of server-side parameters; they never become part of the text. */
export type Values = Readonly<Record<string, string | number | readonly string[]>>;

const ANSWER_MS = 12_000;
const ROWS_AT_A_TIME = 500;
/** Ended in the store, not here. */
const QUESTION_LIMITS: ClickHouseSettings = {
  readonly: '2',
  max_execution_time: 10,
  max_rows_to_read: '50000000',
  max_memory_usage: '536870912',
  max_result_rows: '50000',
  result_overflow_mode: 'throw',
  // The whole answer is worked out before its first byte is sent, so an error can never look like its end.
  wait_end_of_query: 1,
  // Whoever gives a question up closes its connection; the server would work on otherwise.
  cancel_http_readonly_queries_on_client_close: 1,
};
/** Acknowledged only when it is stored: this engine would otherwise insert later, and without saying so. */
const RECORDING: ClickHouseSettings = { async_insert: 0, wait_end_of_query: 1, input_format_skip_unknown_fields: 0 };

const LIMIT_OF: Readonly<Record<string, string>> = {
  '159': 'time',
  '160': 'time',
  '158': 'rows',
  '307': 'rows',
  '241': 'memory',
  '396': 'result',
};
const REFUSED_LOGIN = new Set(['516', '192', '193', '194', '81']);

/** The one client of ClickHouse. */
export class Store {
  readonly #client: ClickHouseClient;

  constructor(url: string) {
    this.#client = createClient({
      url,
      application: 'platform',
      request_timeout: ANSWER_MS,
      // Failures are raised, and told once by whoever asked; the client's own lines would also show the values asked with.
      log: { level: ClickHouseLogLevel.OFF },
      // Shorter than any server's own limit: a socket the server has closed already would fail the first question.
      keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
    });
  }

  /** Rows of a question, each of the declared shape. */
  async ask<R>(text: string, values: Values, row: ZodType<R>, signal?: AbortSignal): Promise<readonly R[]> {
    const rows = await this.#guarded(async () => {
      const answer = await this.#client.query({
        query: text,
        format: 'JSONEachRow',
        query_params: { ...values },
        clickhouse_settings: QUESTION_LIMITS,
        ...(signal === undefined ? {} : { abort_signal: signal }),
      });
      return answer.json<unknown>();
    }, signal);
    const read: R[] = [];
    for (const found of rows) {
      read.push(shaped(row, found));
      // A long answer is read in pieces, and everybody else is served in between.
      if (read.length % ROWS_AT_A_TIME === 0) await nextTurn();
    }
    return read;
  }

  async insert(table: string, rows: readonly object[]): Promise<void> {
    await this.#guarded(() =>
      this.#client.insert({ table, values: [...rows], format: 'JSONEachRow', clickhouse_settings: RECORDING }),
    );
  }

  async define(text: string): Promise<void> {
    await this.#guarded(() => this.#client.command({ query: text, clickhouse_settings: { wait_end_of_query: 1 } }));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #guarded<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw told(error, signal);
    }
  }
}

function shaped<R>(row: ZodType<R>, found: unknown): R {
  const read = row.safeParse(found);
  if (read.success) return read.data;
  throw new AnalyticsError(
    'analytics_broken_answer',
    `The history answered with a row that is not one: ${read.error.issues[0]?.message}.`,
  );
}

function told(error: unknown, signal?: AbortSignal): unknown {
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
  return new AnalyticsError('analytics_unavailable', 'The history of usage cannot be reached right now. Try again.', {
    cause,
  });
}

/** The socket's own failures carry a code; the client's time limit has a fixed sentence instead. */
function isUnreached(error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && typeof error.code === 'string') || error.message === 'Timeout error.')
  );
}
