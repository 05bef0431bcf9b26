import { z } from 'zod';
import { sql } from '../ssot/kernel';
import type { At, Rev, StateManager, StateRecord } from '../ssot/state-manager';
import { meaningOf } from './known';
import { eventually } from './eventually';
import type { PersonName } from './personas';
import type { WorkingState } from './state';
import { NOTE, PLAN, POLICY } from './state-kinds';

const AT = { id: 'Q3 spend' } as const;
const textRow = z.object({ text: z.string() });
const TABLES = [sql`working_state`, sql`working_state_change`, sql`working_state_write`, sql`working_state_erased`];

/** What must outlive Redis: its copy there, the original in PostgreSQL, and what comes of the two not agreeing. */
export class Lasting {
  /** What readers were given, in order. */
  readonly given: (StateRecord<unknown> | undefined)[] = [];
  #aside: Readonly<Record<string, string>> = {};
  #firstRev: Rev | undefined;
  #slow: Promise<unknown> = Promise.resolve();

  constructor(private readonly state: WorkingState) {}

  /** Whether what people keep from here on is of a kind that lasts. */
  choose(lasts: boolean): void {
    this.state.kind = lasts ? PLAN : NOTE;
  }

  async look(name: PersonName, fresh: 'hot' | 'latest' = 'hot', at: At = AT): Promise<void> {
    const found = await this.state.attempt((state) => state.get(this.state.who(name), PLAN, at, { fresh }));
    this.given.push(found);
  }

  get last(): StateRecord<unknown> | undefined {
    return this.given.at(-1);
  }

  async lookAtOnce(name: PersonName, readers: number): Promise<void> {
    const state = await this.state.instance();
    const reads = Array.from({ length: readers }, () => state.get(this.state.who(name), PLAN, AT));
    this.given.push(...(await Promise.all(reads)));
  }

  /** A reader's answer from PostgreSQL is on its way while the entry changes through another instance. */
  async fetchSlowly(name: PersonName): Promise<void> {
    await this.state.lose(name);
    this.state.warm.loads = 0;
    const gate = Promise.withResolvers<void>();
    this.state.warm.gate = gate;
    this.#slow = (await this.state.instance()).get(this.state.who(name), PLAN, AT);
    await eventually(() => {
      if (this.state.warm.held === 0) throw new Error('nothing was fetched yet');
    });
  }

  async changeElsewhere(name: PersonName, value: string | undefined): Promise<void> {
    const { gate } = this.state.warm;
    this.state.warm.gate = null;
    const other = await this.state.start();
    const ctx = this.state.who(name);
    if (value === undefined) await other.remove(ctx, PLAN, AT);
    else await other.put(ctx, PLAN, AT, value);
    gate?.resolve();
    await this.#slow;
  }

