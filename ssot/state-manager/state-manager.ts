import { assertVerified, type CustomerData, type Json, type TenantContext, type UserId } from '../kernel';
import type {
  At,
  ListQuery,
  Page,
  ReadOptions,
  Rev,
  Scope,
  Slot,
  StateHealth,
  StateKind,
  StateManager,
  StateManagerDeps,
  StateRecord,
  Topic,
  WriteOptions,
  WriteReceipt,
} from './contract';
import { Hints } from './coordination/hints';
import { takeSlot, type SlotDeps } from './coordination/slots';
import { Cache } from './durable/cache';
import { DurableRecords } from './durable/durable-records';
import { StateError } from './errors';
import { checkHealth } from './health';
import { DEFAULT_LIMITS } from './limits';
import { clear } from './maintenance/clear';
import { workingStateCustomerData } from './maintenance/customer-data';
import { Sweeper } from './maintenance/sweeper';
import { list } from './records/list';
import { RecordStore } from './records/record-store';
import { Records } from './records/records';
import { Seal } from './records/seal';
import { RedisClient } from './redis/redis-client';

/** Needs nothing of Redis to open: what Redis cannot answer is refused call by call, and works again when it is back. */
export function openStateManager(deps: StateManagerDeps): Promise<StateManager> {
  return Promise.resolve(new RedisStateManager(deps));
}

/** Asks for the platform itself, not for a tenant. */
const PLATFORM = Symbol('platform');

class RedisStateManager implements StateManager {
  readonly customerData: CustomerData;
  readonly #redis: RedisClient;
  readonly #store: RecordStore;
  readonly #durable: DurableRecords;
  /** Committed changes keep the copies in Redis right. */
  readonly #changes: AsyncDisposable;
  readonly #records: Records;
  readonly #hints: Hints;
  readonly #slots: SlotDeps;
  readonly #sweeper: Sweeper;
  readonly #inFlight = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(private readonly deps: StateManagerDeps) {
    const { redis, clock, random, logger, metrics, durable } = deps;
    this.#redis = new RedisClient(redis, { clock, random });
    this.#hints = new Hints(redis, this.#redis, logger);
    const store = new RecordStore({
      ...{ redis: this.#redis, clock, random, logger, metrics, time: deps.time ?? clock },
      seal: new Seal(deps.keys),
      limits: { ...DEFAULT_LIMITS, ...deps.limits },
    });
    const cache = new Cache({ store, logger });
    this.#store = store;
    this.#slots = { redis: this.#redis, now: () => store.now(), random };
    this.#durable = new DurableRecords({ durable, cache, store, clock, logger });
    this.#changes = durable.subscribe((change) => cache.apply(change));
    this.#records = new Records({ store, durable: this.#durable, clock, random });
    this.customerData = workingStateCustomerData({ redis: this.#redis, store, durable: this.#durable });
    this.#sweeper = new Sweeper({ durable, store, clock, logger });
  }

  get<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: ReadOptions): Promise<StateRecord<T> | undefined> {
    return this.#do(ctx, () => this.#records.get(ctx, kind, at, o));
  }

  put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o?: WriteOptions): Promise<WriteReceipt> {
    return this.#do(ctx, () => this.#records.put(ctx, kind, at, value, o));
  }

  update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o?: Omit<WriteOptions, 'expect'>,
  ): Promise<WriteReceipt> {
    return this.#do(ctx, () => this.#records.update(ctx, kind, at, change, o));
  }

  remove<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: { expect?: Rev }): Promise<{ removed: boolean }> {
    return this.#do(ctx, () => this.#records.remove(ctx, kind, at, o));
  }

  list<T>(ctx: TenantContext, kind: StateKind<T>, q: ListQuery = {}): Promise<Page<T>> {
    const now = (): number => this.#store.now() || this.deps.clock.now();
    return this.#do(ctx, () => list({ store: this.#store, durable: this.#durable, now }, ctx, kind, q));
  }

  clear(ctx: TenantContext, target: { scope: Scope; id: string } | { user: UserId }): Promise<{ removed: number }> {
    return this.#do(ctx, () => clear({ store: this.#store, durable: this.#durable }, ctx, target));
  }

  takeSlot(
    ctx: TenantContext,
    pool: { scope: Scope; id?: string; name: string },
    o: { limit: number; leaseMs: number },
  ): Promise<Slot | { full: number; freeInMs: number }> {
    return this.#do(ctx, () => takeSlot(this.#slots, ctx, pool, o));
  }

  hint(topic: Topic, note: Json = null): Promise<void> {
    return this.#do('ctx' in topic ? topic.ctx : PLATFORM, () => this.#hints.publish(topic, note));
  }

  onHint(topic: Topic, on: (note: Json | 'some_may_be_missing') => void): Promise<AsyncDisposable> {
    return this.#do('ctx' in topic ? topic.ctx : PLATFORM, () => this.#hints.subscribe(topic, on));
  }

  health(): Promise<StateHealth> {
    return checkHealth(this.deps, this.#redis, this.#sweeper);
  }

  /** Refuses what comes now, waits for what is in flight, and ends every listener. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#inFlight, this.#sweeper.stop()]);
    await this.#changes[Symbol.asyncDispose]();
    await this.#hints[Symbol.asyncDispose]();
  }

  async #do<T>(ctx: TenantContext | typeof PLATFORM, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new StateError('state_closed', 'The state manager is closed.');
    if (ctx !== PLATFORM) assertVerified(ctx);
    const running = work();
    this.#inFlight.add(running);
    try {
      return await running;
    } finally {
      this.#inFlight.delete(running);
    }
  }
}
