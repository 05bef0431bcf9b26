import type { ThreadId } from '../values/id';
import type { TenantContext } from '../values/tenant-context';
import type { Transaction } from './transactions';

/** Met by every module whose rows hang on a thread: they go with it. Called by whoever deletes threads. */
export interface ThreadDependents {
  /** Deletes what hangs on this thread of the caller's, inside `tx`. Called twice in one transaction. */
  deleteOfThread(ctx: TenantContext, threadId: ThreadId, tx: Transaction): Promise<void>;
}
