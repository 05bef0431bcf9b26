import type { Clock } from '../kernel';

const FAILURES = 5;
const PROBE_AFTER_MS = 5_000;

/**
 * Stops asking what keeps failing: opens after five failures in a row and lets one call try again after five seconds.
 * Own code rather than cockatiel's, because its waits follow the injected clock.
 */
export class Breaker {
  #failures = 0;
  #probeAt = 0;

  constructor(private readonly clock: Clock) {}

  get isOpen(): boolean {
    return this.#failures >= FAILURES;
  }

  get mayProbe(): boolean {
    return this.clock.monotonic() >= this.#probeAt;
  }

  /** False: do not ask now. True for one caller once the time to probe has come. */
  admits(): boolean {
    if (!this.isOpen) return true;
    if (!this.mayProbe) return false;
    this.#probeAt = this.clock.monotonic() + PROBE_AFTER_MS;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
    if (this.isOpen) this.#probeAt = this.clock.monotonic() + PROBE_AFTER_MS;
  }
}
