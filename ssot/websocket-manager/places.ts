import type { Logger, TenantContext, UserId } from '../kernel';
import type { ConnectionLimits, LeasedSlot, LeasedSlots } from './contract';
import { ChatError } from './errors';

const LEASE_MS = 45_000;
export const RENEW_MS = 15_000;
const POOL = 'devices';

/**
 * Room for devices, counted over all instances by leases. What this instance counts itself holds always: while Redis is
 * away a person has at most their plan's number of devices on each instance.
 */
export class Places {
  readonly #here = new Map<UserId, number>();

  constructor(
    private readonly slots: LeasedSlots,
    private readonly plans: ConnectionLimits,
    private readonly logger: Logger,
  ) {}

  /** Throws `connection_limit`: the newest is refused, those that are open stay. */
  async take(ctx: TenantContext): Promise<Place> {
    const { connectionsPerPerson, connectionsPerTenant } = this.plans[ctx.plan];
    const here = this.#here.get(ctx.userId) ?? 0;
    if (here >= connectionsPerPerson) throw personFull(connectionsPerPerson);
    this.#here.set(ctx.userId, here + 1);
    const lease = (scope: 'user' | 'tenant', limit: number): Lease =>
      new Lease(() => this.slots.takeSlot(ctx, { scope, name: POOL }, { limit, leaseMs: LEASE_MS }), this.logger);
    const leases = [lease('user', connectionsPerPerson), lease('tenant', connectionsPerTenant)] as const;
    const place = new Place(leases, () => this.#leave(ctx.userId));
    for (const [at, one] of leases.entries()) {
      if ((await one.hold()) !== 'full') continue;
      place[Symbol.dispose]();
      throw at === 0 ? personFull(connectionsPerPerson) : companyFull(connectionsPerTenant);
    }
    return place;
  }

  #leave(userId: UserId): void {
    const left = (this.#here.get(userId) ?? 0) - 1;
    if (left > 0) this.#here.set(userId, left);
    else this.#here.delete(userId);
  }
}

function personFull(max: number): ChatError {
  return new ChatError('connection_limit', `You have ${max} devices open. Close one first.`, {
    limit: { name: 'connectionsPerPerson', max },
  });
}

function companyFull(max: number): ChatError {
  return new ChatError('connection_limit', `Your company has ${max} devices open. Close one first.`, {
    limit: { name: 'connectionsPerTenant', max },
  });
}

/** The room of one device. Disposing gives it back. */
export class Place implements Disposable {
  #isLeft = false;

  constructor(
    private readonly leases: readonly Lease[],
    private readonly onLeft: () => void,
  ) {}

  /** To be called every 15 seconds. A device that is open stays, even when its room went to somebody else. */
  async renew(): Promise<void> {
    await Promise.all(this.leases.map((lease) => lease.hold()));
  }

  [Symbol.dispose](): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.onLeft();
    for (const lease of this.leases) lease.giveBack();
  }
}

class Lease {
  #slot: LeasedSlot | undefined;
  #isOver = false;

  constructor(
    private readonly ask: () => Promise<LeasedSlot | { readonly full: number }>,
    private readonly logger: Logger,
  ) {}

  /** Renews it, or takes one anew when it has run out or could not be had before. */
  async hold(): Promise<'held' | 'full' | 'unknown'> {
    try {
      if ((await this.#slot?.renew()) === true) return 'held';
      if (this.#isOver) return 'unknown';
      const taken = await this.ask();
      if ('full' in taken) return 'full';
      this.#slot = taken;
      if (this.#isOver) this.giveBack();
      return 'held';
    } catch (error) {
      // Redis is away: what this instance counts itself must do until it is back.
      this.logger.debug({ reason: String(error) }, 'a place could not be counted over all instances');
      return 'unknown';
    }
  }

  giveBack(): void {
    this.#isOver = true;
    this.#slot?.[Symbol.asyncDispose]().then(undefined, (error: unknown) => {
      // It comes free with its lease.
      this.logger.debug({ reason: String(error) }, 'a place could not be given back');
    });
  }
}
