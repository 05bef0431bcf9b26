import type { Clock, Logger, TenantContext, UserId } from '../kernel';
import type { LeasedSlot, LeasedSlots } from './contract';
import { ChatError } from './errors';
import { Remembered, Window } from './windows';

/** A message holds one of so many places until its time is over; nobody gives it back. */
const LIMITS = [
  { name: 'messages-a-minute', limit: 60, leaseMs: 60_000 },
  { name: 'messages-at-once', limit: 20, leaseMs: 5_000 },
] as const;

/**
 * How fast a person may write: 60 messages a minute, 20 of them within five seconds, over all instances. What this
 * instance counts itself holds always, so that the limit holds for each instance while Redis is away.
 */
export class MessageRate {
  readonly #here = new Remembered<UserId, readonly Window[]>(
    () => LIMITS.map(({ limit, leaseMs }) => new Window(limit, leaseMs)),
    (windows, now) => windows.every((window) => window.isEmpty(now)),
  );

  constructor(
    private readonly slots: LeasedSlots,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Throws `rate_limited` with the time after which one more is taken. */
  async admit(ctx: TenantContext): Promise<void> {
    const now = this.clock.monotonic();
    const windows = this.#here.of(ctx.userId, now);
    const wait = Math.max(...windows.map((window) => window.wait(now)));
    if (wait > 0) throw tooFast(wait);
    for (const window of windows) window.note(now);
    const waitElsewhere = await this.#countedEverywhere(ctx);
    if (waitElsewhere === 0) return;
    for (const window of windows) window.undo();
    throw tooFast(waitElsewhere);
  }

  async #countedEverywhere(ctx: TenantContext): Promise<number> {
    const taken: LeasedSlot[] = [];
    try {
      for (const { name, limit, leaseMs } of LIMITS) {
        const slot = await this.slots.takeSlot(ctx, { scope: 'user', name }, { limit, leaseMs });
        if ('full' in slot) {
          for (const one of taken) await one[Symbol.asyncDispose]();
          return slot.freeInMs;
        }
        taken.push(slot);
      }
    } catch (error) {
      this.logger.debug({ reason: String(error) }, 'a message could not be counted over all instances');
    }
    return 0;
  }
}

function tooFast(retryAfterMs: number): ChatError {
  return new ChatError('rate_limited', 'You write faster than 60 messages a minute, or 20 within five seconds. Wait.', {
    retryAfterMs,
  });
}
