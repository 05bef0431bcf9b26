import type pg from 'pg';
import {
  assertVerified,
  pause,
  type ServicePrincipal,
  type TenantContext,
  type Transaction,
  type TransactionOptions,
} from '../kernel';
import { assertAddress, loginOf } from './connections/address';
import { assertSafe } from './audit';
import type { Database, DatabaseConfig, DatabaseHealth, DatabasePorts, DrainReport, PoolFigures } from './contract';
import { commitUnknown, DatabaseError } from './errors';
import { classify, isLoss } from './failures';
import { judge, HealthProbe } from './connections/health';
import { Connections, LIMITS } from './connections/pools';
import { repeated } from './transactions/repeats';
import { bringUpToDate } from './schema/schema';
import { runTransaction, type Progress, type SessionSettings } from './transactions/transaction';

const STOP_MS = 1_500;

/**
 * Checks the addresses, brings the schema up to date, proves that neither login can see past row security, and opens
 * the pools. Throws `DatabaseError` with nothing left open.
 */
export async function openDatabase(config: DatabaseConfig, ports: DatabasePorts): Promise<Database> {
  for (const name of ['url', 'ownerUrl', 'serviceUrl'] as const) assertAddress(name, config[name]);
  const logins = { ownerUrl: config.ownerUrl, app: loginOf(config.url), service: loginOf(config.serviceUrl) };
  await bringUpToDate(logins, config.changes, ports.clock, ports.log);
  const database = new PostgresDatabase(config, ports);
  try {
    await database.prove();
    return database;
  } catch (error) {
    await database.drain(0);
    throw classify(error);
  }
}

class PostgresDatabase implements Database {
  readonly #app: Connections;
  readonly #service: Connections;
  /** By the name of the principal that has them for itself. */
  readonly #own = new Map<string, Connections>();
  readonly #probe: HealthProbe;
  readonly #overtime = new AbortController();
  readonly #schema: string;
  #running = 0;
  #idle: (() => void) | undefined;
  #draining: Promise<DrainReport> | undefined;
  #finished = 0;
  #undone = 0;
  #refused = 0;

  constructor(
    private readonly config: DatabaseConfig,
    private readonly ports: DatabasePorts,
  ) {
    this.#app = new Connections('app', config.url, config.poolSize ?? LIMITS.app, ports);
    this.#service = new Connections('service', config.serviceUrl, LIMITS.service, ports);
    this.#probe = new HealthProbe(config.url, ports.clock);
    this.#schema =
      config.changes
        .map(({ name }) => name)
        .sort()
        .at(-1) ?? '';
  }

