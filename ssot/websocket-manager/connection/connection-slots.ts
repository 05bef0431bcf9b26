import type { Logger, TenantContext, UserId } from '../../kernel';
import type { ConnectionLimits, LeasedSlot, LeasedSlots } from '../contract';
import { ChatError } from '../errors';

const LEASE_MS = 45_000;
export const SLOT_RENEW_MS = 15_000;
const POOL = 'devices';

/**
 * Limits the open connections of a person and of a company, over all instances, by leased slots. What this instance counts
 * itself holds always: while Redis is away a person has at most their plan's number of connections on each instance.
 */
export class ConnectionSlots {
  readonly #onThisInstance = new Map<UserId, number>();

  constructor(
    private readonly slots: LeasedSlots,
    private readonly limits: ConnectionLimits,
    private readonly logger: Logger,
  ) {}

  /** Throws `connection_limit`: the newest is refused, those that are open stay. */
  async acquire(ctx: TenantContext): Promise<SlotLease> {
    const { connectionsPerPerson, connectionsPerTenant } = await this.limits(ctx);
    const here = this.#onThisInstance.get(ctx.userId) ?? 0;
    if (here >= connectionsPerPerson) throw personAtLimit(connectionsPerPerson);
    this.#onThisInstance.set(ctx.userId, here + 1);
    const scopedLease = (scope: 'user' | 'tenant', limit: number): ScopedLease =>
      new ScopedLease(() => this.slots.takeSlot(ctx, { scope, name: POOL }, { limit, leaseMs: LEASE_MS }), this.logger);
    const leases = [scopedLease('user', connectionsPerPerson), scopedLease('tenant', connectionsPerTenant)] as const;
    const lease = new SlotLease(leases, () => this.#release(ctx.userId));
    for (const [at, one] of leases.entries()) {
      if ((await one.renewOrAcquire()) !== 'full') continue;
      lease[Symbol.dispose]();
      throw at === 0 ? personAtLimit(connectionsPerPerson) : companyAtLimit(connectionsPerTenant);
    }
    return lease;
  }

  #release(userId: UserId): void {
    const left = (this.#onThisInstance.get(userId) ?? 0) - 1;
    if (left > 0) this.#onThisInstance.set(userId, left);
    else this.#onThisInstance.delete(userId);
  }
}

function personAtLimit(max: number): ChatError {
  return new ChatError('connection_limit', `You have ${max} devices open. Close one first.`, {
    limit: { name: 'connectionsPerPerson', max },
  });
}

function companyAtLimit(max: number): ChatError {
  return new ChatError('connection_limit', `Your company has ${max} devices open. Close one first.`, {
    limit: { name: 'connectionsPerTenant', max },
  });
}

/** The slots of one connection, its person's and its company's. Disposing releases them. */
export class SlotLease implements Disposable {
  #isReleased = false;

  constructor(
    private readonly leases: readonly ScopedLease[],
    private readonly onReleased: () => void,
  ) {}

  /** To be called every 15 seconds. A connection that is open stays, even when its slot lapsed and went to another. */
  async renew(): Promise<void> {
    await Promise.all(this.leases.map((lease) => lease.renewOrAcquire()));
  }

  [Symbol.dispose](): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.onReleased();
    for (const lease of this.leases) lease.release();
  }
}

class ScopedLease {
  #slot: LeasedSlot | undefined;
  #isReleased = false;

  constructor(
    private readonly acquire: () => Promise<LeasedSlot | { readonly full: number }>,
    private readonly logger: Logger,
  ) {}

  /** Renews the slot, or acquires one when it has lapsed or could not be had before. */
  async renewOrAcquire(): Promise<'held' | 'full' | 'unknown'> {
    try {
      if ((await this.#slot?.renew()) === true) return 'held';
      if (this.#isReleased) return 'unknown';
      const taken = await this.acquire();
      if ('full' in taken) return 'full';
      this.#slot = taken;
      if (this.#isReleased) this.release();
      return 'held';
    } catch (error) {
      // Redis is away: what this instance counts itself must do until it is back.
      this.logger.debug({ reason: String(error) }, 'a connection could not be counted over all instances');
      return 'unknown';
    }
  }

  release(): void {
    this.#isReleased = true;
    this.#slot?.[Symbol.asyncDispose]().then(undefined, (error: unknown) => {
      // It comes free with its lease.
      this.logger.debug({ reason: String(error) }, 'a slot could not be released');
    });
  }
}
