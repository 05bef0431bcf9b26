import type { Archive } from '../analytics';
import type {
  Clock,
  DurableStore,
  Json,
  Logger,
  Metrics,
  RunId,
  TenantContext,
  ThreadDependents,
  ThreadId,
  Transaction,
  Transactions,
} from '../kernel';

export type Ending = 'completed' | 'failed' | 'cancelled';

export interface SaveInput {
  readonly runId: RunId;
  readonly threadId: ThreadId;
  /** The kind at work. */
  readonly agent: string;
  /** Rising number of the lease the writer holds; an older one than was ever seen is refused. */
  readonly fence: number;
  /** The version this save builds on; 0 creates. */
  readonly expectedVersion: number;
  readonly step: number;
  readonly phase: string;
  /** JSON, at most 2 MiB. */
  readonly state: Json;
  /** Shape number of `state`, for later releases. */
  readonly shape: number;
  /** The writer's name for this save: a repeat gets the first receipt. */
  readonly saveId: string;
  /** Closes the run. */
  readonly ending?: Ending;
}
export interface SaveReceipt {
  readonly version: number;
  readonly savedAt: Date;
  readonly replayed: boolean;
}
export interface RunSnapshot {
  readonly runId: RunId;
  readonly threadId: ThreadId;
  readonly agent: string;
  readonly phase: string;
  readonly step: number;
  readonly version: number;
  readonly fence: number;
  readonly shape: number;
  readonly state: Json;
  readonly ending?: Ending;
  readonly savedAt: Date;
  /** Where its content was read: in PostgreSQL, or in the history. */
  readonly tier: 'warm' | 'cold';
}

/** The progress of every run, in PostgreSQL; only what is committed is acknowledged. */
export interface StatePersistence extends ThreadDependents {
  /** With `tx` it lands or falls with the caller's turn. */
  save(ctx: TenantContext, input: SaveInput, tx?: Transaction): Promise<SaveReceipt>;
  /**
   * Ends the run's state as it is, with whatever ends the run; one that is ended stays so. Nothing happens to a run that has saved
   * nothing.
   */
  close(ctx: TenantContext, runId: RunId, ending: Ending, tx: Transaction): Promise<void>;
  /**
   * `persistence_not_found` for an unknown run and for another company's, in the same words; `persistence_cold_unavailable` for one
   * that has moved to the history while that is away.
   */
  load(ctx: TenantContext, runId: RunId, tx?: Transaction): Promise<RunSnapshot>;
  /** What state-manager keeps for longer than Redis lasts. */
  readonly workingState: DurableStore;
}

export interface StatePersistenceDeps {
  readonly warm: Transactions;
  /** Where ended runs have moved to; without it none has. */
  readonly cold?: () => Archive;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What decides when working state ends; `clock` when not given. `server`: PostgreSQL's time. */
  readonly time?: 'server' | Clock;
  /** A change of working state that has not been told for so long, milliseconds, is told by whoever finds it; default 30 s. */
  readonly orphanedMs?: number;
}
