import type { Recalled, ConversationFilter, ThreadNotes } from '../ssot/agent-registry';
import { silentLogger, type TenantContext, type ThreadId } from '../ssot/kernel';
import type { StateManager } from '../ssot/state-manager';
import { threadNotesIn } from '../platform/wiring/thread-notes';

/** What a scenario's threads have settled on. */
export class AgentsNotes implements ThreadNotes {
  readonly #settled = new Map<string, ConversationFilter>();
  /** How often something was settled. */
  times = 0;
  #elsewhere: ThreadNotes | undefined;
  /** False: something may be settled that cannot be read. */
  isWhole = true;

  /** From here on it is kept as the platform keeps it, as working state of one of the scenario's people. */
  keepIn(state: StateManager, of: TenantContext): void {
    const kept = threadNotesIn(state, silentLogger);
    this.#elsewhere = {
      recall: (_, threadId) => kept.recall(of, threadId),
      settle: (_, threadId, settled) => kept.settle(of, threadId, settled),
    };
  }

  recall(ctx: TenantContext, threadId: ThreadId): Promise<Recalled> {
    if (this.#elsewhere !== undefined) return this.#elsewhere.recall(ctx, threadId);
    return Promise.resolve({ settled: this.#settled.get(threadId) ?? {}, isWhole: this.isWhole });
  }

  settle(ctx: TenantContext, threadId: ThreadId, settled: ConversationFilter): Promise<void> {
    if (this.#elsewhere !== undefined) return this.#elsewhere.settle(ctx, threadId, settled);
    this.times++;
    this.#settled.set(threadId, settled);
    return Promise.resolve();
  }
}
