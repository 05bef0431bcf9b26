import { allows, fraction, pause, type Clock, type Random, type TenantContext } from '../kernel';
import type {
  At,
  ReadOptions,
  Rev,
  Scope,
  StateKind,
  StateRecord,
  StateWrite,
  WriteOptions,
  WriteReceipt,
} from './contract';
import type { Durable, Found } from './durable';
import { StateError } from './errors';
import { entryKey, placeOf, writeKey, type Place } from './keys';
import { checkedLifetime, isDurable, lifetimeOf } from './kinds';
import { BATCH_BYTES, BATCH_ENTRIES, WRITE_REMEMBERED_MS } from './limits';
import { revOf, type Outcome, type Refusal, type Step, type Store } from './store';
import { written } from './values';

const TRIES = 50;
const UPDATE_MS = 2_000;
const FIRST_WAIT_MS = 3;
const LONGEST_WAIT_MS = 16;
/** Conflicts of a move that trying again does not end. */
const LASTING: ReadonlySet<string | undefined> = new Set(['from', 'to']);
const SHARED_NEED = 'settings:write';

/** Versioned records. A removed entry that is written again gets a new incarnation, so that old revs never match. */
export class Records {
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: Store,
    private readonly durable: Durable,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async getMany<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: readonly At[],
    { fresh }: ReadOptions = {},
  ): Promise<(StateRecord<T> | undefined)[]> {
    const places = at.map((one) => placeOf(ctx, kind, one));
    const [first] = places;
    if (first === undefined) return [];
    if (isDurable(kind)) return this.#getDurable(ctx, kind, places, fresh);
    const names = places.map(({ name }) => name);
    const stored = await this.store.read(first.company, first.owner, names);
    return Promise.all(
      places.map(async (place, i) => {
        const entry = stored[i];
        return entry ? this.store.open(kind, place, entry) : undefined;
      }),
    );
  }

  async get<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: ReadOptions): Promise<StateRecord<T> | undefined> {
    return (await this.getMany(ctx, kind, [at], o))[0];
  }

  async #getDurable<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    places: readonly Place[],
    fresh: ReadOptions['fresh'],
  ): Promise<(StateRecord<T> | undefined)[]> {
    const open = (place: Place, found: Found | undefined): Promise<StateRecord<T>> | undefined =>
      found && this.store.open(kind, place, found.entry, found.source);
    const stored = await this.durable.read(ctx, places, fresh);
    return Promise.all(
      places.map(async (place, i) => {
        try {
          return await open(place, stored[i]);
        } catch (error) {
          const isCopy = error instanceof StateError && error.code === 'state_corrupted' && stored[i]?.source === 'hot';
          if (!isCopy) throw error;
          return open(place, (await this.durable.read(ctx, [place], 'latest'))[0]);
        }
      }),
    );
  }

  async put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o: WriteOptions = {}): Promise<WriteReceipt> {
    const step = putStep(ctx, { kind, at, value, ...o });
    const [receipt] = receiptsOf(await this.#change(ctx, [step], [kind], o.writeId));
    return receipt as WriteReceipt;
  }

  async putMany(ctx: TenantContext, writes: readonly StateWrite[], writeId?: string): Promise<WriteReceipt[]> {
    if (writes.length === 0) return [];
    if (writes.length > BATCH_ENTRIES) {
      throw tooLarge(`A batch has at most ${BATCH_ENTRIES} entries, this one has ${writes.length}`);
    }
    if (new Set(writes.map(({ kind }) => isDurable(kind))).size > 1) {
      throw new StateError(
        'state_invalid_query',
        'Volatile and durable kinds cannot land together. Nothing was written; split the batch.',
        { field: 'writes' },
      );
    }
    const steps = writes.map((write) => putStep(ctx, write));
    const bytes = steps.reduce((sum, { text = '' }) => sum + Buffer.byteLength(text), 0);
    if (bytes > BATCH_BYTES) throw tooLarge(`A batch has at most ${BATCH_BYTES} bytes as JSON, this one has ${bytes}`);
    if (new Set(steps.map(({ place }) => entryKey(place))).size < steps.length) {
      throw new StateError(
        'state_invalid_query',
        'An entry stands twice in the batch. Nothing was written; split it.',
        {
          field: 'writes',
        },
      );
    }
    return receiptsOf(
      await this.#change(
        ctx,
        steps,
        writes.map(({ kind }) => kind),
        writeId,
      ),
    );
  }

  /** Queues behind this process's other updates of the key; against other processes it tries again after a random wait. */
  async update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o: { lifetimeMs?: number; writeId?: string } = {},
  ): Promise<WriteReceipt> {
    const key = entryKey(placeOf(ctx, kind, at));
    const before = this.#queues.get(key) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() =>
        this.#untilQuiet(kind, async () => {
          const now = await this.get(ctx, kind, at, { fresh: 'latest' });
          return this.put(ctx, kind, at, change(now?.value), { ...o, expect: now?.rev ?? 'absent' });
        }),
      );
    this.#queues.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(key) === mine) this.#queues.delete(key);
    }
  }

  async touch<T>(ctx: TenantContext, kind: StateKind<T>, at: At, lifetimeMs: number): Promise<WriteReceipt> {
    assertMayChange(ctx, kind.scope);
    const place = placeOf(ctx, kind, at);
    const step: Step = { op: 'touch', place, expect: 'present', lifetimeMs: checkedLifetime(lifetimeMs) };
    return receiptsOf(await this.#change(ctx, [step], [kind]))[0] as WriteReceipt;
  }

  move<T>(ctx: TenantContext, kind: StateKind<T>, from: At, to: At): Promise<WriteReceipt> {
    assertMayChange(ctx, kind.scope);
    const [old, place] = [placeOf(ctx, kind, from), placeOf(ctx, kind, to)];
    return this.#untilQuiet(kind, async () => {
      const now = await this.get(ctx, kind, from, { fresh: 'latest' });
      if (now === undefined) throw conflict(kind, `There is no "${kind.name}" to move`, { field: 'from' });
      const taken = await this.#write(ctx, kind, [
        { op: 'remove', place: old, expect: now.rev },
        {
          ...{ op: 'put', place, expect: 'absent', text: written(kind, now.value), shape: kind.shape ?? 1 },
          life: { until: now.expiresAt },
        },
      ]);
      if ('refused' in taken && taken.refused === 'conflict' && taken.index === 1) {
        const winner = await this.store.open(kind, place, taken.stands, taken.source);
        throw conflict(kind, `A "${kind.name}" stands there already`, { field: 'to', winner });
      }
      return receiptsOf(await this.#accepted(taken, [old, place], [kind, kind]))[1] as WriteReceipt;
    });
  }

  async remove<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    o: { expect?: Rev } = {},
  ): Promise<{ removed: boolean }> {
    assertMayChange(ctx, kind.scope);
    const step: Step = { op: 'remove', place: placeOf(ctx, kind, at), expect: o.expect ?? '' };
    const { entries } = await this.#change(ctx, [step], [kind]);
    return { removed: entries[0]?.[1] === '1' };
  }

  async #change(
    ctx: TenantContext,
    steps: readonly Step[],
    kinds: readonly StateKind<unknown>[],
    writeId?: string,
  ): Promise<Outcome> {
    const outcome = await this.#write(ctx, kinds[0] as StateKind<unknown>, steps, writeId);
    return this.#accepted(
      outcome,
      steps.map(({ place }) => place),
      kinds,
    );
  }

  #write(
    ctx: TenantContext,
    kind: StateKind<unknown>,
    steps: readonly Step[],
    writeId?: string,
  ): Promise<Outcome | Refusal> {
    const named = writeId === undefined ? '' : writeKey(ctx, writeId);
    if (isDurable(kind)) return this.durable.change(ctx, steps, writeId);
    return this.store.change(steps, named, WRITE_REMEMBERED_MS);
  }

  async #accepted(
    outcome: Outcome | Refusal,
    places: readonly Step['place'][],
    kinds: readonly StateKind<unknown>[],
  ): Promise<Outcome> {
    if (!('refused' in outcome)) return outcome;
    if (outcome.refused === 'quota') {
      throw new StateError(
        'state_quota_exceeded',
        `The ${outcome.whose} keeps as much as it may. Nothing was written; remove entries or wait until some end.`,
      );
    }
    const { index, stands, source } = outcome;
    const [kind, place] = [kinds[index] as StateKind<unknown>, places[index] as Step['place']];
    const winner = stands.length === 0 ? undefined : await this.store.open(kind, place, stands, source);
    const field = places.length > 1 ? { field: `writes.${index}` } : {};
    throw conflict(kind, `"${kind.name}" was changed by somebody else`, { winner, ...field });
  }

  async #untilQuiet(kind: StateKind<unknown>, attempt: () => Promise<WriteReceipt>): Promise<WriteReceipt> {
    const began = this.clock.monotonic();
    for (let tries = 1; tries <= TRIES && this.clock.monotonic() - began < UPDATE_MS; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof StateError) || error.code !== 'state_conflict' || LASTING.has(error.field)) throw error;
        await pause(this.clock, fraction(this.random) * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)));
      }
    }
    throw new StateError(
      'state_contended',
      `"${kind.name}" is being changed by too many others at once; nothing was written. Try again.`,
    );
  }
}

