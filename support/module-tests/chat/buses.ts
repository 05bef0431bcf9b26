import type { TenantContext, ThreadId } from '../../../ssot/kernel';
import type { ClosingBus, RevocationScope, ThreadChangeBus, ThreadHeadBus } from '../../../ssot/websocket-manager';

type OnHead = (head: number | null) => void;

/** Notifications of thread heads between instances; they can be lost on the way, and the bus can be out of reach. */
export class TestHeadBus implements ThreadHeadBus {
  reachable = true;
  losing = false;
  readonly #listeners = new Map<string, Set<OnHead>>();

  async publish(ctx: TenantContext, threadId: ThreadId, head: number): Promise<void> {
    if (!this.reachable) throw new Error('the bus is away');
    if (this.losing) return;
    for (const listener of this.#of(ctx, threadId)) listener(head);
  }

  async subscribe(ctx: TenantContext, threadId: ThreadId, on: OnHead): Promise<AsyncDisposable> {
    if (!this.reachable) throw new Error('the bus is away');
    const listeners = this.#of(ctx, threadId);
    listeners.add(on);
    return { [Symbol.asyncDispose]: async () => void listeners.delete(on) };
  }

  /** As after a break of the connection: whoever listens is told that something may have been missed. */
  disturb(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener(null);
  }

  get subscriptions(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #of({ tenantId }: TenantContext, threadId: ThreadId): Set<OnHead> {
    const key = `${tenantId} ${threadId}`;
    const known = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, known);
    return known;
  }
}

/** Which connections to close, between instances; the bus can be out of reach. */
export class TestClosingBus implements ClosingBus {
  reachable = true;
  readonly #listeners = new Set<(scope: RevocationScope) => void>();

  async publish(scope: RevocationScope): Promise<void> {
    if (!this.reachable) throw new Error('the bus is away');
    for (const listener of this.#listeners) listener(scope);
  }

  async subscribe(on: (scope: RevocationScope) => void): Promise<AsyncDisposable> {
    if (!this.reachable) throw new Error('the bus is away');
    this.#listeners.add(on);
    return { [Symbol.asyncDispose]: async () => void this.#listeners.delete(on) };
  }

  get subscriptions(): number {
    return this.#listeners.size;
  }
}

/** Changed lists of threads, between instances. */
export class TestThreadChangeBus implements ThreadChangeBus {
  reachable = true;
  readonly #listeners = new Set<Parameters<ThreadChangeBus['subscribe']>[0]>();

  async publish(change: Parameters<ThreadChangeBus['publish']>[0]): Promise<void> {
    if (!this.reachable) throw new Error('the bus is away');
    for (const listener of this.#listeners) listener(change);
  }

  async subscribe(on: Parameters<ThreadChangeBus['subscribe']>[0]): Promise<AsyncDisposable> {
    this.#listeners.add(on);
    return { [Symbol.asyncDispose]: async () => void this.#listeners.delete(on) };
  }

  get subscriptions(): number {
    return this.#listeners.size;
  }
}
