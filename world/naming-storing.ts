import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { composeKey, createIdSource, idColumn } from '../ssot/id-manager';
import { noMetrics, silentLogger, systemRandom } from '../ssot/kernel';
import type { NamingHost } from './naming';
import { addressOf } from './settings';

/** Records under names in real stores, in a table or under keys that belong to one scenario. */
export class Storing implements AsyncDisposable {
  taken: boolean | null = null;
  readonly #scope = new AsyncDisposableStack();
  readonly #table = `naming_${randomBytes(6).toString('hex')}`;
  readonly #space = `naming-${randomBytes(6).toString('hex')}`;
  #redis: Redis | null = null;

  constructor(private readonly world: NamingHost) {}

  async makeTable(): Promise<void> {
    this.world.own(this);
    const rows = this.world.connections.rows();
    await rows.query(`create unlogged table ${this.#table} (thread_id ${idColumn('thread')} primary key, note text)`);
    this.#scope.defer(async () => void (await rows.query(`drop table ${this.#table}`)));
  }

  /** Instances that share nothing but the millisecond they live in, writing at the same time. */
  async writeFromInstances(instances: number, each: number): Promise<void> {
    const parts = { clock: this.world.clock, random: systemRandom, log: silentLogger, metrics: noMetrics };
    const batches = Array.from({ length: instances }, () => {
      const ids = createIdSource(parts);
      return Array.from({ length: each }, () => ids.next('thread'));
    });
    const insert = `insert into ${this.#table} (thread_id) select unnest($1::text[])`;
    await Promise.all(batches.map((names) => this.world.connections.rows().query(insert, [names])));
  }

  async count(): Promise<number> {
    const { rows } = await this.world.connections
      .rows()
      .query<{ count: string }>(`select count(*) from ${this.#table}`);
    return Number(rows[0]?.count);
  }

  async store(name: unknown): Promise<void> {
    try {
      await this.world.connections.rows().query(`insert into ${this.#table} (thread_id) values ($1)`, [name]);
      this.taken = true;
    } catch (refusal) {
      if ((refusal as { code?: string }).code !== '23514') throw refusal;
      this.taken = false;
    }
  }

  async keepSideBySide(owners: readonly string[], each: number): Promise<void> {
    this.world.own(this);
    const keys = owners.flatMap((owner) => Array.from({ length: each }, (_, i) => this.#key(owner, `record ${i}`)));
    await this.#store().mset(...keys.flatMap((key) => [key, 'kept']));
    this.#scope.defer(async () => void (await this.#store().del(...keys)));
  }

  /** Removes by pattern, as a store's own means of removal work. */
  async removeAllOf(owner: string): Promise<void> {
    const keys = await this.#find(owner);
    if (keys.length > 0) await this.#store().del(...keys);
  }

  /** What is left of an owner, asked key by key. */
  leftOf(owner: string, each: number): Promise<number> {
    return this.#store().exists(...Array.from({ length: each }, (_, i) => this.#key(owner, `record ${i}`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.disposeAsync();
    this.#redis?.disconnect();
  }

  async #find(owner: string): Promise<string[]> {
    const pattern = `${composeKey([this.#space, owner])}:*`;
    const found: string[] = [];
    for (let cursor: string | null = '0'; cursor !== null;) {
      const [next, keys]: [string, string[]] = await this.#store().scan(cursor, 'MATCH', pattern, 'COUNT', 10_000);
      found.push(...keys);
      cursor = next === '0' ? null : next;
    }
    return found;
  }

  #key(owner: string, record: string): string {
    return composeKey([this.#space, owner, record]);
  }

  #store(): Redis {
    return (this.#redis ??= new Redis(addressOf('SPEC_REDIS_URL')));
  }
}
