import type { TenantContext } from '../ssot/kernel';
import type { At, StateManager } from '../ssot/state-manager';
import { meaningOf } from './known';
import type { PersonName } from './personas';
import type { WorkingState } from './state';
import { RELEASES, SHARED, type Release } from './state-kinds';
import { textOfBytes } from './state-values';

/** Ids made to be mistaken for others, and whose they are made to look like. */
const LOOKALIKES: Readonly<Record<string, { readonly mine: At; readonly theirs: At }>> = {
  'a colon': { mine: { id: 'a:b', item: 'c' }, theirs: { id: 'a', item: 'b:c' } },
  'a slash': { mine: { id: 'a/b' }, theirs: { id: 'a%2Fb' } },
  braces: { mine: { id: '{a}' }, theirs: { id: 'a' } },
  'a percent sign': { mine: { id: 'a%3Ab' }, theirs: { id: 'a:b' } },
  'a tilde': { mine: { id: 'a', item: '~' }, theirs: { id: 'a' } },
  'a line break': { mine: { id: 'a\nb' }, theirs: { id: 'ab' } },
};

/** What is kept and found, spelt and refused. */
export class StateAtHand {
  #places: { mine: At; theirs: At } | null = null;
  #sizes: { fits: string; first: boolean } = { fits: '', first: false };

  constructor(private readonly state: WorkingState) {}

  async lookAlike(name: PersonName, sign: string): Promise<void> {
    const places = meaningOf('look-alike', sign, LOOKALIKES);
    this.#places = places;
    await this.state.note(name, 'theirs', places.theirs);
    await this.state.note(name, 'mine', places.mine);
  }

  async bothPlaces(name: PersonName): Promise<unknown[]> {
    const { mine, theirs } = this.#places as { mine: At; theirs: At };
    return [await this.state.valueOf(name, mine), await this.state.valueOf(name, theirs)];
  }

  /** Reaches for what is not theirs with somebody else's identity, or none. */
  async reachWith(what: string): Promise<void> {
    const real = this.state.who('Dana');
    const identities: Readonly<Record<string, unknown>> = {
      'no identity': undefined,
      'the name of a person alone': real.userId,
      'a look-alike of an identity': { ...real },
    };
    const ctx = meaningOf('identity', what, identities) as TenantContext;
    const refusals: string[] = [];
    const calls: readonly ((state: StateManager) => unknown)[] = [
      (state) => state.get(ctx, this.state.kind, { id: 'a' }),
      (state) => state.put(ctx, this.state.kind, { id: 'a' }, 1),
      (state) => state.list(ctx, this.state.kind),
      (state) => state.clear(ctx, { person: real.userId }),
      (state) => state.watch(ctx, 'now', AbortSignal.abort()),
      (state) => state.hint({ ctx, scope: 'thread', id: 'a' }),
    ];
    for (const call of calls) {
      await this.state.attempt(async (state) => call(state));
      refusals.push(this.state.refused?.code ?? 'admitted');
    }
    this.refusals = refusals;
  }
  refusals: readonly string[] = [];

  /** Something that meets a limit exactly, then one more of it. */
  async meetAndPass(name: PersonName, limit: string): Promise<void> {
    const batch = (count: number): string[] => Array.from({ length: count }, (_, i) => `entry ${i}`);
    const put = (at: At, value: unknown): Promise<void> => this.state.tryToNote(name, value, at);
    const putAll = async (items: readonly string[], value: unknown): Promise<void> => {
      const writes = items.map((item) => ({ kind: this.state.kind, at: { id: 'batch', item }, value }));
      await this.state.attempt((state) => state.putMany(this.state.who(name), writes));
    };
    const both: Readonly<Record<string, readonly [fits: () => Promise<void>, passes: () => Promise<void>]>> = {
      'a value of 256 KiB': [
        () => put({ id: 'fits' }, textOfBytes(262_144)),
        () => put({ id: 'passes' }, textOfBytes(262_145)),
      ],
      'a batch of 100': [() => putAll(batch(100), 1), () => putAll(batch(101), 2)],
      'a batch of 1 MiB': [
        () => putAll(batch(8), textOfBytes(131_072)),
        () => putAll([...batch(8), 'one more'], textOfBytes(131_072)),
      ],
      'a name of 128 characters': [() => put({ id: 'n'.repeat(128) }, 1), () => put({ id: 'n'.repeat(129) }, 1)],
    };
    const [fits, passes] = both[limit] ?? [];
    if (fits === undefined || passes === undefined) throw new Error(`no limit is known as ${limit}`);
    await fits();
    const kept = await this.#traces(name);
    this.#sizes = { fits: kept, first: this.state.refused === null };
    await passes();
  }