  /** Looks with each login's own eyes. */
  async prove(): Promise<void> {
    for (const [login, connections] of [
      ['app', this.#app],
      ['service', this.#service],
    ] as const) {
      const client = await connections.borrow();
      try {
        await assertSafe(client, login);
      } finally {
        client.release();
      }
    }
  }

  async transaction<T>(
    ctx: TenantContext,
    body: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    assertVerified(ctx);
    const settings: SessionSettings = [
      ['app.tenant_id', ctx.tenantId],
      ['app.user_id', ctx.userId],
    ];
    return this.#run(this.#app, settings, body, options, ctx.tenantId);
  }

  async asService<T>(
    who: ServicePrincipal,
    body: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    return this.#run(this.#connectionsOf(who), [['app.service', who.name]], body, options);
  }

  #connectionsOf({ name, connections }: ServicePrincipal): Connections {
    if (connections === undefined) return this.#service;
    let own = this.#own.get(name);
    if (own === undefined) {
      own = new Connections(name, this.config.serviceUrl, connections, this.ports);
      this.#own.set(name, own);
    }
    return own;
  }

  async health(): Promise<DatabaseHealth> {
    const schema = this.#schema;
    if (this.#draining !== undefined) return { state: 'stopping', latencyMs: null, schema, pool: this.pool() };
    const measured = await this.#probe.measure();
    const pool = this.pool();
    return { ...judge(measured, pool), schema, pool };
  }

  pool(): PoolFigures {
    return this.#app.figures();
  }

  drain(limitMs: number): Promise<DrainReport> {
    this.#draining ??= this.#drain(limitMs);
    return this.#draining;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(STOP_MS);
  }

  async #run<T>(
    connections: Connections,
    settings: SessionSettings,
    body: (tx: Transaction) => Promise<T>,
    options: TransactionOptions,
    company?: string,
  ): Promise<T> {
    if (this.#draining !== undefined) {
      this.#refused++;
      throw stopping();
    }
    const { clock, random, metrics, log } = this.ports;
    const began = clock.monotonic();
    let outcome = 'failed';
    this.#running++;
    try {
      const onRepeat = (): void => metrics.count('database_transaction_repeats_total');
      const inTurn = <R>(work: () => Promise<R>): Promise<R> =>
        company === undefined ? work() : connections.inTurn(company, work);
      const attempt = (progress: Progress) =>
        inTurn(() => this.#attempt(connections, settings, body, options, progress));
      const done = await repeated(attempt, {
        clock,
        random,
        onRepeat,
      });
      outcome = 'committed';
      for (const then of done.after) {
        try {
          then();
        } catch (error) {
          log.error({ err: error }, 'work after a commit failed; what landed stays');
        }
      }
      return done.result;
    } catch (error) {
      throw classify(error);
    } finally {
      if (this.#draining !== undefined && outcome === 'committed') this.#finished++;
      else if (this.#draining !== undefined) this.#undone++;
      metrics.observe('database_transaction_seconds', (clock.monotonic() - began) / 1000, {
        pool: connections.name,
        outcome,
      });
      if (--this.#running === 0) this.#idle?.();
    }
  }

  async #attempt<T>(
    connections: Connections,
    settings: SessionSettings,
    body: (tx: Transaction) => Promise<T>,
    options: TransactionOptions,
    progress: Progress,
  ): Promise<{ result: T; after: readonly (() => void)[] }> {
    const client = await connections.borrow();
    // A borrowed connection has no listener of the pool's; an unheard error would end the process.
    const onError = (error: Error): void => connections.lostOne(error);
    client.on('error', onError);
    let broken = false;
    try {
      this.#overtime.signal.throwIfAborted();
      return await runTransaction(
        client,
        settings,
        body,
        options,
        { clock: this.ports.clock, stop: this.#overtime.signal },
        progress,
      );
    } catch (error) {
      broken = !(await undo(client)) || progress.stale;
      if (progress.committing && isLoss(error)) {
        throw commitUnknown(error);
      }
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async #drain(limitMs: number): Promise<DrainReport> {
    if (this.#running > 0) {
      const idle = new Promise<void>((resolve) => (this.#idle = resolve));
      const enough = new AbortController();
      await Promise.race([idle, pause(this.ports.clock, limitMs, enough.signal).catch(() => undefined)]);
      enough.abort();
      // What still runs is cut off, and undone by the server when its connection is gone.
      this.#overtime.abort(stopping());
      await idle;
    }
    const pools = [this.#app, this.#service, ...this.#own.values(), this.#probe];
    await Promise.all(pools.map((pool) => pool.close()));
    return { finished: this.#finished, undone: this.#undone, refused: this.#refused };
  }
}

function stopping(): DatabaseError {
  return new DatabaseError('database_stopping', 'This instance is stopping. Try again, another one answers.', {
    retryAfterMs: 1_000,
  });
}

/** True when the connection is clean again. */
async function undo(client: pg.PoolClient): Promise<boolean> {
  try {
    const answer = await client.query('ROLLBACK');
    return answer.command === 'ROLLBACK';
  } catch {
    // The first reason is what the caller hears; this connection is only dropped.
    return false;
  }
}
