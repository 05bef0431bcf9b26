import type { Clock, Logger, Metrics, Random, SchemaChange, Transactions } from '../kernel';

/** Three logins, three addresses (`postgres://user:password@host:port/database`), all to the same database. */
export interface DatabaseConfig {
  /** The app login: owns nothing, cannot bypass row security. */
  readonly url: string;
  /** Used for schema changes only, and closed before the first transaction. */
  readonly ownerUrl: string;
  /** The service login: only tables granted to services. */
  readonly serviceUrl: string;
  /** Every module's schema changes; applied in order of name, each once. */
  readonly changes: readonly SchemaChange[];
  /** Ceiling of the app pool; default 15. The service pool has 2, a principal that asks for some its own, health 1. */
  readonly poolSize?: number;
}

export interface DatabasePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The only way to PostgreSQL. Disposing it drains with 1.5 seconds and closes every connection; twice is harmless. */
export interface Database extends Transactions, AsyncDisposable {
  /** Measured now, on a connection of its own, answered within a second. */
  health(): Promise<DatabaseHealth>;
  pool(): PoolFigures;
  /** Refuses new transactions, lets running ones finish for `limitMs`, undoes the rest, closes. Later calls get the first report. */
  drain(limitMs: number): Promise<DrainReport>;
}

/** `read_only` and `full`: it answers, and keeps nothing new. */
export type HealthCause = 'slow' | 'no_answer' | 'refused' | 'read_only' | 'full' | 'waited_for';

export interface DatabaseHealth {
  /** `down`: nothing can be stored, whether it answers or not. */
  readonly state: 'up' | 'degraded' | 'down' | 'stopping';
  /** Milliseconds of the round trip; null when there was no answer. */
  readonly latencyMs: number | null;
  readonly cause?: HealthCause;
  /** What PostgreSQL's clock said; absent when there was no answer. */
  readonly serverTime?: ServerTime;
  /** Name of the newest schema change this instance brought along. */
  readonly schema: string;
  readonly pool: PoolFigures;
}

/** PostgreSQL's clock, read between two instants of the caller's monotonic one; all in milliseconds. */
export interface ServerTime {
  /** Since the Unix epoch. */
  readonly epochMs: number;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** Of the app pool, now; `opened`, `lost` and `refused` count since the opening. */
export interface PoolFigures {
  readonly max: number;
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
  readonly opened: number;
  readonly lost: number;
  readonly refused: number;
}

export interface DrainReport {
  readonly finished: number;
  readonly undone: number;
  readonly refused: number;
}
