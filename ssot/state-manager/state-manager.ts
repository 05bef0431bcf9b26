import { assertVerified, type Json, type TenantContext, type UserId } from '../kernel';
import type {
  At,
  Cursor,
  ListQuery,
  Page,
  ReadOptions,
  Rev,
  Scope,
  Slot,
  StateChange,
  StateHealth,
  StateKind,
  StateManager,
  StateManagerDeps,
  StateRecord,
  StateWrite,
  Topic,
  WriteOptions,
  WriteReceipt,
} from './contract';
import { Durable } from './durable';
import { StateError } from './errors';
import { healthOf } from './health';
import { Hints } from './hints';
import { Hot } from './hot';
import { DEFAULT_LIMITS } from './limits';
import { clear, list } from './lists';
import { Records } from './records';
import { Seal } from './seal';
import { takeSlot } from './slots';
import { Store } from './store';
import { Sweeper } from './sweeper';
import { Watcher } from './watching';

/** Needs nothing of Redis to open: what Redis cannot answer is refused call by call, and works again when it is back. */
export function openStateManager(deps: StateManagerDeps): Promise<StateManager> {
  return Promise.resolve(new RedisStateManager(deps));
}

/** Asks for the platform itself, not for a customer. */
const PLATFORM = Symbol('platform');

class RedisStateManager implements StateManager {
  readonly #hot: Hot;
  readonly #store: Store;
  readonly #durable: Durable;
  readonly #changes: AsyncDisposable;
  readonly #records: Records;
  readonly #hints: Hints;
  readonly #sweeper: Sweeper;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(private readonly deps: StateManagerDeps) {
    const { redis, clock, random, log, metrics } = deps;
    this.#hot = new Hot(redis, clock, random);
    this.#hints = new Hints(redis, this.#hot, log);
    this.#store = new Store({
      ...{ hot: this.#hot, random, log, metrics, time: deps.time ?? clock },
      seal: new Seal(deps.sealingKey, random),
      limits: { ...DEFAULT_LIMITS, ...deps.limits },
    });
    this.#durable = new Durable({ back: deps.durable, store: this.#store, clock, log });
    this.#changes = deps.durable.changes((change) => this.#durable.told(change));
    this.#records = new Records(this.#store, this.#durable, clock, random);
    this.#sweeper = new Sweeper({ redis, hot: this.#hot, durable: deps.durable, clock, log }, this.#store);
  }

  get<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: ReadOptions): Promise<StateRecord<T> | undefined> {
    return this.#do(ctx, () => this.#records.get(ctx, kind, at, o));
  }

  getMany<T>(ctx: TenantContext, kind: StateKind<T>, at: readonly At[]): Promise<(StateRecord<T> | undefined)[]> {
    return this.#do(ctx, () => this.#records.getMany(ctx, kind, at));
  }

  put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o?: WriteOptions): Promise<WriteReceipt> {
    return this.#do(ctx, () => this.#records.put(ctx, kind, at, value, o));
  }

  putMany(ctx: TenantContext, writes: readonly StateWrite[], o?: { writeId?: string }): Promise<WriteReceipt[]> {
    return this.#do(ctx, () => this.#records.putMany(ctx, writes, o?.writeId));
  }

  update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o?: { lifetimeMs?: number; writeId?: string },
  ): Promise<WriteReceipt> {
    return this.#do(ctx, () => this.#records.update(ctx, kind, at, change, o));
  }

  touch<T>(ctx: TenantContext, kind: StateKind<T>, at: At, lifetimeMs: number): Promise<WriteReceipt> {
    return this.#do(ctx, () => this.#records.touch(ctx, kind, at, lifetimeMs));
  }

  move<T>(ctx: TenantContext, kind: StateKind<T>, from: At, to: At): Promise<WriteReceipt> {
    return this.#do(ctx, () => this.#records.move(ctx, kind, from, to));
  }

  remove<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: { expect?: Rev }): Promise<{ removed: boolean }> {
    return this.#do(ctx, () => this.#records.remove(ctx, kind, at, o));
  }

  list<T>(ctx: TenantContext, kind: StateKind<T>, q: ListQuery = {}): Promise<Page<T>> {
    const now = (): number => this.#store.now() || this.deps.clock.now();
    return this.#do(ctx, () => list({ store: this.#store, durable: this.#durable, now }, ctx, kind, q));
  }

  clear(ctx: TenantContext, what: { scope: Scope; id: string } | { person: UserId }): Promise<{ removed: number }> {
    return this.#do(ctx, () => clear({ store: this.#store, durable: this.#durable }, ctx, what));
  }

  watch(ctx: TenantContext, from: Cursor | 'now', signal: AbortSignal): AsyncIterable<StateChange> {
    this.#admit(ctx);
    const ends = AbortSignal.any([signal, this.#closing.signal]);
    const parts = { redis: this.deps.redis, hot: this.#hot, hints: this.#hints, store: this.#store };
    return new Watcher(parts, ctx, from, ends).changes();
  }

  takeSlot(
    ctx: TenantContext,
    pool: { scope: Scope; id?: string; name: string },
    o: { limit: number; leaseMs: number },
  ): Promise<Slot | { full: number; freeInMs: number }> {
    return this.#do(ctx, () =>
      takeSlot({ hot: this.#hot, now: () => this.#store.now(), random: this.deps.random }, ctx, pool, o),
    );
  }

  hint(topic: Topic, note: Json = null): Promise<void> {
    return this.#do('ctx' in topic ? topic.ctx : PLATFORM, () => this.#hints.tell(topic, note));
  }

  onHint(topic: Topic, on: (note: Json | 'some_may_be_missing') => void): Promise<AsyncDisposable> {
    return this.#do('ctx' in topic ? topic.ctx : PLATFORM, () => this.#hints.listen(topic, on));
  }

  health(): Promise<StateHealth> {
    return healthOf(this.deps, this.#hot, this.#sweeper);
  }

  /** Ends every watcher, refuses what comes now, and waits for what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#underWay, this.#sweeper.stop()]);
    await this.#changes[Symbol.asyncDispose]();
    await this.#hints[Symbol.asyncDispose]();
  }

  async #do<T>(ctx: TenantContext | typeof PLATFORM, work: () => Promise<T>): Promise<T> {
    this.#admit(ctx);
    const running = work();
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  #admit(ctx: TenantContext | typeof PLATFORM): void {
    if (this.#closing.signal.aborted) throw new StateError('state_closed', 'The state manager was closed.');
    if (ctx !== PLATFORM) assertVerified(ctx);
  }
}