  async #copyKey(name: PersonName): Promise<string> {
    const key = (await this.state.keysOf(name)).find((one) => one.includes(':e:') && one.includes(':spec-plan:'));
    if (key === undefined) throw new Error(`${name} has no copy in Redis`);
    return key;
  }

  /** As a replica that fell behind would have it. */
  async rememberCopy(name: PersonName): Promise<void> {
    this.#firstRev = (await this.state.read(name, AT, PLAN))?.rev;
    this.#aside = await this.state.world.connections.redis().hgetall(await this.#copyKey(name));
  }

  async bringBackCopy(name: PersonName): Promise<void> {
    await this.state.world.connections.redis().hset(await this.#copyKey(name), this.#aside);
  }

  async changeOnTheStrengthOfCopy(name: PersonName, value: string): Promise<void> {
    const expect = this.#firstRev as Rev;
    await this.state.attempt((state) => state.put(this.state.who(name), PLAN, AT, value, { expect }));
  }

  /** Damages the original; only the company's own turn sees its rows. */
  async damageOriginal(name: PersonName): Promise<void> {
    const database = await this.state.world.connections.database();
    const { tenantId } = this.state.who(name);
    await database.transaction(this.state.who(name), (tx) =>
      tx.execute(sql`update working_state set body = reverse(body) where tenant_id = ${tenantId}`),
    );
  }

  /** Everything PostgreSQL holds of a company, as text. */
  async rawText(name: PersonName): Promise<string> {
    const database = await this.state.world.connections.database();
    const texts = TABLES.map((table) =>
      database.transaction(this.state.who(name), (tx) =>
        tx.query(sql`select coalesce(string_agg(one::text, chr(10)), '') as text from ${table} one`, textRow),
      ),
    );
    return (await Promise.all(texts)).map(([row]) => row?.text ?? '').join('\n');
  }
  /** Puts something that must last, and is told whether Redis has heard of it. */
  async write(name: PersonName, value = 'must last', at: At = AT): Promise<'fresh' | 'pending'> {
    const state = await this.state.instance();
    const { durable, hotCopy } = await state.put(this.state.who(name), PLAN, at, value);
    if (!durable) throw new Error('nothing was promised to last');
    return hotCopy;
  }

  async writeMany(name: PersonName, count: number): Promise<void> {
    for (let i = 1; i <= count; i++) {
      await this.write(name, 'must last', { ...AT, item: `${i}` });
      this.state.world.clock.advance(1_000);
    }
  }

  /** The items whose copies are in Redis, sorted. */
  async copiedItems(name: PersonName): Promise<string[]> {
    const keys = await this.state.keysOf(name);
    return keys
      .filter((key) => /:e:.*:spec-(?:plan|policy):/.test(key))
      .map((key) => key.split(':').at(-1) ?? '')
      .sort();
  }

  async share(name: PersonName, count: number): Promise<void> {
    const state = await this.state.instance();
    for (let i = 1; i <= count; i++) await state.put(this.state.who(name), POLICY, { item: `${i}` }, i);
  }

  async mix(name: PersonName): Promise<void> {
    const writes = [NOTE, PLAN].map((kind) => ({ kind, at: AT, value: 1 }));
    await this.state.attempt((state) => state.putMany(this.state.who(name), writes));
  }

  async add(name: PersonName, more: string): Promise<void> {
    const state = await this.state.instance();
    await state.update(this.state.who(name), this.state.kind, AT, (now) => `${String(now)}${more}`);
  }

  /** Says where the answer came from. */
  async tryTo(name: PersonName, what: string): Promise<void> {
    const ctx = this.state.who(name);
    const ways: Readonly<Record<string, (state: StateManager) => Promise<string | undefined>>> = {
      'read what must last': async (state) => (await state.get(ctx, PLAN, AT))?.source,
      'list what must last': async (state) => (await state.list(ctx, PLAN)).items[0]?.record.source,
      'change what must last': async (state) => {
        const { durable, hotCopy } = await state.put(ctx, PLAN, AT, 'changed');
        return durable && hotCopy === 'pending' ? 'warm' : hotCopy;
      },
      'remove what must last': async (state) => String((await state.remove(ctx, PLAN, AT)).removed),
      'read the latest of it': async (state) => (await state.get(ctx, PLAN, AT, { fresh: 'latest' }))?.source,
      'clear the thread': async (state) => String((await state.clear(ctx, { scope: 'thread', ...AT })).removed),
      'read it when its copy is old': async (state) => {
        this.state.endQuietly(30_000);
        return (await state.get(ctx, PLAN, AT))?.source;
      },
      'write a note': async (state) => {
        const { durable, hotCopy } = await state.put(ctx, NOTE, AT, 1);
        return !durable && hotCopy === 'fresh' ? 'hot' : hotCopy;
      },
    };
    const way = meaningOf('act', what, ways);
    this.served = await this.state.attempt(way);
  }
  served: string | undefined;

  /** Its instance ends while it cannot tell of what it wrote. */
  async writeAndDie(name: PersonName): Promise<void> {
    const { faults } = this.state;
    faults.line.cut();
    const said = await faults.callWhileWaitsCreep(() => this.write(name));
    if (said !== 'pending') throw new Error('Redis has heard of it');
    await (await this.state.instance())[Symbol.asyncDispose]();
  }

  async searchElsewhere(name: PersonName): Promise<void> {
    const { clock } = this.state.world;
    const other = await this.state.start({ clock, durable: this.state.warm.back({ clock }, 0) });
    await other.get(this.state.who(name), PLAN, AT, { fresh: 'latest' });
    clock.advance(30_000);
  }

  /** As when the writer died between telling and noting that it had told. */
  async queueAgain(name: PersonName, op: 'created' | 'removed'): Promise<void> {
    const { tenantId, userId } = this.state.who(name);
    await this.toldAgain(name);
    const place = `thread:${encodeURIComponent(AT.id)}:spec-plan:~`;
    const key = op === 'removed' ? `gone:${userId}:${place}` : `e:${userId}:${place}`;
    const redis = this.state.world.connections.redis();
    const at = `sm:{${tenantId}}:${key}`;
    const stamp = op === 'removed' ? await redis.get(at) : await redis.hget(at, 'stamp');
    const database = await this.state.world.connections.database();
    await database.transaction(this.state.who(name), (tx) =>
      tx.execute(sql`insert into working_state_change (tenant_id, stamp, owner, name, op, version)
        values (${tenantId}, ${stamp}, ${userId}, ${place}, ${op}, 1)`),
    );
  }

  /** Resolves when nothing stands among what is to be told. */
  async toldAgain(name: PersonName): Promise<void> {
    const database = await this.state.world.connections.database();
    await eventually(async () => {
      const rows = await database.transaction(this.state.who(name), (tx) =>
        tx.query(sql`select op as text from working_state_change`, textRow),
      );
      if (rows.length > 0) throw new Error('a change still waits to be told');
    });
  }

  /** Redis answers, but what should hold the story of changes is something else. */
  async spoilStory(name: PersonName): Promise<void> {
    const { tenantId, userId } = this.state.who(name);
    const redis = this.state.world.connections.redis();
    await redis.hset(`sm:{${tenantId}}:pos:${userId}`, 'epoch', 'spoilt');
    await redis.set(`sm:{${tenantId}}:log:${userId}`, 'no story');
  }

  async removeAndWriteAgain(name: PersonName, id: string): Promise<void> {
    const state = await this.state.instance();
    await state.remove(this.state.who(name), PLAN, { id });
    await state.put(this.state.who(name), PLAN, { id }, 'again');
  }

  async firstListed(name: PersonName): Promise<string | undefined> {
    return (await (await this.state.instance()).list(this.state.who(name), PLAN)).items[0]?.at.id;
  }
}
