import type { RememberedFilter, ConversationFilter, ConversationMemory } from '../ssot/agent-registry';
import { silentLogger, type TenantContext, type ThreadId } from '../ssot/kernel';
import type { StateManager } from '../ssot/state-manager';
import { conversationMemoryIn } from '../platform/wiring/conversation-memory';

/** What a scenario's threads have settled on. */
export class AgentsNotes implements ConversationMemory {
  readonly #settled = new Map<string, ConversationFilter>();
  /** How often something was settled. */
  times = 0;
  #elsewhere: ConversationMemory | undefined;
  /** False: something may be settled that cannot be read. */
  isWhole = true;

  /** From here on it is kept as the platform keeps it, as working state of one of the scenario's people. */
  keepIn(state: StateManager, of: TenantContext): void {
    const kept = conversationMemoryIn(state, silentLogger);
    this.#elsewhere = {
      load: (_, threadId) => kept.load(of, threadId),
      save: (_, threadId, settled) => kept.save(of, threadId, settled),
    };
  }

  load(ctx: TenantContext, threadId: ThreadId): Promise<RememberedFilter> {
    if (this.#elsewhere !== undefined) return this.#elsewhere.load(ctx, threadId);
    return Promise.resolve({ filter: this.#settled.get(threadId) ?? {}, isComplete: this.isWhole });
  }

  save(ctx: TenantContext, threadId: ThreadId, settled: ConversationFilter): Promise<void> {
    if (this.#elsewhere !== undefined) return this.#elsewhere.save(ctx, threadId, settled);
    this.times++;
    this.#settled.set(threadId, settled);
    return Promise.resolve();
  }
}
