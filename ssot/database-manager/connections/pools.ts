import type pg from 'pg';
import { FairTurns, type Clock, type Logger, type Metrics } from '../../kernel';
import { DatabaseError } from '../errors';
import { pinnedSession } from '../transactions/session';
import { ServerPool } from './server-pool';

export const LIMITS = {
  app: 15,
  service: 2,
  /** Of the app pool, for other companies whatever one of them sends. */
  forOthers: 3,
  waiters: 200,
  waitMs: 5_000,
  idleMs: 30_000,
  ageSeconds: 1_800,
  statementMs: 10_000,
  lockMs: 3_000,
  idleInTransactionMs: 10_000,
} as const;

/** A pool with a real ceiling, a bounded queue, and an owner for errors of connections that nobody holds. */
export class Connections {
  readonly #pool: ServerPool;
  readonly #max: number;
  readonly #turns: FairTurns;
  readonly #ofOneCompany: number;
  #opened = 0;
  #lost = 0;
  #refused = 0;

  constructor(
    readonly name: string,
    url: string,
    max: number,
    private readonly ports: { readonly log: Logger; readonly metrics: Metrics; readonly clock: Clock },
  ) {
    this.#max = max;
    this.#turns = new FairTurns(max, ports.clock);
    this.#ofOneCompany = Math.max(1, max - LIMITS.forOthers);
    const { connectionString, options } = pinnedSession(url);
    this.#pool = new ServerPool(connectionString, {
      options,
      application_name: `platform-${name}`,
      max,
      connectionTimeoutMillis: LIMITS.waitMs,
      idleTimeoutMillis: LIMITS.idleMs,
      maxLifetimeSeconds: LIMITS.ageSeconds,
      statement_timeout: LIMITS.statementMs,
      lock_timeout: LIMITS.lockMs,
      idle_in_transaction_session_timeout: LIMITS.idleInTransactionMs,
      keepAlive: true,
      // What does not wait for an answer is sent at once; the server answers in order.
      pipeline: true,
    });
    this.#pool.on('connect', () => this.#opened++);
    // Without a listener an idle connection that is cut ends the process.
    this.#pool.on('error', (error) => this.lostOne(error));
  }

  /** Companies take turns: the work of one waits for its own, and leaves connections for those of others. */
  async inTurn<T>(company: string, work: () => Promise<T>): Promise<T> {
    const ofOne = this.#ofOneCompany;
    if (this.#turns.of(company) >= ofOne + LIMITS.waiters) {
      throw this.#exhausted(`${LIMITS.waiters} others are waiting already`, ofOne);
    }
    const late = (): DatabaseError =>
      this.#exhausted(`no connection came free within ${LIMITS.waitMs / 1000} seconds`, ofOne);
    return this.#turns.run(company, { ofOne, limit: { ms: LIMITS.waitMs, late } }, work);
  }

  async borrow(): Promise<pg.PoolClient> {
    if (this.#pool.waitingCount >= LIMITS.waiters) throw this.#exhausted('200 others are waiting already');
    try {
      return await this.#pool.borrow();
    } catch (error) {
      if (error instanceof Error && error.message === 'timeout exceeded when trying to connect') {
        throw this.#exhausted(`no connection came free within ${LIMITS.waitMs / 1000} seconds`);
      }
      throw error;
    }
  }

  lostOne(error: Error): void {
    this.#lost++;
    this.ports.metrics.count('database_connections_lost_total', { pool: this.name });
    this.ports.log.warn({ pool: this.name, reason: error.message }, 'a database connection was lost');
  }

  figures(): {
    max: number;
    inUse: number;
    idle: number;
    waiting: number;
    opened: number;
    lost: number;
    refused: number;
  } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return {
      max: this.#max,
      inUse: totalCount - idleCount,
      idle: idleCount,
      waiting: waitingCount + this.#turns.waiting,
      opened: this.#opened,
      lost: this.#lost,
      refused: this.#refused,
    };
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  #exhausted(why: string, inUse = this.#max): DatabaseError {
    this.#refused++;
    this.ports.metrics.count('database_transactions_refused_total', { pool: this.name });
    return new DatabaseError(
      'database_pool_exhausted',
      `The database is busy: ${why} (${inUse} in use). Try again in a second.`,
      {
        retryAfterMs: 1_000,
      },
    );
  }
}
