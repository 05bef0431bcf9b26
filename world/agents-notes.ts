import type { Recalled, Settled, ThreadNotes } from '../ssot/agent-registry';
import type { TenantContext, ThreadId } from '../ssot/kernel';

/** What a scenario's threads have settled on. */
export class AgentsNotes implements ThreadNotes {
  readonly #settled = new Map<string, Settled>();
  /** How often something was settled. */
  times = 0;
  /** False: something may be settled that cannot be read. */
  isWhole = true;

  recall(_ctx: TenantContext, threadId: ThreadId): Promise<Recalled> {
    return Promise.resolve({ settled: this.#settled.get(threadId) ?? {}, isWhole: this.isWhole });
  }

  settle(_ctx: TenantContext, threadId: ThreadId, settled: Settled): Promise<void> {
    this.times++;
    this.#settled.set(threadId, settled);
    return Promise.resolve();
  }
}
