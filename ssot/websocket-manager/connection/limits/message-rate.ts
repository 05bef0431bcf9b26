import type { Clock, Logger, TenantContext, UserId } from '../../../kernel';
import type { LeasedSlot, LeasedSlots } from '../../contract';
import { ChatError } from '../../errors';
import { ExpiringMap } from './expiring-map';
import { SlidingWindow } from './sliding-window';

const MINUTE_MS = 60_000;
/** A message holds one of so many slots until its lease lapses; nobody releases it. */
const LIMITS = [
  { name: 'messages-a-minute', limit: 60, leaseMs: MINUTE_MS },
  { name: 'messages-at-once', limit: 20, leaseMs: 5_000 },
] as const;

/**
 * How fast a person may write: 60 messages a minute, 20 of them within five seconds, over all instances. What this
 * instance counts itself holds always, so that the limit holds for each instance while Redis is away.
 */
export class MessageRate {
  readonly #windows = new ExpiringMap<UserId, readonly SlidingWindow[]>(MINUTE_MS, () =>
    LIMITS.map(({ limit, leaseMs }) => new SlidingWindow(limit, leaseMs)),
  );

  constructor(
    private readonly slots: LeasedSlots,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Throws `rate_limited` with the time after which one more is taken. */
  async admit(ctx: TenantContext): Promise<void> {
    const now = this.clock.monotonic();
    const windows = this.#windows.of(ctx.userId, now);
    const wait = Math.max(...windows.map((window) => window.retryAfterMs(now)));
    if (wait > 0) throw rateLimited(wait);
    for (const window of windows) window.record(now);
    const waitElsewhere = await this.#countOnAllInstances(ctx);
    if (waitElsewhere === 0) return;
    for (const window of windows) window.undo();
    throw rateLimited(waitElsewhere);
  }

  async #countOnAllInstances(ctx: TenantContext): Promise<number> {
    const acquired: LeasedSlot[] = [];
    try {
      for (const { name, limit, leaseMs } of LIMITS) {
        const slot = await this.slots.takeSlot(ctx, { scope: 'user', name }, { limit, leaseMs });
        if ('full' in slot) {
          for (const one of acquired) await one[Symbol.asyncDispose]();
          return slot.freeInMs;
        }
        acquired.push(slot);
      }
    } catch (error) {
      this.logger.debug({ reason: String(error) }, 'a message could not be counted over all instances');
    }
    return 0;
  }
}

function rateLimited(retryAfterMs: number): ChatError {
  return new ChatError('rate_limited', 'You write faster than 60 messages a minute, or 20 within five seconds. Wait.', {
    retryAfterMs,
  });
}
