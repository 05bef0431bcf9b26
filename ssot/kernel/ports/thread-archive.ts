import type { ThreadId } from '../values/id';
import type { TenantContext } from '../values/tenant-context';
import type { ThreadEvent } from '../values/thread-event';
import type { Transaction } from './transactions';

/** Events of a thread that follow each other, as they go to the history together. */
export interface ThreadSegment {
  readonly threadId: ThreadId;
  /** In order and without a gap; at least one. */
  readonly events: readonly ThreadEvent[];
}

/** Where events of quiet threads are kept when PostgreSQL gives them up. Met by state-persistence. */
export interface ThreadArchive {
  /**
   * Resolves when the copy in the history was read back and is the same, however often it was begun before. `isThere`: whether the
   * thread still holds the segment, asked once it is copied; it waits for whoever is deleting it. Otherwise nothing of the thread
   * stays, and `persistence_not_copied` is thrown.
   */
  copy(ctx: TenantContext, segment: ThreadSegment, isThere: (tx: Transaction) => Promise<boolean>): Promise<void>;
  /** In the transaction in which its rows go. Throws `persistence_not_copied` for what was not copied whole. */
  markMoved(ctx: TenantContext, segment: ThreadSegment, tx: Transaction): Promise<void>;
  /** Whether everything from the thread's first event that is not in the history up to this one is there as a copy. */
  isCopied(ctx: TenantContext, threadId: ThreadId, afterSeq: number, upToSeq: number): Promise<boolean>;
  /** The events after `afterSeq` of the segment that holds the next one. Throws `persistence_cold_unavailable`. */
  read(ctx: TenantContext, threadId: ThreadId, afterSeq: number): Promise<readonly ThreadEvent[]>;
}
