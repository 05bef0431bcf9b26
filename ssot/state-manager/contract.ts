import type { Redis } from 'ioredis';
import type { ZodType } from 'zod';
import type { Clock, DurableBack, Json, Logger, Metrics, Random, TenantContext, UserId } from '../kernel';
import type { StateLimits } from './limits';

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

/** `id`: which thread, run, session, device; tenant and person come from the context. `item`: one of several, default one. */
export interface At {
  readonly id?: string;
  readonly item?: string;
}

declare const rev: unique symbol;
/** Opaque: incarnation and version. A record that was removed and written again has another one. */
export type Rev = string & { readonly [rev]: true };

declare const cursor: unique symbol;
/** Opaque: a position in the changes of one person. */
export type Cursor = string & { readonly [cursor]: true };

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
  /** A change keeps the end of life unless it names a lifetime. */
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
  /** `pending`: it is written, but Redis has not heard of it yet; whoever follows is told when it has. */
  readonly hotCopy: 'fresh' | 'pending';
}
export interface StateWrite {
  readonly kind: StateKind<unknown>;
  readonly at: At;
  readonly value: unknown;
  readonly expect?: Rev | 'absent';
  readonly lifetimeMs?: number;
}

export interface ListQuery {
  readonly id?: string;
  /** Taken literally. */
  readonly itemPrefix?: string;
  readonly updatedSince?: Date;
  /** 1 to 200; 50 when not given. */
  readonly limit?: number;
  /** Of the page before; valid for 15 minutes, for the same person and the same question. */
  readonly cursor?: string;
}
export interface Page<T> {
  /** Newest first, by the moment of creation. */
  readonly items: readonly { readonly at: At; readonly record: StateRecord<T> }[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

export type StateChange =
  | {
      readonly op: 'created' | 'updated' | 'removed' | 'expired' | 'evicted';
      readonly kind: string;
      readonly at: At;
      /** The last one, when the entry is gone; 0 when even that is no longer known. */
      readonly version: number;
      /** Counts up by one per person (and for what the company shares). */
      readonly seq: number;
      readonly when: Date;
      readonly cursor: Cursor;
    }
  /** Changes may be missing here: read afresh, then go on from `cursor`. */
  | { readonly op: 'gap'; readonly reason: 'too_old' | 'history_lost'; readonly cursor: Cursor };

/** Who is told: everybody who follows this scope of the company, or every instance of the platform. */
export type Topic =
  { readonly ctx: TenantContext; readonly scope: Scope; readonly id?: string } | { readonly platform: string };

/** One of a limited number of places, held by a lease. Disposing gives it back. */
export interface Slot extends AsyncDisposable {
  /** False: the lease had run out and the place may be somebody else's. */
  renew(): Promise<boolean>;
}

/** Refusals are `StateError`s; nothing was written in any of them. */
export interface StateManager extends AsyncDisposable {
  /** `undefined` only when the store that is responsible was asked and had none. */
  get<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: ReadOptions): Promise<StateRecord<T> | undefined>;
  getMany<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: readonly At[],
  ): Promise<readonly (StateRecord<T> | undefined)[]>;
  put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o?: WriteOptions): Promise<WriteReceipt>;
  /** Whole or not at all: at most 100 entries and 1 MiB, all volatile or all durable. A `state_conflict` names the entry as `writes.<index>`. */
  putMany(
    ctx: TenantContext,
    writes: readonly StateWrite[],
    o?: { readonly writeId?: string },
  ): Promise<readonly WriteReceipt[]>;
  /** Reads, changes, writes if nobody came between, and tries again for 2 s; then `state_contended`. */
  update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o?: { lifetimeMs?: number; writeId?: string },
  ): Promise<WriteReceipt>;
  /** Ends `lifetimeMs` from now. `state_conflict` when there is no entry. */
  touch<T>(ctx: TenantContext, kind: StateKind<T>, at: At, lifetimeMs: number): Promise<WriteReceipt>;
  /** In one step, with its end of life. `state_conflict` when there is none, or one already stands at `to`. */
  move<T>(ctx: TenantContext, kind: StateKind<T>, from: At, to: At): Promise<WriteReceipt>;
  remove<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: { expect?: Rev }): Promise<{ removed: boolean }>;
  list<T>(ctx: TenantContext, kind: StateKind<T>, q?: ListQuery): Promise<Page<T>>;
  /**
   * One's own entries of a session, thread, run or device; or everything of a person, for good: whoever still writes for
   * them in the next 24 hours is refused with `state_erased`. Somebody else's need `people:manage`.
   */
  clear(
    ctx: TenantContext,
    target: { readonly scope: Scope; readonly id: string } | { readonly person: UserId },
  ): Promise<{ removed: number }>;
  /**
   * Changes of one's own entries and of those the company shares, each in order, never with a value. `now` is the moment
   * the first change is asked for. Ends with the signal or the module; throws `state_watcher_too_slow` with a cursor.
   */
  watch(ctx: TenantContext, from: Cursor | 'now', signal: AbortSignal): AsyncIterable<StateChange>;
  /** `full`: how many hold one; `freeInMs`: until the first of their leases ends, if it is not renewed. */
  takeSlot(
    ctx: TenantContext,
    pool: { scope: Scope; id?: string; name: string },
    o: { limit: number; leaseMs: number },
  ): Promise<Slot | { full: number; freeInMs: number }>;
  /** Told at most once, never content; resolves when Redis has it. At most 1 KiB. */
  hint(topic: Topic, note?: Json): Promise<void>;
  /** After a break of the connection every listener hears `some_may_be_missing`. */
  onHint(topic: Topic, on: (note: Json | 'some_may_be_missing') => void): Promise<AsyncDisposable>;
  health(): Promise<StateHealth>;
}

export interface StateHealth {
  /** `misconfigured`: Redis may drop entries on its own; the instance must not take work. */
  readonly state: 'up' | 'degraded' | 'misconfigured' | 'down';
  readonly latencyMs: number | null;
  /** Why it is not `up`, in words for operators. */
  readonly cause?: string;
}

export interface StateManagerDeps {
  /** Owned by the caller; a second connection for hints and changes is made from it and owned here. */
  readonly redis: Redis;
  /** What keeps the durable kinds. */
  readonly durable: DurableBack;
  /** Limits, waits and the sweep's turns. */
  readonly clock: Clock;
  /** What decides when an entry ends; `clock` when not given. `server`: Redis', the same for instances whose clocks differ. */
  readonly time?: 'server' | Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** 32 random bytes, the same for all instances: what is stored is sealed with keys made from them. */
  readonly sealingKey: Uint8Array;
  readonly limits?: Partial<StateLimits>;
}
