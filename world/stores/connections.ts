import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import type { Database } from '../../ssot/database-manager';
import { createIdSource, type IdSource } from '../../ssot/id-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { addressOf } from '../settings';
import { databaseAt } from './database-at';

/**
 * What the scenarios of one worker share: one pool for each store, opened when first needed and closed when the
 * worker ends. The plain pool and the ClickHouse client are for looking at stored rows from outside the modules.
 */
export class Connections implements AsyncDisposable {
  #ids: IdSource | null = null;
  #opened = new AsyncDisposableStack();
  #database: Promise<Database> | null = null;
  #rows: Pool | null = null;
  #history: ClickHouseClient | null = null;
  #redis: Redis | null = null;
  #everyRedis: readonly Redis[] | null = null;

  get ids(): IdSource {
    this.#ids ??= createIdSource({
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      metrics: noMetrics,
    });
    return this.#ids;
  }

  database(): Promise<Database> {
    this.#database ??= databaseAt(addressOf('SPEC_POSTGRES_URL')).then((database) => this.#opened.use(database));
    return this.#database;
  }

  /** The schema owner's own eyes; row security binds them too, so a company's rows are not to be seen here. */
  rows(): Pool {
    if (this.#rows === null) {
      this.#rows = new Pool({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL'), max: 2 });
      this.#opened.adopt(this.#rows, (pool) => pool.end());
    }
    return this.#rows;
  }

  history(): ClickHouseClient {
    if (this.#history === null) {
      this.#history = createClient({ url: addressOf('SPEC_CLICKHOUSE_URL') });
      this.#opened.adopt(this.#history, (client) => client.close());
    }
    return this.#history;
  }

  /** A database of Redis for this worker alone: a sweep there meets nothing that lives on another clock. */
  redis(): Redis {
    if (this.#redis === null) {
      this.#redis = new Redis(this.redisUrl(), { maxRetriesPerRequest: 1 });
      this.#opened.adopt(this.#redis, (redis) => redis.disconnect());
    }
    return this.#redis;
  }

  /** Each database of Redis: instances and workers have one of their own. */
  everyRedis(): readonly Redis[] {
    this.#everyRedis ??= Array.from({ length: 16 }, (_, number) => {
      const redis = new Redis(`${addressOf('SPEC_REDIS_URL')}/${number}`, { maxRetriesPerRequest: 1 });
      this.#opened.adopt(redis, (one) => one.disconnect());
      return redis;
    });
    return this.#everyRedis;
  }

  redisUrl(): string {
    const worker = process.env['CUCUMBER_WORKER_ID'] ?? process.env['STRYKER_MUTATOR_WORKER'] ?? '0';
    return `${addressOf('SPEC_REDIS_URL')}/${1 + (Number(worker) % 15)}`;
  }

  /** Afterwards everything opens anew when needed: one process runs the suite again and again while it is proven. */
  [Symbol.asyncDispose](): Promise<void> {
    const opened = this.#opened;
    this.#opened = new AsyncDisposableStack();
    this.#ids = this.#database = this.#rows = this.#history = this.#redis = this.#everyRedis = null;
    return opened.disposeAsync();
  }
}
