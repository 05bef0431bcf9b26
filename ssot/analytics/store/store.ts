import {
  ClickHouseLogLevel,
  createClient,
  SettingsMap,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z, type ZodType } from 'zod';
import { assertVerified, Breaker, type Clock, type TenantContext, type TenantId } from '../../kernel';
import { AnalyticsError } from '../errors';
import type { Layout } from '../schema/layout';
import { isOverTime, told, unavailable } from './store-faults';

/** Values of server-side parameters; they never become part of the text. The company is no value: it is who asks. */
export type Values = Readonly<Record<string, string | number | readonly string[]>> & { readonly tenant?: never };

/** Tables in which each row belongs to a company, in its column `tenant_id`. */
export const TENANT_TABLES = ['usage', 'usage_names', 'archive', 'erasure'] as const;

const ANSWER_MS = 12_000;
const GREETING_MS = 3_000;
const ROWS_AT_A_TIME = 500;
const FAILURES_TO_OPEN = 5;
const PROBE_MS = 1_000;
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
/** An insert that takes longer is ended by the server, and a little later given up here. */
const INSERT_SECONDS = 2;
const INSERT_GIVEN_UP_MS = INSERT_SECONDS * 1_000 + 500;
/** Acknowledged only when it is stored: this engine would otherwise insert later, and without saying so. */
const RECORDING: ClickHouseSettings = {
  async_insert: 0,
  wait_end_of_query: 1,
  input_format_skip_unknown_fields: 0,
  max_execution_time: INSERT_SECONDS,
};

/** Acknowledged only when it would survive the loss of a server. */
const ON_MOST_COPIES: ClickHouseSettings = {
  insert_quorum: 'auto',
  insert_quorum_timeout: INSERT_SECONDS * 1_000,
};

/** The one client of ClickHouse. */
export class Store {
  readonly #client: ClickHouseClient;
  readonly #breaker: Breaker;
  readonly #recording: ClickHouseSettings;

