import { z } from 'zod';
import { sql } from '../ssot/kernel';
import type { At, Rev, StateRecord } from '../ssot/state-manager';
import { eventually } from './eventually';
import type { PersonName } from './personas';
import type { WorkingState } from './state';
import { PLAN } from './state-kinds';

const AT = { id: 'Q3 spend' } as const;
const textRow = z.object({ text: z.string() });
const countRow = z.object({ count: z.number() });
const TABLES = [sql`working_state`, sql`working_state_change`, sql`working_state_write`, sql`working_state_erased`];

/** What must outlive Redis: its copy there, the original in PostgreSQL, and what comes of the two not agreeing. */
export class Lasting {
  /** What readers were given, in order. */
  readonly given: (StateRecord<unknown> | undefined)[] = [];
  #aside: Readonly<Record<string, string>> = {};
  #firstRev: Rev | undefined;
  #slow: Promise<unknown> = Promise.resolve();

  constructor(private readonly state: WorkingState) {}

  /** From here on everything people keep in this scenario is of a kind that lasts. */
  choose(): void {
    this.state.kind = PLAN;
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

  async changeElsewhere(name: PersonName, value: string | null): Promise<void> {
    const { gate } = this.state.warm;
    this.state.warm.gate = null;
    const other = await this.state.start();
    const ctx = this.state.who(name);
    if (value === null) await other.remove(ctx, PLAN, AT);
    else await other.put(ctx, PLAN, AT, value);
    gate?.resolve();
    await this.#slow;
  }

  async #copyKey(name: PersonName): Promise<string> {
    const key = (await this.state.keysOf(name)).find((one) => one.includes(':e:') && one.includes(':spec-plan:'));
    if (key === undefined) throw new Error(`${name} has no copy in Redis`);
    return key;
  }

  async copies(name: PersonName): Promise<number> {
    return (await this.state.keysOf(name)).filter((one) => one.includes(':e:') && one.includes(':spec-plan:')).length;
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

  /** Resolves when no change waits to be told any more. */
  async settled(name: PersonName): Promise<void> {
    await eventually(async () => {
      if ((await this.waiting(name)) > 0) throw new Error('a change still waits to be told');
    });
  }

  async waiting(name: PersonName): Promise<number> {
    const database = await this.state.world.connections.database();
    const [row] = await database.transaction(this.state.who(name), (tx) =>
      tx.query(sql`select count(*)::int as count from working_state_change`, countRow),
    );
    return row?.count ?? 0;
  }
}
