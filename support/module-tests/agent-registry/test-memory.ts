import type { ConversationFilter, ConversationMemory, RememberedFilter } from '../../../ssot/agent-registry';
import type { TenantContext, ThreadId } from '../../../ssot/kernel';

/** What threads are narrowed to: a double of state-manager's port. */
export class TestMemory implements ConversationMemory {
  readonly #filters = new Map<ThreadId, ConversationFilter>();
  /** False: a part of the filter cannot be read. */
  isComplete = true;

  load(_ctx: TenantContext, threadId: ThreadId): Promise<RememberedFilter> {
    return Promise.resolve({ filter: this.#filters.get(threadId) ?? {}, isComplete: this.isComplete });
  }

  save(_ctx: TenantContext, threadId: ThreadId, filter: ConversationFilter): Promise<void> {
    this.#filters.set(threadId, filter);
    return Promise.resolve();
  }
}
