import type { Logger, TenantContext, UserId } from '../../../kernel';
import type { ConnectionLimits, LeasedSlot, LeasedSlots } from '../../contract';
import { ChatError } from '../../errors';

const LEASE_MS = 45_000;
export const SLOT_RENEW_MS = 15_000;
const POOL = 'devices';
/** A person's slot first: it is given back when there is none of the company. */
const SCOPES = ['user', 'tenant'] as const;
type SlotScope = (typeof SCOPES)[number];

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
    const limits = { user: connectionsPerPerson, tenant: connectionsPerTenant };
    const lease = new SlotLease(this, ctx, limits);
    for (const scope of SCOPES) {
      if (await lease.renewOrAcquire(scope)) continue;
      lease[Symbol.dispose]();
      throw AT_LIMIT[scope](limits[scope]);
    }
    return lease;
  }

  take(ctx: TenantContext, scope: SlotScope, limit: number): ReturnType<LeasedSlots['takeSlot']> {
    return this.slots.takeSlot(ctx, { scope, name: POOL }, { limit, leaseMs: LEASE_MS });
  }

  release({ userId }: TenantContext): void {
    const left = (this.#onThisInstance.get(userId) ?? 0) - 1;
    if (left > 0) this.#onThisInstance.set(userId, left);
    else this.#onThisInstance.delete(userId);
  }

  /** Redis is away: what this instance counts itself must do until it is back. */
  missed(error: unknown, what: string): void {
    this.logger.debug({ reason: String(error) }, what);
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

const AT_LIMIT: Readonly<Record<SlotScope, (max: number) => ChatError>> = {
  user: personAtLimit,
  tenant: companyAtLimit,
};

/** The slots of one connection, its person's and its company's. Disposing releases them. */
export class SlotLease implements Disposable {
  readonly #held: Partial<Record<SlotScope, LeasedSlot>> = {};
  #isReleased = false;

  constructor(
    private readonly slots: ConnectionSlots,
    private readonly ctx: TenantContext,
    private readonly limits: Readonly<Record<SlotScope, number>>,
  ) {}

  /** To be called every 15 seconds. A connection that is open stays, even when its slot lapsed and went to another. */
  async renew(): Promise<void> {
    await Promise.all(SCOPES.map((scope) => this.renewOrAcquire(scope)));
  }

  /** Renews the slot, or acquires one when it has lapsed or could not be had before. False: all are taken, as far as is known. */
  async renewOrAcquire(scope: SlotScope): Promise<boolean> {
    try {
      if ((await this.#held[scope]?.renew()) === true || this.#isReleased) return true;
      const taken = await this.slots.take(this.ctx, scope, this.limits[scope]);
      if ('full' in taken) return false;
      this.#held[scope] = taken;
      if (this.#isReleased) this.#release(scope);
    } catch (error) {
      this.slots.missed(error, 'a connection could not be counted over all instances');
    }
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.slots.release(this.ctx);
    for (const scope of SCOPES) this.#release(scope);
  }

  /** When that fails, it comes free with its lease. */
  #release(scope: SlotScope): void {
    const released = this.#held[scope]?.[Symbol.asyncDispose]();
    released?.then(undefined, (error: unknown) => this.slots.missed(error, 'a slot could not be released'));
  }
}
