import type { RunId, TenantContext, ThreadId } from '../../../kernel';
import type { RunSequence } from './run-sequence';

/** More threads than any instance writes to at one time. */
const MAX_THREADS = 1_000;

/** Where a thread stood after its last event. */
export interface ThreadState {
  readonly headSeq: number;
  readonly sequences: ReadonlyMap<RunId, RunSequence>;
}

/**
 * Where threads stood when this instance last wrote to them, so that the next write need not ask. A guess that the write itself
 * checks: other instances write, too.
 */
export class ThreadStates {
  /** The longest unused first. */
  readonly #states = new Map<string, ThreadState>();

  /** Hands it out once: until it is put back by who has written, the others ask. */
  take(ctx: TenantContext, threadId: ThreadId): ThreadState | undefined {
    const key = keyOf(ctx, threadId);
    const state = this.#states.get(key);
    this.#states.delete(key);
    return state;
  }

  /** After the commit. Of two writers the one that was later is believed, whichever is heard first. */
  put(ctx: TenantContext, threadId: ThreadId, { headSeq, sequences }: ThreadState): void {
    const key = keyOf(ctx, threadId);
    if ((this.#states.get(key)?.headSeq ?? 0) >= headSeq) return;
    this.#states.delete(key);
    const open = [...sequences].filter(([, { phase }]) => phase !== 'ended');
    if (open.length > 0) this.#states.set(key, { headSeq, sequences: new Map(open) });
    for (const oldest of this.#states.keys()) {
      if (this.#states.size <= MAX_THREADS) break;
      this.#states.delete(oldest);
    }
  }
}

function keyOf({ tenantId, userId }: TenantContext, threadId: ThreadId): string {
  return `${tenantId} ${userId} ${threadId}`;
}
