import { connectionRegistryIn } from '../../../platform/wiring/devices';
import type { ConnectionId, TenantContext } from '../../../ssot/kernel';
import { StateError, type StateManager } from '../../../ssot/state-manager';
import type { ConnectionRegistry, Device, LeasedSlot, LeasedSlots } from '../../../ssot/websocket-manager';
import type { SettlingTransactions } from './settling-transactions';

type Pool = Parameters<LeasedSlots['takeSlot']>[1];
type Terms = Parameters<LeasedSlots['takeSlot']>[2];

/** Slots and devices in real Redis as one instance reaches it: it can be out of reach. */
export class ReachableRedis implements LeasedSlots, ConnectionRegistry {
  reachable = true;
  /** The terms of the last slot that was asked for in each pool: `tenant devices`. */
  readonly asked = new Map<string, { readonly pool: Pool; readonly terms: Terms }>();
  readonly #registry: ConnectionRegistry;

  constructor(
    private readonly state: StateManager,
    private readonly activity: SettlingTransactions,
  ) {
    this.#registry = connectionRegistryIn(state);
  }

  async takeSlot(ctx: TenantContext, pool: Pool, terms: Terms): ReturnType<LeasedSlots['takeSlot']> {
    this.asked.set(`${pool.scope} ${pool.name}`, { pool, terms });
    const taken = await this.#during(() => this.state.takeSlot(ctx, pool, terms));
    return 'full' in taken ? taken : this.#held(taken);
  }

  put(ctx: TenantContext, device: Device, lifetimeMs: number): Promise<void> {
    return this.#during(() => this.#registry.put(ctx, device, lifetimeMs));
  }

  remove(ctx: TenantContext, id: ConnectionId): Promise<void> {
    return this.#during(() => this.#registry.remove(ctx, id));
  }

  list(ctx: TenantContext): Promise<readonly Device[]> {
    return this.#during(() => this.#registry.list(ctx));
  }

  #held(slot: LeasedSlot): LeasedSlot {
    return {
      renew: () => this.#during(() => slot.renew()),
      [Symbol.asyncDispose]: () => this.#during(async () => slot[Symbol.asyncDispose]()),
    };
  }

  #during<T>(work: () => Promise<T>): Promise<T> {
    return this.activity.during(() => {
      if (!this.reachable) throw new StateError('state_hot_unavailable', 'Redis is away.');
      return work();
    });
  }
}
