import type { At, ListQuery } from '../ssot/state-manager';
import type { PersonName } from './personas';
import type { WorkingState } from './state';
import { BY_SCOPE } from './state-kinds';

const SPACE = 'kept';
const TARGETS = ['session', 'thread', 'run', 'device'] as const;
export type Target = (typeof TARGETS)[number];

/** How much somebody keeps, and what of it a list or an ending finds. */
export class Shares {
  shown: string[] = [];
  cursor: string | undefined;
  keysBefore = 0;
  #stood: string[] = [];
  #since: Date | undefined;

  constructor(private readonly state: WorkingState) {}

  /** `entry 0`, `entry 1`, ... in one thread, in batches of 100. */
  async keep(name: PersonName, count: number, from = 0, size = 1): Promise<void> {
    const state = await this.state.instance();
    const writes = Array.from({ length: count }, (_, i) => ({
      ...{ kind: this.state.kind, at: { id: SPACE, item: `entry ${from + i}` } },
      value: 'x'.repeat(size),
    }));
    for (let at = 0; at < count; at += 100) await state.putMany(this.state.who(name), writes.slice(at, at + 100));
  }

  async tryToKeep(name: PersonName, entry: number): Promise<void> {
    await this.state.attempt(() => this.keep(name, 1, entry));
  }

  /** One after the other, a second apart; stops at the first refusal. */
  async keepNamed(name: PersonName, items: readonly string[], size: number): Promise<void> {
    for (const item of items) {
      await this.state.tryToNote(name, 'x'.repeat(size), { id: SPACE, item });
      this.state.world.clock.advance(1_000);
    }
  }

  async batch(name: PersonName, items: readonly string[]): Promise<void> {
    const writes = items.map((item) => ({ kind: this.state.kind, at: { id: SPACE, item }, value: 'new' }));
    await (await this.state.instance()).putMany(this.state.who(name), writes);
  }

  async endOne(name: PersonName, item: string): Promise<void> {
    await (await this.state.instance()).touch(this.state.who(name), this.state.kind, { id: SPACE, item }, 1_000);
    this.state.endQuietly(1_000);
  }

  async items(name: PersonName, q: ListQuery = {}): Promise<string[]> {
    const state = await this.state.instance();
    const found: string[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await state.list(this.state.who(name), this.state.kind, {
        ...q,
        limit: 200,
        ...(cursor ? { cursor } : {}),
      });
      found.push(...page.items.map(({ at }) => at.item ?? ''));
      cursor = page.cursor;
    }
    return found;
  }

  async kept(name: PersonName): Promise<number> {
    return (await this.items(name)).length;
  }

  read(name: PersonName, item: string): Promise<unknown> {
    return this.state.read(name, { id: SPACE, item });
  }

  async changeAndRemove(name: PersonName, changed: string, removed: string): Promise<void> {
    const state = await this.state.instance();
    await state.put(this.state.who(name), this.state.kind, { id: SPACE, item: changed }, 'y');
    await state.remove(this.state.who(name), this.state.kind, { id: SPACE, item: removed });
  }

  async askInVain(name: PersonName, times: number): Promise<void> {
    const state = await this.state.instance();
    this.keysBefore = (await this.state.keysOf(name)).length;
    for (let from = 0; from < times; from += 1_000) {
      const at = Array.from({ length: 1_000 }, (_, i) => ({ id: 'never', item: `${from + i}` }));
      const found = await state.getMany(this.state.who(name), this.state.kind, at);
      if (found.some((one) => one !== undefined)) throw new Error('something was found that never existed');
    }
  }

  async lay(name: PersonName): Promise<void> {
    const put = (id: string, item: string): Promise<void> => this.state.note(name, item, { id, item });
    for (const item of ['a*', 'a1', 'b1']) await put('Q3 spend', item);
    this.state.world.clock.advance(1_000);
    this.#since = new Date(this.state.world.clock.now());
    await put('Q3 spend', 'a2');
    await put('Q4 plan', 'a3');
  }

