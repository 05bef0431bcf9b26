import type { ConnectionId, TenantContext } from '../../kernel';
import type { Device } from '../contract';
import type { ConnectionDeps } from './connection-deps';
import type { SlotLease } from './limits/connection-slots';

/** As long as its slot: an instance that was killed leaves no devices behind for longer. */
const REGISTRY_ENTRY_MS = 45_000;

/** What the other instances know of one connection: that it counts, and what its person sees of it. */
export class ConnectionPresence {
  #slot: SlotLease | undefined;

  constructor(private readonly deps: Pick<ConnectionDeps, 'connectionSlots' | 'registry' | 'logger'>) {}

  /** Throws `connection_limit`. */
  async acquireSlot(ctx: TenantContext): Promise<void> {
    this.#slot = await this.deps.connectionSlots.acquire(ctx);
  }

  renewSlot(): void {
    void this.#slot?.renew();
  }

  releaseSlot(): void {
    this.#slot?.[Symbol.dispose]();
  }

  /** So that its person sees this device on other instances. */
  show(ctx: TenantContext, device: Device): void {
    this.#logFailure(this.deps.registry.put(ctx, device, REGISTRY_ENTRY_MS));
  }

  hide(ctx: TenantContext, id: ConnectionId): void {
    this.#logFailure(this.deps.registry.remove(ctx, id));
  }

  #logFailure(entry: Promise<void>): void {
    // While Redis is away, devices are seen on their own instance only.
    entry.catch((error: unknown) => this.deps.logger.debug({ reason: String(error) }, 'a device could not be listed'));
  }
}
