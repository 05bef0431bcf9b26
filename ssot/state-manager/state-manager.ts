import { assertVerified, type Json, type TenantContext } from '../kernel';
import type {
  At,
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
import { StateError } from './errors';
import { Hints } from './hints';
import { Hot } from './hot';
import { Records } from './records';
import { takeSlot } from './slots';

/** Needs nothing of Redis to open: what Redis cannot answer is refused call by call, and works again when it is back. */
export function openStateManager(deps: StateManagerDeps): Promise<StateManager> {
  return Promise.resolve(new RedisStateManager(deps));
}

const FIELDS = ['inc', 'version', 'value', 'created', 'updated', 'expires'] as const;

class RedisStateManager implements StateManager {
  readonly #hot: Hot;
  readonly #records: Records;
  readonly #hints: Hints;
  #closed = false;

  constructor(private readonly deps: StateManagerDeps) {
    const { redis, clock, random, log } = deps;
    this.#hot = new Hot(redis, clock);
    this.#hints = new Hints(redis, this.#hot, log);
    const read = (key: string): Promise<(string | null)[]> => this.#hot.limited(() => redis.hmget(key, ...FIELDS));
    this.#records = new Records({ hot: this.#hot, read, clock, random });
  }

  async get<T>(ctx: TenantContext, kind: StateKind<T>, at: At): Promise<StateRecord<T> | undefined> {
    this.#admit(ctx);
    return this.#records.get(ctx, kind, at);
  }

  async put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o?: WriteOptions): Promise<WriteReceipt> {
    this.#admit(ctx);
    return this.#records.put(ctx, kind, at, value, o);
  }

  async update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o?: { lifetimeMs?: number },
  ): Promise<WriteReceipt> {
    this.#admit(ctx);
    return this.#records.update(ctx, kind, at, change, o);
  }

  async remove<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: { expect?: Rev }): Promise<{ removed: boolean }> {
    this.#admit(ctx);
    return this.#records.remove(ctx, kind, at, o);
  }

  async takeSlot(
    ctx: TenantContext,
    pool: { scope: Scope; id?: string; name: string },
    o: { limit: number; leaseMs: number },
  ): Promise<Slot | { full: number }> {
    this.#admit(ctx);
    return takeSlot({ ...this.deps, hot: this.#hot }, ctx, pool, o);
  }

  async hint(topic: Topic, note: Json = null): Promise<void> {
    this.#admit('ctx' in topic ? topic.ctx : undefined);
    return this.#hints.tell(topic, note);
  }

  async onHint(topic: Topic, on: (note: Json | 'some_may_be_missing') => void): Promise<AsyncDisposable> {
    this.#admit('ctx' in topic ? topic.ctx : undefined);
    return this.#hints.listen(topic, on);
  }

  async health(): Promise<StateHealth> {
    const began = this.deps.clock.monotonic();
    try {
      await this.#hot.limited(() => this.deps.redis.ping());
      return { state: 'up', latencyMs: Math.round((this.deps.clock.monotonic() - began) * 10) / 10 };
    } catch {
      // The answer is the error.
      return { state: 'down', latencyMs: null };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#hints[Symbol.asyncDispose]();
  }

  #admit(ctx: TenantContext | undefined): void {
    if (this.#closed) throw new StateError('state_closed', 'The state manager was closed.');
    if (ctx !== undefined) assertVerified(ctx);
  }
}
