import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LimitsByPlan, LimitsFor } from '../configuration-manager';
import type {
  Clock,
  ConnectionId,
  Id,
  Logger,
  Metrics,
  PlatformError,
  Random,
  RunId,
  SessionId,
  TenantContext,
  TenantId,
  ThreadArchive,
  ThreadEvent,
  ThreadId,
  ThreadLog,
  Transactions,
  UserId,
} from '../kernel';
import type { ThreadChange } from './protocol/server-message';

export type { ThreadChange };
export type ThreadLimits = LimitsFor<'threadsPerPerson' | 'threadsPerTenant'>;
export type ConnectionLimits = LimitsFor<'connectionsPerPerson' | 'connectionsPerTenant'>;
export type RetentionLimits = LimitsByPlan<'threadRetentionDays'>;

export interface Thread {
  readonly threadId: ThreadId;
  readonly title: string;
  readonly createdAt: Date;
}

/** One's own threads. Whatever one may not see answers `thread_not_found`, as what does not exist. */
export interface Threads {
  /**
   * Again with the same `key`, it is the same thread. Throws `thread_limit` when the person or the company has as many as
   * the plan allows, `idempotency_key_reused` when the key belongs to a thread that was given another title.
   */
  create(ctx: TenantContext, title: string, key?: string): Promise<Thread>;
  /** Newest first, `before` excluded; `limit` 1 to 100. Throws `thread_not_found` when `before` is not there, or no more. */
  list(ctx: TenantContext, page: { readonly limit: number; readonly before?: ThreadId }): Promise<readonly Thread[]>;
  get(ctx: TenantContext, id: ThreadId): Promise<Thread>;
  rename(ctx: TenantContext, id: ThreadId, title: string): Promise<Thread>;
  /** Everything that hangs on it goes with it, in one transaction. */
  delete(ctx: TenantContext, id: ThreadId): Promise<void>;
}

/** Notifies other instances of a new head of a thread; only a hint, never content. Redis in production. */
export interface ThreadHeadBus {
  publish(ctx: TenantContext, threadId: ThreadId, head: number): Promise<void>;
  /** `null`: notifications may have been lost. */
  subscribe(ctx: TenantContext, threadId: ThreadId, on: (head: number | null) => void): Promise<AsyncDisposable>;
}

/** The new head of a thread (`null`: unknown, read), and the new events if they were stored on this instance. */
export type ThreadHeadListener = (head: number | null, events: readonly ThreadEvent[]) => void;

/** Notifies the subscribers of threads on this instance, and the other instances. */
export interface ThreadNotifier extends AsyncDisposable {
  /**
   * After the commit, never before. Subscribers here are notified at once; other instances that cannot be notified find
   * out by polling within a second.
   */
  notify(ctx: TenantContext, threadId: ThreadId, events: readonly ThreadEvent[]): Promise<void>;
  /** Lost notifications are made good within a second by polling PostgreSQL. */
  subscribe(ctx: TenantContext, threadId: ThreadId, on: ThreadHeadListener): Disposable;
}