function putStep(ctx: TenantContext, { kind, at, value, expect, lifetimeMs }: StateWrite): Step {
  assertMayChange(ctx, kind.scope);
  return {
    op: 'put',
    place: placeOf(ctx, kind, at),
    expect: expect ?? '',
    text: written(kind, value),
    shape: kind.shape ?? 1,
    lifetimeMs: lifetimeMs === undefined ? undefined : checkedLifetime(lifetimeMs),
    life: lifetimeOf(kind),
  };
}

function assertMayChange(ctx: TenantContext, scope: Scope): void {
  if (scope !== 'tenant' || allows(ctx, SHARED_NEED)) return;
  throw new StateError(
    'state_forbidden',
    `Changing what the company shares needs the permission "${SHARED_NEED}". Ask an administrator for it.`,
  );
}

function receiptsOf({ replayed, durable, hotCopy, entries }: Outcome): WriteReceipt[] {
  return entries.map((entry) => ({
    version: Number(entry[1]),
    rev: revOf(entry),
    expiresAt: new Date(Number(entry[2])),
    ...{ replayed, durable, hotCopy },
  }));
}

function conflict(
  kind: StateKind<unknown>,
  what: string,
  more: { field?: string; winner?: StateRecord<unknown> | undefined },
): StateError {
  return new StateError('state_conflict', `${what}; nothing was written. Read "${kind.name}" again.`, more);
}

function tooLarge(what: string): StateError {
  return new StateError('state_too_large', `${what}. Nothing was written; split it.`, { field: 'writes' });
}
