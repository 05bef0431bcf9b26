import type pg from 'pg';
import type { Clock } from '../../kernel';
import type { DatabaseHealth, PoolFigures } from '../contract';
import { DatabaseError } from '../errors';
import { isLoss, isUnanswered } from '../failures';
import { ServerPool } from './server-pool';

const LIMIT_MS = 1_000;
const SLOW_MS = 250;
const QUESTION = `select pg_is_in_recovery() as behind,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

/** Asks the store on a connection of its own, so that a busy pool is not mistaken for a dead database. */
export class HealthProbe {
  readonly #own: ServerPool;

  constructor(
    url: string,
    private readonly clock: Clock,
  ) {
    this.#own = new ServerPool(url, {
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
      if (row?.behind === true) return { state: 'degraded', cause: 'read_only', ...told };
      return latencyMs > SLOW_MS ? { state: 'degraded', cause: 'slow', ...told } : { state: 'up', ...told };
    } catch (error) {
      if (error instanceof DatabaseError && error.code === 'database_read_only') {
        return { state: 'degraded', cause: 'read_only', latencyMs: null };
      }
      return { state: 'down', latencyMs: null, cause: isLoss(error) && !isUnanswered(error) ? 'refused' : 'no_answer' };
    }
  }

  close(): Promise<void> {
    return this.#own.end();
  }

  async #ask(): Promise<pg.QueryResult<{ behind: boolean; now: number }>> {
    const client = await this.#own.borrow();
    let failure: Error | undefined;
    // The question that waits is told; without a listener the process would end.
    const onError = (): void => undefined;
    client.on('error', onError);
    try {
      return await client.query(QUESTION);
    } catch (error) {
      failure = error as Error;
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
