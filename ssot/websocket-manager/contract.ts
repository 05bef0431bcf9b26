import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type {
  Clock,
  Id,
  Logger,
  Metrics,
  PlatformError,
  Random,
  RunId,
  SessionId,
  TenantContext,
  ThreadId,
  ThreadLog,
  Transactions,
} from '../kernel';

export interface Thread {
  readonly threadId: ThreadId;
  readonly title: string;
  readonly createdAt: Date;
}

/** One's own threads. Whatever one may not see answers `thread_not_found`, as what does not exist. */
export interface Threads {
  create(ctx: TenantContext, title: string): Promise<Thread>;
  /** Newest first, `before` excluded; `limit` 1 to 100. */
  list(ctx: TenantContext, page: { readonly limit: number; readonly before?: ThreadId }): Promise<readonly Thread[]>;
  get(ctx: TenantContext, id: ThreadId): Promise<Thread>;
  /** Its story goes with it. */
  delete(ctx: TenantContext, id: ThreadId): Promise<void>;
}

/** Carries word to other instances that a thread has grown; only a hint, never content. Redis in production. */
export interface FanoutBus {
  publish(ctx: TenantContext, threadId: ThreadId, head: number): Promise<void>;
  /** `null`: words may have been lost. */
  follow(ctx: TenantContext, threadId: ThreadId, on: (head: number | null) => void): Promise<AsyncDisposable>;
}

/** Who hears that a thread has grown, on this instance. */
export interface Announcements extends AsyncDisposable {
  /** After the commit, never before. */
  announce(ctx: TenantContext, threadId: ThreadId, head: number): void;
  /** `null`: look for yourself. Lost words are made good within a second by asking PostgreSQL. */
  follow(ctx: TenantContext, threadId: ThreadId, on: (head: number | null) => void): Disposable;
}

export interface AnnouncementPorts {
  readonly bus: FanoutBus;
  readonly db: Transactions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface ThreadLogPorts {
  readonly db: Transactions;
  readonly announcements: Announcements;
  readonly clock: Clock;
}

/** What a person can ask for on a line; met by agent-registry. */
export interface ChatCommands {
  send(
    ctx: TenantContext,
    ask: { readonly threadId: ThreadId; readonly clientMessageId: string; readonly text: string },
  ): Promise<unknown>;
  cancel(ctx: TenantContext, runId: RunId): Promise<unknown>;
}

/** Met by auth. */
export interface LineAuthority {
  check(token: string): Promise<{ context: TenantContext; sessionId: SessionId; expiresAt: Date }>;
  endedAmong(ids: readonly SessionId[]): Promise<ReadonlySet<SessionId>>;
}

export interface GatewayConfig {
  /** Pages that may connect, as `https://host`; empty: only those of the own host. Programs send no origin. */
  readonly origins: readonly string[];
}

export interface GatewayPorts {
  readonly log: ThreadLog;
  readonly announcements: Announcements;
  readonly authority: LineAuthority;
  readonly commands: ChatCommands;
  /** What may be shown of any error. */
  readonly explain: (error: unknown) => PlatformError;
  readonly ids: { next(kind: 'conn'): Id<'conn'> };
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly config: GatewayConfig;
}

/** The live lines of this instance. Disposing closes them with 1012. */
export interface Gateway extends AsyncDisposable {
  /** Takes an upgrade of `/v1/chat` and admits its person, or says why not and closes. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** From here on newcomers are sent away as restarting, and every line is asked to move. Returns how many. */
  refuse(): number;
  /** Serves what is open until it has moved or `until` aborts; closes nothing. */
  drain(until: AbortSignal): Promise<{ asked: number; left: number }>;
  health(): GatewayHealth;
}

export interface GatewayHealth {
  readonly lines: number;
  readonly subscriptions: number;
  readonly draining: boolean;
}
