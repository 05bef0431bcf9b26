import type { ZodType } from 'zod';
import type {
  Clock,
  CustomerData,
  DurableStore,
  Json,
  KeyRing,
  Logger,
  Metrics,
  Random,
  TenantContext,
  UserId,
} from '../kernel';
import type { StateLimits } from './limits';
import type { RedisConnection } from './redis/connection';

export type Scope = 'tenant' | 'user' | 'session' | 'thread' | 'run' | 'device';

/** A kind of short-lived working fact, declared once with `defineState`. */
export interface StateKind<T> {
  readonly name: string;
  readonly scope: Scope;
  readonly schema: ZodType<T>;
  /** `volatile` when not given: gone when Redis is gone. `durable`: PostgreSQL decides, Redis holds a copy. */
  readonly durability?: 'volatile' | 'durable';
  /** Counts up when `schema` changes; 1 when not given. */
  readonly shape?: number;
  /** Makes today's value of what an older release has written. Without it such an entry is refused, never misread. */
  readonly upgrade?: (old: Json, fromShape: number) => unknown;
  /** Default by scope: device 30 min, run 1 h, session 12 h, thread 24 h, user and tenant 7 d. 1 s to 30 d. */
  readonly lifetimeMs?: number;
}

/** `id`: which thread, run, session, device; tenant and user come from the context. `item`: one of several, default one. */
export interface At {
  readonly id?: string;
  readonly item?: string;
}

declare const rev: unique symbol;
/** Opaque: incarnation and version. A record that was removed and written again has another one. */
export type Rev = string & { readonly [rev]: true };

export interface StateRecord<T> {
  readonly value: T;
  readonly version: number;
  readonly rev: Rev;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  /** `warm`: PostgreSQL was asked. */
  readonly source: 'hot' | 'warm';
}
export interface ReadOptions {
  /** Of a durable kind: `latest` asks PostgreSQL; else a copy is trusted for 30 s after it was confirmed. */
  readonly fresh?: 'hot' | 'latest';
}
export interface WriteOptions {
  readonly expect?: Rev | 'absent';
  /** From now on. Without it a change keeps the end, and a new entry gets its kind's lifetime. */
  readonly lifetimeMs?: number;
  /** The writer's name for this write: a repeat within 120 s writes nothing and gets the first outcome. */
  readonly writeId?: string;
}
export interface WriteReceipt {
  readonly version: number;
  readonly rev: Rev;
  readonly expiresAt: Date;
  /** Nothing was written now: this write had landed before. */
  readonly replayed: boolean;
  /** It survives the loss of Redis. */
  readonly durable: boolean;
  /** `pending`: it is written, but Redis does not have it yet and gets it later. */
  readonly hotCopy: 'fresh' | 'pending';
}

export interface ListQuery {
  readonly id?: string;
  /** Taken literally. */
  readonly itemPrefix?: string;
  readonly updatedSince?: Date;
  /** 1 to 200; 50 when not given. */
  readonly limit?: number;
  /** Of the page before; valid for 15 minutes, for the same user and the same question. */
  readonly cursor?: string;
}
export interface Page<T> {
  /** Newest first, by the moment of creation. */
  readonly items: readonly { readonly at: At; readonly record: StateRecord<T> }[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** Who is reached: everybody who listens for this scope of the tenant, or every instance of the platform. */
export type Topic =
  | { readonly ctx: TenantContext; readonly scope: Scope; readonly id?: string }
  | { readonly platform: string };

/** One of a limited number of slots, held by a lease. Disposing gives it back. */
export interface Slot extends AsyncDisposable {
  /** False: the lease had run out and the slot may be somebody else's. */
  renew(): Promise<boolean>;
}

/** Refusals are `StateError`s; nothing was written in any of them. */
export interface StateManager extends AsyncDisposable {
  readonly customerData: CustomerData;
  /** `undefined` only when the store that is responsible was asked and had none. */
  get<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: ReadOptions): Promise<StateRecord<T> | undefined>;
  put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o?: WriteOptions): Promise<WriteReceipt>;
  /** Reads, changes, writes if nobody came between, and tries again for 2 s; then `state_contended`. */
  update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o?: Omit<WriteOptions, 'expect'>,
  ): Promise<WriteReceipt>;
  remove<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: { expect?: Rev }): Promise<{ removed: boolean }>;
  list<T>(ctx: TenantContext, kind: StateKind<T>, q?: ListQuery): Promise<Page<T>>;
  /**
   * One's own entries of a session, thread, run or device; or everything of a user, for good: whoever still writes for them
   * in the next 24 hours is refused with `state_erased`. Somebody else's need `people:manage`.
   */
  clear(
    ctx: TenantContext,
    target: { readonly scope: Scope; readonly id: string } | { readonly user: UserId },
  ): Promise<{ removed: number }>;
  /** `full`: how many are held; `freeInMs`: until the first of their leases ends, if it is not renewed. */
  takeSlot(
    ctx: TenantContext,
    pool: { scope: Scope; id?: string; name: string },
    o: { limit: number; leaseMs: number },
  ): Promise<Slot | { full: number; freeInMs: number }>;
  /** Delivered at most once, never content; resolves when Redis has it. At most 1 KiB. */
  hint(topic: Topic, note?: Json): Promise<void>;
  /** After a break of the connection every listener is given `some_may_be_missing`. */
  onHint(topic: Topic, on: (note: Json | 'some_may_be_missing') => void): Promise<AsyncDisposable>;
  health(): Promise<StateHealth>;
}

export interface StateHealth {
  /** `misconfigured`: Redis may drop entries on its own; the instance must not take work. `slow`: it answers, too late for most. */
  readonly state: 'up' | 'degraded' | 'misconfigured' | 'slow' | 'down';
  readonly latencyMs: number | null;
  /** Why it is not `up`, in words for operators. */
  readonly cause?: string;
}

export interface StateManagerDeps {
  /** Owned by the caller; a second connection, for hints, is made from it and owned here. */
  readonly redis: RedisConnection;
  /** What keeps the durable kinds. */
  readonly durable: DurableStore;
  /** Time limits, waits and the sweep's turns. */
  readonly clock: Clock;
  /** What decides when an entry expires; `clock` when not given. `server`: Redis', the same for instances whose clocks differ. */
  readonly time?: 'server' | Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The same for all instances: the first key seals what is stored, all open it. */
  readonly keys: KeyRing;
  readonly limits?: Partial<StateLimits>;
}