  async afterLimit(name: PersonName): Promise<{ kept: boolean; changed: boolean }> {
    return { kept: this.#sizes.first, changed: (await this.#traces(name)) !== this.#sizes.fits };
  }

  /** How much of a person's there is and how many changes were told. */
  async #traces(name: PersonName): Promise<string> {
    const keys = await this.state.keysOf(name);
    const log = keys.filter((key) => key.includes(':pos:'));
    const told = await Promise.all(log.map((key) => this.state.world.connections.redis().hget(key, 'seq')));
    return `${keys.filter((key) => key.includes(':e:')).length} kept, ${told.join()} told`;
  }

  async writtenBy(name: PersonName, release: Release): Promise<void> {
    await this.state.note(name, release === 'older' ? { total: 45 } : { sum: 45 }, { id: 'a' }, RELEASES[release]);
  }

  async readBy(name: PersonName, release: Release): Promise<void> {
    await this.state.read(name, { id: 'a' }, RELEASES[release]);
  }

  /** Everything Redis holds of a person's company, as bytes. */
  async rawText(name: PersonName): Promise<string> {
    const redis = this.state.world.connections.redis();
    const keys = await this.state.keysOf(name);
    const parts = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return [...keys, ...parts.map((part) => part?.toString('latin1') ?? '')].join('\n');
  }

  /** Stands one person's stored bytes under another one's key. */
  async copyBytes(from: PersonName, to: PersonName, at: At): Promise<void> {
    const redis = this.state.world.connections.redis();
    const [source, target] = [await this.#keyOf(from), await this.#keyOf(to)];
    await redis.hset(target, 'value', (await redis.hget(source, 'value')) ?? '');
    await this.state.read(to, at);
  }

  async damage(name: PersonName): Promise<void> {
    const redis = this.state.world.connections.redis();
    const key = await this.#keyOf(name);
    const sealed = Buffer.from((await redis.hget(key, 'value')) ?? '', 'base64');
    sealed[sealed.length - 20] = (sealed[sealed.length - 20] ?? 0) ^ 1;
    await redis.hset(key, 'value', sealed.toString('base64'));
  }

  async #keyOf(name: PersonName): Promise<string> {
    const { userId } = this.state.who(name);
    const key = (await this.state.keysOf(name)).find((one) => one.includes(`:e:${userId}:`));
    if (key === undefined) throw new Error(`${name} has nothing in Redis`);
    return key;
  }

  async share(name: PersonName, value: string): Promise<void> {
    await this.state.tryToNote(name, value, {}, SHARED);
  }

  shared(name: PersonName): Promise<unknown> {
    return this.state.valueOf(name, {}, SHARED);
  }

  /** What somebody of another company sees of the thread when they try everything. */
  async pry(name: PersonName, way: string, thread: string, mark: string | undefined): Promise<void> {
    const ctx = this.state.who(name);
    const ways: Readonly<Record<string, (state: StateManager) => Promise<unknown>>> = {
      'lists the thread': (state) => state.list(ctx, this.state.kind, { id: thread }).then(({ items }) => items),
      'reads many at once': async (state) =>
        (await state.getMany(ctx, this.state.kind, [{ id: thread }, { id: thread, item: '1' }])).filter(Boolean),
      'clears the thread': async (state) => {
        const { removed } = await state.clear(ctx, { scope: 'thread', id: thread });
        return removed === 0 ? [] : [removed];
      },
      "clears Dana's state": (state) =>
        state.clear(ctx, { person: this.state.who('Dana').userId }).then(({ removed }) => (removed ? [removed] : [])),
      "uses Dana's page mark": (state) =>
        state.list(ctx, this.state.kind, { id: thread, limit: 1, cursor: mark ?? '' }).then(({ items }) => items),
    };
    const pry = meaningOf('way to pry', way, ways);
    this.seen = (await this.state.attempt(pry)) ?? [];
  }
  seen: unknown = null;

  async page(name: PersonName, thread: string): Promise<string | undefined> {
    return (await (await this.state.instance()).list(this.state.who(name), this.state.kind, { id: thread, limit: 1 }))
      .cursor;
  }
}
