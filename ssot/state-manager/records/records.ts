import { allows, withRetries, type Clock, type Random, type TenantContext } from '../../kernel';
import type { At, ReadOptions, Rev, Scope, StateKind, StateRecord, WriteOptions, WriteReceipt } from '../contract';
import type { DurableRecords } from '../durable/durable-records';
import { StateError } from '../errors';
import { keyOf, redisKey, writeKey, type EntryKey } from '../keys';
import { assertLifetime, isDurable, lifetimeOf } from '../kinds';
import type { Conflict, Put, RecordStore } from './record-store';
import { serialize } from './value';

const UPDATE = {
  ...{ maxTries: 50, withinMs: 2_000, firstDelayMs: 3, maxDelayMs: 16 },
  isRetryable: (error: unknown): boolean => isConflict(error),
} as const;
const SHARED_NEEDS = 'settings:write';

/** Versioned records. A removed entry that is written again gets a new incarnation, so that old revs never match. */
export class Records {
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly deps: {
      readonly store: RecordStore;
      readonly durable: DurableRecords;
      readonly clock: Clock;
      readonly random: Random;
    },
  ) {}

  async get<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    { fresh }: ReadOptions = {},
  ): Promise<StateRecord<T> | undefined> {
    const key = keyOf(ctx, kind, at);
    if (isDurable(kind)) return this.#getDurable(ctx, kind, key, fresh);
    const entry = await this.deps.store.read(key);
    return entry && this.deps.store.open(kind, key, entry);
  }

  async put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o: WriteOptions = {}): Promise<WriteReceipt> {
    assertMayChange(ctx, kind.scope);
    if (o.lifetimeMs !== undefined) assertLifetime(o.lifetimeMs);
    const put: Put = {
      ...{ key: keyOf(ctx, kind, at), expect: o.expect ?? '', text: serialize(kind, value), shape: kind.shape ?? 1 },
      ...{ lifetimeMs: o.lifetimeMs, defaultLifetimeMs: lifetimeOf(kind) },
    };
    const named = o.writeId === undefined ? undefined : writeKey(ctx, o.writeId);
    const { store, durable } = this.deps;
    const outcome = isDurable(kind) ? await durable.put(ctx, put, o.writeId) : await store.put(put, named);
    if (!('refused' in outcome)) return outcome;
    if (outcome.refused === 'conflict') throw await this.#conflict(kind, put.key, outcome);
    throw new StateError(
      'state_quota_exceeded',
      `The ${outcome.whose} has used up its quota of working state. Nothing was written; remove entries or wait until some expire.`,
    );
  }

  /** Queues behind this process's other updates of the key; against other processes it tries again after a random wait. */
  async update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o: Omit<WriteOptions, 'expect'> = {},
  ): Promise<WriteReceipt> {
    const key = redisKey(keyOf(ctx, kind, at));
    const before = this.#queues.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#update(ctx, kind, at, change, o));
    this.#queues.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(key) === mine) this.#queues.delete(key);
    }
  }

  async remove<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    { expect = '' as Rev }: { expect?: Rev } = {},
  ): Promise<{ removed: boolean }> {
    assertMayChange(ctx, kind.scope);
    const key = keyOf(ctx, kind, at);
    const { store, durable } = this.deps;
    const outcome = isDurable(kind) ? await durable.remove(ctx, key, expect) : await store.remove(key, expect);
    if ('refused' in outcome) throw await this.#conflict(kind, key, outcome);
    return outcome;
  }

  async #getDurable<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    key: EntryKey,
    fresh: ReadOptions['fresh'],
  ): Promise<StateRecord<T> | undefined> {
    const { store, durable } = this.deps;
    const found = await durable.read(ctx, key, fresh);
    if (found === undefined) return undefined;
    try {
      return await store.open(kind, key, found.entry, found.source);
    } catch (error) {
      const isCopy = error instanceof StateError && error.code === 'state_corrupted' && found.source === 'hot';
      if (!isCopy) throw error;
      const original = await durable.read(ctx, key, 'latest');
      return original && store.open(kind, key, original.entry, original.source);
    }
  }

  async #update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o: Omit<WriteOptions, 'expect'>,
  ): Promise<WriteReceipt> {
    try {
      return await withRetries(this.deps, UPDATE, async () => {
        const now = await this.get(ctx, kind, at, { fresh: 'latest' });
        return this.put(ctx, kind, at, change(now?.value), { ...o, expect: now?.rev ?? 'absent' });
      });
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw new StateError(
        'state_contended',
        `"${kind.name}" is being changed by too many others at once; nothing was written. Try again.`,
        { cause: error },
      );
    }
  }

  async #conflict(kind: StateKind<unknown>, key: EntryKey, { current, source }: Conflict): Promise<StateError> {
    const winner = current && (await this.deps.store.open(kind, key, current, source));
    return new StateError(
      'state_conflict',
      `"${kind.name}" was changed by somebody else; nothing was written. Read it again.`,
      { winner },
    );
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof StateError && error.code === 'state_conflict';
}

function assertMayChange(ctx: TenantContext, scope: Scope): void {
  if (scope !== 'tenant' || allows(ctx, SHARED_NEEDS)) return;
  throw new StateError(
    'state_forbidden',
    `Changing what the tenant shares needs the permission "${SHARED_NEEDS}". Ask an administrator for it.`,
  );
}
