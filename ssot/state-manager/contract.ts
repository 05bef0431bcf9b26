import type { Redis } from 'ioredis';
import type { ZodType } from 'zod';
import type { Clock, Json, Logger, Metrics, Random, TenantContext } from '../kernel';

export type Scope = 'tenant' | 'user' | 'session' | 'thread' | 'run' | 'device';

/** A kind of short-lived working fact, declared once with `defineState`. All kinds are volatile: gone when Redis is gone. */
export interface StateKind<T> {
  readonly name: string;
  readonly scope: Scope;
  readonly schema: ZodType<T>;
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

export interface StateRecord<T> {
  readonly value: T;
  readonly version: number;
  readonly rev: Rev;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}
export interface WriteOptions {
  readonly expect?: Rev | 'absent';
  /** A change keeps the end of life unless it names a lifetime. */
  readonly lifetimeMs?: number;
}
export interface WriteReceipt {
  readonly version: number;
  readonly rev: Rev;
  readonly expiresAt: Date;
}

/** Who is told: everybody who follows this scope of the company, or every instance of the platform. */
export type Topic =
  { readonly ctx: TenantContext; readonly scope: Scope; readonly id?: string } | { readonly platform: string };

/** One of a limited number of places, held by a lease. Disposing gives it back. */
export interface Slot extends AsyncDisposable {
  /** False: the lease had run out and the place may be somebody else's. */
  renew(): Promise<boolean>;
}

export interface StateManager extends AsyncDisposable {
  /** `undefined` only when Redis was asked and had none. */
  get<T>(ctx: TenantContext, kind: StateKind<T>, at: At): Promise<StateRecord<T> | undefined>;
  put<T>(ctx: TenantContext, kind: StateKind<T>, at: At, value: T, o?: WriteOptions): Promise<WriteReceipt>;
  /** Reads, changes, writes if nobody came between, and tries again for 2 s; then `state_contended`. */
  update<T>(
    ctx: TenantContext,
    kind: StateKind<T>,
    at: At,
    change: (now: T | undefined) => T,
    o?: { lifetimeMs?: number },
  ): Promise<WriteReceipt>;
  remove<T>(ctx: TenantContext, kind: StateKind<T>, at: At, o?: { expect?: Rev }): Promise<{ removed: boolean }>;
  takeSlot(
    ctx: TenantContext,
    pool: { scope: Scope; id?: string; name: string },
    o: { limit: number; leaseMs: number },
  ): Promise<Slot | { full: number }>;
  /** Told at most once, never content; resolves when Redis has it. At most 1 KiB. */
  hint(topic: Topic, note?: Json): Promise<void>;
  /** After a break of the connection every listener hears `some_may_be_missing`. */
  onHint(topic: Topic, on: (note: Json | 'some_may_be_missing') => void): Promise<AsyncDisposable>;
  health(): Promise<StateHealth>;
}

export interface StateHealth {
  readonly state: 'up' | 'down';
  readonly latencyMs: number | null;
}

export interface StateManagerDeps {
  /** Owned by the caller; a second connection for hints is made from it and owned here. */
  readonly redis: Redis;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}
