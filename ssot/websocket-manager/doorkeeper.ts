import { ChatError } from './errors';
import { Remembered, Window } from './windows';

const SPAN_MS = 60_000;
const MOST_FAILED = 30;
const MOST_BAD_TOKENS = 10;
const LOCKED_MS = 60_000;

interface Comings {
  readonly failed: Window;
  readonly badTokens: Window;
  lockedUntil: number;
}

/**
 * Who tried the door in vain, by address; those who were let in do not count, because a whole company may come from one
 * address. Times in milliseconds of a clock that never goes back.
 */
export class Doorkeeper {
  readonly #known = new Remembered<string, Comings>(
    () => ({
      failed: new Window(MOST_FAILED, SPAN_MS),
      badTokens: new Window(MOST_BAD_TOKENS, SPAN_MS),
      lockedUntil: 0,
    }),
    // A lock ends no later than the failure that brought it is forgotten.
    ({ failed }, now) => failed.isEmpty(now),
  );

  /** Throws `rate_limited` for an address that has to wait. */
  assertMayTry(address: string, now: number): void {
    const { failed, lockedUntil } = this.#known.of(address, now);
    const retryAfterMs = Math.max(failed.wait(now), lockedUntil - now);
    if (retryAfterMs <= 0) return;
    throw new ChatError('rate_limited', 'Too many tries from this address failed. Wait before the next one.', {
      retryAfterMs,
    });
  }

  /** This address was not let in: because of its token, or for another reason of its own. */
  failed(address: string, now: number, withBadToken: boolean): void {
    const comings = this.#known.of(address, now);
    comings.failed.note(now);
    if (!withBadToken) return;
    comings.badTokens.note(now);
    if (comings.badTokens.wait(now) > 0) comings.lockedUntil = now + LOCKED_MS;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#known.size;
  }
}
