import pg from 'pg';
import type { Clock } from '../../kernel';
import type { DatabaseHealth, HealthCause, PoolFigures } from '../contract';
import { DatabaseError, type DatabaseCode } from '../errors';
import { classify, isLoss, isUnanswered } from '../failures';
import { pinnedSession } from '../transactions/session';
import { ServerPool } from './server-pool';

const LIMIT_MS = 1_000;
const SLOW_MS = 250;
/** Less than what the question puts aside, so that the server must find room on its disk; nothing of it stays there. */
const MEMORY = '-c work_mem=64kB';
const QUESTION = `select current_setting('transaction_read_only') = 'on' as read_only,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now
  from (select count(*) from generate_series(1, 5000)) as put_aside`;
/** With which the server answers, and stores nothing. */
const REFUSALS: Partial<Record<DatabaseCode, HealthCause>> = { database_read_only: 'read_only', database_full: 'full' };

/** Asks the store on a connection of its own, so that a busy pool is not mistaken for a dead database. */
export class HealthProbe {
  readonly #own: ServerPool;

  constructor(
    url: string,
    private readonly clock: Clock,
  ) {
    // What its own work is told counts, and not what the server would say to others.
    const { connectionString, options } = pinnedSession(url);
    this.#own = new ServerPool(connectionString, {
      options: `${options} ${MEMORY}`,
      application_name: 'platform-health',
      max: 1,
      connectionTimeoutMillis: LIMIT_MS,
      query_timeout: LIMIT_MS,
      idleTimeoutMillis: 30_000,
    });
    // The next question finds out by itself; without a listener the process would end.
    this.#own.on('error', () => undefined);
  }

  async measure(): Promise<Pick<DatabaseHealth, 'state' | 'latencyMs' | 'cause' | 'serverTime'>> {
    const askedAt = this.clock.monotonic();
    try {
      const { rows } = await this.#ask();
      const answeredAt = this.clock.monotonic();
      const latencyMs = Math.round((answeredAt - askedAt) * 10) / 10;
      const [row] = rows;
      const told = { latencyMs, ...(row && { serverTime: { epochMs: row.now, askedAt, answeredAt } }) };
      if (row?.read_only === true) return { state: 'down', cause: 'read_only', ...told };
      return latencyMs > SLOW_MS ? { state: 'degraded', cause: 'slow', ...told } : { state: 'up', ...told };
    } catch (error) {
      const known = classify(error);
      const refusal = known instanceof DatabaseError ? REFUSALS[known.code] : undefined;
      const silence = isLoss(error) && !isUnanswered(error) ? 'refused' : 'no_answer';
      return { state: 'down', latencyMs: null, cause: refusal ?? silence };
    }
  }

  close(): Promise<void> {
    return this.#own.end();
  }

  async #ask(): Promise<pg.QueryResult<{ read_only: boolean; now: number }>> {
    const client = await this.#own.borrow();
    let failure: Error | undefined;
    // The question that waits is told; without a listener the process would end.
    const onError = (): void => undefined;
    client.on('error', onError);
    try {
      return await client.query(QUESTION);
    } catch (error) {
      // After an answer the connection is as good as before.
      if (!(error instanceof pg.DatabaseError) || isLoss(error)) failure = error as Error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(failure);
    }
  }
}

/** Up, unless somebody has to wait for a connection. */
export function judge(
  measured: Pick<DatabaseHealth, 'state' | 'latencyMs' | 'cause'>,
  pool: PoolFigures,
): typeof measured {
  return measured.state === 'up' && pool.waiting > 0
    ? { ...measured, state: 'degraded', cause: 'waited_for' }
    : measured;
}
