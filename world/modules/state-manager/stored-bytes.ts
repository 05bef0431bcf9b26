import { z } from 'zod';
import { sql, type Sql } from '../../../ssot/kernel';
import type { PersonName } from '../../actors/personas';
import type { Notes } from './notes';

const textRow = z.object({ text: z.string() });
const TABLES = [sql`working_state`, sql`working_state_change`, sql`working_state_write`, sql`working_state_erased`];

/** What the stores themselves hold, looked at and changed behind the module's back. */
export class StoredBytes {
  /** What Redis and PostgreSQL held when they were searched last. */
  searched: readonly string[] = [];

  constructor(private readonly notes: Notes) {}

  /** Everything both stores hold of somebody's company, as bytes. */
  async search(name: PersonName): Promise<void> {
    this.searched = [await this.#inRedis(name), (await this.rows(name)).join('\n')];
  }

  /** Everything PostgreSQL holds of somebody's company, a text for each table. */
  async rows(name: PersonName): Promise<string[]> {
    const inTable = (table: Sql): Sql =>
      sql`select coalesce(string_agg(one::text, chr(10)), '') as text from ${table} one`;
    const database = await this.notes.host.connections.database();
    const texts = TABLES.map(async (table) => {
      const [row] = await database.transaction(this.notes.who(name), (tx) => tx.query(inTable(table), textRow));
      return row?.text ?? '';
    });
    return Promise.all(texts);
  }

  /** Which sorts of keys in Redis name somebody, in the key or in what it holds. */
  async keysNaming(name: PersonName): Promise<readonly string[]> {
    const { userId } = this.notes.who(name);
    const redis = this.notes.instances.redis();
    const keys = await this.notes.instances.keysOf(name);
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    const naming = keys.filter((key, i) => `${key} ${dumps[i]?.toString('latin1')}`.includes(userId));
    return naming.map((key) => key.split('}:')[1]?.split(':')[0] ?? key);
  }

  /** Keys of somebody's company that hold entries, or find or count them. */
  async entryKeys(name: PersonName): Promise<readonly string[]> {
    const keys = await this.notes.instances.keysOf(name);
    return keys.filter((key) => /\}:(?:e|ix|lru|cop|xp|size|use)(?::|$)/.test(key));
  }

  async setAside(name: PersonName): Promise<number> {
    return (await this.notes.instances.keysOf(name)).filter((key) => key.includes('}:bad:')).length;
  }

  /** Stands one person's stored bytes where another one's stand. */
  async copy(from: PersonName, to: PersonName): Promise<void> {
    const redis = this.notes.instances.redis();
    const value = await redis.hget(await this.#keyOf(from), 'value');
    await redis.hset(await this.#keyOf(to), 'value', value ?? '');
  }

  async damage(name: PersonName): Promise<void> {
    const redis = this.notes.instances.redis();
    const key = await this.#keyOf(name);
    const sealed = Buffer.from((await redis.hget(key, 'value')) ?? '', 'base64');
    sealed[sealed.length - 20] = (sealed[sealed.length - 20] ?? 0) ^ 1;
    await redis.hset(key, 'value', sealed.toString('base64'));
  }

  async damageOriginal(name: PersonName): Promise<void> {
    const database = await this.notes.host.connections.database();
    await database.transaction(this.notes.who(name), (tx) =>
      tx.execute(sql`update working_state set body = reverse(body)`),
    );
  }

  /** Redis has its copy back as it was before a change, as a replica that fell behind would have it. */
  async comeBackOlder(name: PersonName, change: () => Promise<unknown>): Promise<void> {
    const redis = this.notes.instances.redis();
    const copy = await redis.hgetall(await this.#keyOf(name));
    await change();
    await redis.hset(await this.#keyOf(name), copy);
  }

  async #inRedis(name: PersonName): Promise<string> {
    const redis = this.notes.instances.redis();
    const keys = await this.notes.instances.keysOf(name);
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return [...keys, ...dumps.map((dump) => dump?.toString('latin1') ?? '')].join('\n');
  }

  /** Of somebody's only entry in Redis. */
  async #keyOf(name: PersonName): Promise<string> {
    const { userId } = this.notes.who(name);
    const key = (await this.notes.instances.keysOf(name)).find((one) => one.includes(`}:e:${userId}:`));
    if (key === undefined) throw new Error(`${name} has nothing in Redis`);
    return key;
  }
}