export interface ThreadNotifierDeps {
  readonly bus: ThreadHeadBus;
  readonly db: Transactions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface ThreadLogDeps {
  readonly db: Transactions;
  readonly notifier: ThreadNotifier;
  readonly clock: Clock;
  /** Where quiet threads are; without it nothing is ever moved. */
  readonly archive?: Pick<ThreadArchive, 'read'>;
}

/** What a person can ask for on a connection; met by agent-registry. */
export interface ChatCommands {
  send(
    ctx: TenantContext,
    ask: { readonly threadId: ThreadId; readonly clientMessageId: string; readonly text: string },
  ): Promise<unknown>;
  cancel(ctx: TenantContext, runId: RunId): Promise<unknown>;
}

/** Why a sign-in may not keep a connection open any longer. */
export type SessionEnding = 'session_ended' | 'access_revoked' | 'second_factor_missing';

/** Met by auth. */
export interface TokenVerifier {
  /** `address`: who shows it. Throws `rate_limited` for one that is not valid when too many such came from there. */
  check(token: string, address: string): Promise<{ context: TenantContext; sessionId: SessionId; expiresAt: Date }>;
  /** Which of these may no longer be used, and why. */
  endedAmong(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, SessionEnding>>;
}

/** Counts those who came without anything to check, by address, over all instances. Met by auth. */
export interface ConnectionAttempts {
  /** Throws `rate_limited` with the wait when too many from there have failed. */
  recordFailure(address: string): Promise<void>;
}

/** One of a limited number of slots, held by a lease. Disposing releases it. */
export interface LeasedSlot extends AsyncDisposable {
  /** False: the lease had run out. */
  renew(): Promise<boolean>;
}

/** Counts over all instances, and rejects while it cannot. Met by state-manager. */
export interface LeasedSlots {
  takeSlot(
    ctx: TenantContext,
    pool: { readonly scope: 'user' | 'tenant'; readonly name: string },
    o: { readonly limit: number; readonly leaseMs: number },
  ): Promise<LeasedSlot | { readonly full: number; readonly freeInMs: number }>;
}

/** One open tab. */
export interface Device {
  readonly id: ConnectionId;
  readonly sessionId: SessionId;
  readonly instance: string;
  readonly openedAt: Date;
  /** `sentSeq`: the last event it was sent; of a tab on another instance as of at most 15 seconds ago. */
  readonly threads: readonly { readonly threadId: ThreadId; readonly sentSeq: number }[];
}

/** Which devices people have open, over all instances. An entry ends by itself. Met by state-manager. */
export interface ConnectionRegistry {
  put(ctx: TenantContext, device: Device, lifetimeMs: number): Promise<void>;
  remove(ctx: TenantContext, id: ConnectionId): Promise<void>;
  list(ctx: TenantContext): Promise<readonly Device[]>;
}

/** Which connections: of a company, of one of its people, of one of their sign-ins, or one alone. */
export interface RevocationScope {
  readonly tenantId: TenantId;
  readonly userId?: UserId | undefined;
  readonly sessionId?: SessionId | undefined;
  readonly connectionId?: ConnectionId | undefined;
}

/** Tells all other instances which connections to close. Redis in production. */
export interface ClosingBus {
  publish(scope: RevocationScope): Promise<void>;
  subscribe(on: (scope: RevocationScope) => void): Promise<AsyncDisposable>;
}

/** What happened to one of a person's threads, besides growing. */
export interface ThreadChanged {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly threadId: ThreadId;
  readonly change: ThreadChange;
  /** Which instance says so; it has told its own devices. */
  readonly instance: string;
}

/** Tells all other instances that a person's list of threads has changed; a hint. Redis in production. */
export interface ThreadChangeBus {
  publish(change: ThreadChanged): Promise<void>;
  subscribe(on: (change: ThreadChanged) => void): Promise<AsyncDisposable>;
}

/** Of the devices that show a thread on this instance: how many there are, and how many have all that is stored. */
export interface DeliveryStatus {
  readonly total: number;
  readonly upToDate: number;
  readonly catchingUp: number;
}

export interface GatewayConfig {
  /** Pages that may connect, as `https://host`; empty: only those of the own host. Programs send no origin. */
  readonly allowedOrigins: readonly string[];
  /**
   * Load balancers in front, as addresses or networks (`10.0.0.0/8`): whom they say a device comes from, they are believed.
   * Nobody else is.
   */
  readonly trustedProxies: readonly string[];
  /** How this instance is called. */
  readonly instance: string;
  /** More are sent elsewhere; 10,000 when not given. */
  readonly maxConnections?: number;
}

export interface GatewayDeps {
  readonly threadLog: ThreadLog;
  readonly notifier: ThreadNotifier;
  readonly tokens: TokenVerifier;
  readonly attempts: ConnectionAttempts;
  readonly commands: ChatCommands;
  readonly slots: LeasedSlots;
  readonly limits: ConnectionLimits;
  readonly registry: ConnectionRegistry;
  readonly closing: ClosingBus;
  readonly threadChanges: ThreadChangeBus;
  /** What may be shown of any error. */
  readonly toPublicError: (error: unknown) => PlatformError;
  readonly ids: { next(kind: 'conn'): Id<'conn'> };
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly config: GatewayConfig;
}

/** The live connections of this instance. Disposing closes them with 1012. */
export interface Gateway extends AsyncDisposable {
  /** Takes an upgrade of `/v1/chat` and admits its person, or says why not and closes. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** One's own open devices, longest open first; while Redis is away only those on this instance. */
  devices(ctx: TenantContext): Promise<readonly Device[]>;
  /** Closes one of one's own devices with 4403. `asked`: it is on another instance, which has been told. */
  disconnect(ctx: TenantContext, id: ConnectionId): Promise<'closed' | 'asked' | 'unknown'>;
  /**
   * Counts a message of this person, whichever way it came; those sent on connections are counted already. Throws
   * `rate_limited` with the time after which one more is taken.
   */
  admitMessage(ctx: TenantContext): Promise<void>;
  /**
   * Closes connections here and tells the other instances: those of an ended sign-in with 4401, those of a person or company
   * whose access was ended with 4403. `closed`: how many on this instance.
   */
  revoke(scope: RevocationScope): Promise<{ closed: number }>;
  /**
   * Tells all open devices of the person, on every instance, that a thread was made, renamed or deleted; one that was
   * deleted is shown no longer. Never throws: devices read their list again when they come back.
   */
  threadChanged(ctx: TenantContext, threadId: ThreadId, change: ThreadChange): Promise<void>;
  deliveryStatus(ctx: TenantContext, threadId: ThreadId): DeliveryStatus;
  /** Sends newcomers away as restarting from now on, and asks every connection to reconnect elsewhere. Returns how many. */
  stopAccepting(): number;
  /** Stops accepting, and serves what is open until it has moved or `until` aborts; closes nothing. */
  drain(until: AbortSignal): Promise<{ asked: number; left: number }>;
  health(): GatewayHealth;
}

export interface GatewayHealth {
  readonly connections: number;
  readonly subscriptions: number;
  readonly draining: boolean;
}