  async list(name: PersonName, q: { id?: string; itemPrefix?: string; isSince?: boolean }): Promise<void> {
    const { isSince = false, ...rest } = q;
    this.shown = await this.items(name, isSince && this.#since ? { ...rest, updatedSince: this.#since } : rest);
  }

  async firstPage(name: PersonName, q: ListQuery = { id: SPACE }): Promise<void> {
    const page = await (await this.state.instance()).list(this.state.who(name), this.state.kind, q);
    this.shown = page.items.map(({ at }) => at.item ?? '');
    this.cursor = page.cursor;
  }

  async readOn(name: PersonName, q: ListQuery = { id: SPACE }, cursor = this.cursor ?? ''): Promise<void> {
    const before = new Set(this.shown);
    const page = await this.state.attempt((state) =>
      state.list(this.state.who(name), this.state.kind, { ...q, cursor }),
    );
    this.shown = (page?.items ?? []).map(({ at }) => at.item ?? '').filter((item) => !before.has(item));
  }

  async readOnAfter(name: PersonName, ms: number): Promise<void> {
    this.state.endQuietly(ms);
    await this.readOn(name);
  }

  async listOf(name: PersonName, size: number): Promise<void> {
    await this.state.attempt((state) => state.list(this.state.who(name), this.state.kind, { limit: size }));
  }

  /** Page by page, while after each page some entries change, some go and some come. */
  async listUnderWriters(name: PersonName): Promise<void> {
    const state = await this.state.instance();
    const ctx = this.state.who(name);
    const at = (item: string): At => ({ id: SPACE, item });
    this.shown = [];
    for (let turn = 0, cursor: string | undefined; turn === 0 || cursor !== undefined; turn++) {
      const page = await state.list(ctx, this.state.kind, { id: SPACE, limit: 90, ...(cursor ? { cursor } : {}) });
      this.shown.push(...page.items.map((one) => one.at.item ?? ''));
      cursor = page.cursor;
      const numbers = Array.from({ length: 10 }, (_, i) => (turn * 10 + i) % 100);
      await Promise.all(numbers.map((i) => state.remove(ctx, this.state.kind, at(`entry ${i * 9}`))));
      await Promise.all(numbers.map((i) => state.put(ctx, this.state.kind, at(`entry ${i * 9 + 1}`), 'changed')));
      await state.put(ctx, this.state.kind, at(`new ${turn}`), 'new');
    }
    this.#stood = Array.from({ length: 900 }, (_, i) => i)
      .filter((i) => i % 9 !== 0)
      .map((i) => `entry ${i}`);
  }

  get shownOnce(): number {
    return this.#stood.filter((item) => this.shown.filter((one) => one === item).length === 1).length;
  }

  async keepTargets(name: PersonName): Promise<void> {
    for (const target of TARGETS) {
      for (const id of ['first', 'second']) await this.state.note(name, target, { id }, BY_SCOPE[target]);
    }
  }

  readonly places = TARGETS.flatMap((target) =>
    ['first', 'second'].map((id) => ({ at: { id }, kind: BY_SCOPE[target] })),
  );

  async clear(name: PersonName, scope: Target): Promise<void> {
    await (await this.state.instance()).clear(this.state.who(name), { scope, id: 'first' });
  }

  /** Which of the eight are left. */
  async targetsLeft(name: PersonName): Promise<string[]> {
    const left: string[] = [];
    for (const target of TARGETS) {
      for (const id of ['first', 'second']) {
        if ((await this.state.valueOf(name, { id }, BY_SCOPE[target])) !== undefined) left.push(`${id} ${target}`);
      }
    }
    return left;
  }

  get allTargets(): string[] {
    return TARGETS.flatMap((target) => [`first ${target}`, `second ${target}`]);
  }

  async erase(by: PersonName, whom: PersonName): Promise<void> {
    await this.state.attempt((state) => state.clear(this.state.who(by), { person: this.state.who(whom).userId }));
  }

  async keysNaming(name: PersonName): Promise<string[]> {
    const { userId } = this.state.who(name);
    const redis = this.state.world.connections.redis();
    const keys = await this.state.keysOf(name);
    const inside = async (key: string): Promise<boolean> =>
      (await redis.dumpBuffer(key))?.toString('latin1').includes(userId) ?? false;
    const named: string[] = [];
    for (const key of keys) if (key.includes(userId) || (await inside(key))) named.push(key.split('}:')[1] ?? key);
    return named.map((key) => key.split(':')[0] ?? key);
  }
}
