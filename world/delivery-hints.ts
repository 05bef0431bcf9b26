import type { TenantContext, ThreadId } from '../ssot/kernel';
import type { ThreadHeadBus } from '../ssot/websocket-manager';

type Listener = (head: number | null) => void;

/** The word between instances, in hand: it can be lost on the way, and it can be out of reach. */
export class HintsInHand implements ThreadHeadBus {
  reachable = true;
  losing = false;
  readonly #listeners = new Map<string, Set<Listener>>();

  async publish(ctx: TenantContext, threadId: ThreadId, head: number): Promise<void> {
    if (!this.reachable) throw new Error('no word can be sent');
    if (this.losing) return;
    for (const listener of this.#of(ctx, threadId)) listener(head);
  }

  async subscribe(ctx: TenantContext, threadId: ThreadId, on: Listener): Promise<AsyncDisposable> {
    if (!this.reachable) throw new Error('no word can be heard');
    const listeners = this.#of(ctx, threadId);
    listeners.add(on);
    return { [Symbol.asyncDispose]: async () => void listeners.delete(on) };
  }

  /** How many still listen for word, about any thread. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #of({ tenantId }: TenantContext, threadId: ThreadId): Set<Listener> {
    const key = `${tenantId} ${threadId}`;
    const known = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, known);
    return known;
  }
}