  constructor(
    url: string,
    private readonly clock: Clock,
    { isReplicated }: Pick<Layout, 'isReplicated'>,
  ) {
    this.#recording = isReplicated ? { ...RECORDING, ...ON_MOST_COPIES } : RECORDING;
    this.#breaker = new Breaker(clock, { failures: FAILURES_TO_OPEN, probeAfterMs: PROBE_MS });
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

  /** Rows of a question about the server itself, each of the declared shape; no row of any company is seen. */
  ask<R>(text: string, values: Values, row: ZodType<R>, signal?: AbortSignal): Promise<readonly R[]> {
    return this.#ask(text, values, rowsWhere('0'), row, signal);
  }

  /**
   * Rows of a question about one company, which the text knows as `{tenant:String}`. Whatever the text says, the server
   * shows it no row of another company.
   */
  askOf<R>(
    ctx: TenantContext,
    text: string,
    values: Values,
    row: ZodType<R>,
    signal?: AbortSignal,
  ): Promise<readonly R[]> {
    assertVerified(ctx);
    return this.askAbout(ctx.tenantId, text, values, row, signal);
  }

  /** The same for work of the platform itself on a company's data, which nobody asks for: moving to the archive, erasure. */
  askAbout<R>(
    tenantId: TenantId,
    text: string,
    values: Values,
    row: ZodType<R>,
    signal?: AbortSignal,
  ): Promise<readonly R[]> {
    const ofCompany = rowsWhere(`tenant_id = '${escaped(tenantId)}'`);
    return this.#ask(text, { ...values, tenant: tenantId }, ofCompany, row, signal);
  }

  /** Rows of one table, of all companies: for work of the platform itself, whose answer is shown to nobody. Of the other tables it sees nothing. */
  askAcross<R>(
    table: (typeof TENANT_TABLES)[number],
    text: string,
    values: Values,
    row: ZodType<R>,
  ): Promise<readonly R[]> {
    return this.#ask(text, values, rowsWhere('0', table), row, undefined);
  }

  /** Throws `analytics_unavailable` when nobody answers within three seconds: work that would wait far longer is not begun. */
  async assertAnswers(): Promise<void> {
    const limit = new AbortController();
    using _limit = this.clock.after(GREETING_MS, () => limit.abort());
    try {
      await this.ask('select 1', {}, z.unknown(), limit.signal);
    } catch (error) {
      throw limit.signal.aborted ? unavailable({ cause: error }) : error;
    }
  }

  async #ask<R>(
    text: string,
    values: Readonly<Record<string, unknown>>,
    visible: ClickHouseSettings,
    row: ZodType<R>,
    signal?: AbortSignal,
  ): Promise<readonly R[]> {
    const rows = await this.#unlessOpen(signal, async () => {
      const answer = await this.#client.query({
        query: text,
        format: 'JSONEachRow',
        query_params: { ...values },
        clickhouse_settings: { ...QUESTION_LIMITS, ...visible },
        ...(signal === undefined ? {} : { abort_signal: signal }),
      });
      return answer.json<unknown>();
    });
    const read: R[] = [];
    for (const found of rows) {
      read.push(shaped(row, found));
      // A long answer is read in pieces, and everybody else is served in between.
      if (read.length % ROWS_AT_A_TIME === 0) await nextTurn();
    }
    return read;
  }

  /** Rows of the same columns, whole or not at all; an insert that takes longer than two seconds is ended, and whoever sent it sends it again. */
  async insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const late = new AbortController();
    using _limit = this.clock.after(INSERT_GIVEN_UP_MS, () => late.abort());
    try {
      const columns = Object.keys(rows[0] ?? {});
      await this.#client.insert({
        ...{ table, columns: columns as [string, ...string[]], format: 'JSONCompactEachRow' },
        // Names once, not in each row: a report of a thousand calls is stored a quarter sooner.
        values: rows.map((row) => columns.map((column) => row[column])),
        clickhouse_settings: this.#recording,
        abort_signal: late.signal,
      });
    } catch (error) {
      if (late.signal.aborted || isOverTime(error)) {
        throw new AnalyticsError(
          'analytics_unavailable',
          `The history did not store the report within ${INSERT_SECONDS} seconds. Send it again.`,
          { retryAfterMs: 1_000, cause: error },
        );
      }
      throw told(error);
    }
  }

  /** Changes tables, or rewrites what is in them. No row is hidden from it: its text names the company. */
  async define(text: string, values: Values = {}): Promise<void> {
    try {
      await this.#client.command({
        query: text,
        query_params: { ...values },
        clickhouse_settings: { wait_end_of_query: 1 },
      });
    } catch (error) {
      throw told(error);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /**
   * Whether it answers and would record: no row is inserted, but everything is looked at that an insert needs, such as rights, the
   * table, and room for one more part. Asked although others are refused; that it answers again holds for everybody at once.
   */
  async probe(signal: AbortSignal): Promise<void> {
    try {
      const query = 'insert into usage select * from usage where 0';
      await this.#client.command({ query, abort_signal: signal, clickhouse_settings: { wait_end_of_query: 1 } });
      this.#breaker.recordSuccess();
    } catch (error) {
      throw told(error, signal);
    }
  }

  /** While it does not answer, one question a second is let through, and the others are refused at once. */
  async #unlessOpen<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (!this.#breaker.admit()) throw unavailable({ retryAfterMs: PROBE_MS });
    try {
      const answer = await work();
      this.#breaker.recordSuccess();
      return answer;
    } catch (error) {
      const failure = told(error, signal);
      // A question that was given up says nothing; one that was refused shows that somebody answers.
      if (failure.code === 'analytics_unavailable') this.#breaker.recordFailure();
      else if (failure.code !== 'analytics_cancelled') this.#breaker.recordSuccess();
      throw failure;
    }
  }
}

/** What a question sees of the companies' tables: the server's own filter, under whatever the text reads from them. */
function rowsWhere(condition: string, except?: string): ClickHouseSettings {
  const filters = TENANT_TABLES.filter((table) => table !== except).map(
    (table) => [table, escaped(condition)] as const,
  );
  return { additional_table_filters: SettingsMap.from(Object.fromEntries(filters)) };
}

/** A text as ClickHouse reads it: between quotes, with what would end it escaped. */
export function literal(text: string): string {
  return `'${escaped(text)}'`;
}

/** As it stands between quotes; the client puts the quotes and escapes nothing. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function shaped<R>(row: ZodType<R>, found: unknown): R {
  const read = row.safeParse(found);
  if (read.success) return read.data;
  throw new AnalyticsError(
    'analytics_broken_answer',
    `The history answered with a row that is not one: ${read.error.issues[0]?.message}.`,
  );
}
