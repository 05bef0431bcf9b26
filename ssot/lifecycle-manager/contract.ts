import type { Clock, Logger, Metrics, Random, TenantContext } from '../kernel';

export type Phase = 'created' | 'starting' | 'running' | 'draining' | 'stopping' | 'stopped' | 'failed';
export type CheckResult = { readonly ok: true } | { readonly ok: false; readonly cause: string };

/** Something an instance is made of. Every method is optional but the name; signals abort at the part's limit. */
export interface Part {
  readonly name: string;
  readonly needs?: readonly string[];
  /** Its loss degrades the instance and does not refuse the start; its first check decides how it begins. */
  readonly optional?: true;
  readonly limits?: { readonly startMs?: number; readonly checkMs?: number; readonly stopMs?: number };
  /** Undoes its own failed attempt. Tried again until its limit. */
  start?(signal: AbortSignal): Promise<void>;
  check?(signal: AbortSignal): Promise<CheckResult>;
  /** What it has under way by itself, for operators; it lasts longer than a request and is drained by the part. */
  inFlight?(): { readonly connection?: number; readonly run?: number };
  /** Synchronous: the stop is announced. From here on it begins nothing by itself; what still comes in is served. */
  announce?(): void;
  /** Synchronous: from here on nothing new comes in. */
  refuse?(): void;
  /** `finishBy` aborts when work should end by itself no longer, `handOverBy` when what is left is lost. */
  drain?(window: { finishBy: AbortSignal; handOverBy: AbortSignal }): Promise<Drained>;
  /** Last events, audit, logs. */
  flush?(signal: AbortSignal): Promise<void>;
  /** Closes what customers hold open. */
  release?(signal: AbortSignal): Promise<void>;
  stop?(signal: AbortSignal): Promise<void>;
}

export interface Drained {
  readonly finished: number;
  readonly handedOver: number;
  readonly lost: readonly { readonly id: string; readonly cause: string }[];
}

/** All in milliseconds; the defaults are `LIFECYCLE_DEFAULTS`. */
export interface LifecycleSettings {
  readonly startMs: number;
  readonly partStartMs: number;
  readonly partCheckMs: number;
  readonly checkEveryMs: number;
  /** Shares of the stop: announce, drain (finish, then hand over), flush, release, stop. Together at most `stopMs`. */
  readonly announceMs: number;
  readonly finishMs: number;
  readonly handOverMs: number;
  readonly flushMs: number;
  readonly releaseMs: number;
  readonly stopPartsMs: number;
  /** The whole stop, however long a step took. */
  readonly stopMs: number;
  /** After so long the hosting platform ends the process: at least a second more than the stop. */
  readonly graceMs: number;
}

export interface LifecycleOptions {
  readonly parts: readonly Part[];
  readonly settings?: Partial<LifecycleSettings>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Lifecycle extends AsyncDisposable {
  readonly phase: Phase;
  /** Starts every part in order of need. Rejects after undoing what was started, with a `LifecycleError` and its cause. */
  start(): Promise<StartReport>;
  /** Any number of callers: one stop, one true report. */
  stop(cause: StopCause): Promise<StopReport>;
  /** Counts one piece of work in flight; throws `not_ready` or `restarting`. The signal aborts when it must be handed over. */
  admit(kind: 'request' | 'connection' | 'run'): Admission;
  /** Has it ever been ready? */
  startup(): Answer;
  /** Would a restart help? Never asks a store. */
  live(): Answer;
  /** Should customers come? From the last results; asks no store. */
  ready(): Answer;
  /** Needs `operations:read`. */
  report(viewer: Pick<TenantContext, 'permissions'>): Report;
  /** Told after each change of phase; what a listener does or throws delays nothing. */
  watch(listener: (change: PhaseChange) => void): Disposable;
}

export interface PhaseChange {
  readonly from: Phase;
  readonly to: Phase;
  readonly at: Date;
  readonly cause: string;
}

export interface Admission extends Disposable {
  readonly signal: AbortSignal;
}

/** All that anybody may see. */
export interface Answer {
  readonly ok: boolean;
  readonly phase: Phase;
  readonly degraded: boolean;
  readonly since: Date;
  readonly retryAfterMs?: number;
}

export interface StopCause {
  readonly by: 'signal' | 'operator' | 'failure';
  readonly detail: string;
}
export type StopStep = 'announce' | 'refuse' | 'drain' | 'flush' | 'release' | 'stop';
export interface PartFailure {
  readonly part: string;
  readonly step: StopStep;
  readonly cause: string;
}
export interface StartReport {
  readonly ms: number;
  readonly parts: readonly {
    readonly name: string;
    readonly ms: number;
    readonly tries: number;
    readonly state: 'up' | 'degraded';
  }[];
}
export interface StopReport {
  readonly outcome: 'clean' | 'with_errors' | 'abandoned';
  readonly cause: StopCause;
  readonly ms: number;
  readonly steps: readonly { readonly name: StopStep; readonly ms: number }[];
  readonly drained: Drained;
  readonly failed: readonly PartFailure[];
  readonly abandoned: readonly string[];
}

/** For operators: which part, since when, and why. */
export interface Report {
  readonly phase: Phase;
  readonly since: Date;
  readonly inFlight: { readonly request: number; readonly connection: number; readonly run: number };
  /** Every change of phase so far, oldest first. */
  readonly phases: readonly PhaseChange[];
  readonly parts: readonly {
    readonly name: string;
    readonly needed: boolean;
    readonly ok: boolean;
    readonly since: Date;
    readonly cause?: string;
  }[];
}

/** What of node's `process` the owner uses. */
export interface ProcessPort {
  on(
    event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection',
    listener: (detail: unknown) => void,
  ): unknown;
  off(
    event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection',
    listener: (detail: unknown) => void,
  ): unknown;
  exit(code: number): void;
}
export interface ProcessOwner extends Disposable {
  /** A signal that came before is obeyed now. */
  attach(lifecycle: Lifecycle): void;
}
