import pg from 'pg';
import type { Clock } from '../../kernel';
import type { DatabaseHealth, PoolFigures } from '../contract';
import { isLoss } from '../failures';

const LIMIT_MS = 1_000;
const SLOW_MS = 250;
const QUESTION = `select pg_is_in_recovery() as behind,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

/** Asks the store on a connection of its own, so that a busy pool is not mistaken for a dead database. */
export class HealthProbe {
  readonly #own: pg.Pool;

  constructor(
    url: string,
    private readonly clock: Clock,
  ) {
    this.#own = new pg.Pool({
      connectionString: url,
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
      const { rows } = await this.#own.query<{ behind: boolean; now: number }>(QUESTION);
      const answeredAt = this.clock.monotonic();
      const latencyMs = Math.round((answeredAt - askedAt) * 10) / 10;
      const [row] = rows;
      const told = { latencyMs, ...(row && { serverTime: { epochMs: row.now, askedAt, answeredAt } }) };
      if (row?.behind === true) return { state: 'degraded', cause: 'read_only', ...told };
      return latencyMs > SLOW_MS ? { state: 'degraded', cause: 'slow', ...told } : { state: 'up', ...told };
    } catch (error) {
      return { state: 'down', latencyMs: null, cause: isLoss(error) ? 'refused' : 'no_answer' };
    }
  }

  close(): Promise<void> {
    return this.#own.end();
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
