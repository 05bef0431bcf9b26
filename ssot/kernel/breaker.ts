import type { Clock } from './clock';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** Once open, one call in so many milliseconds is let through to probe. */
  readonly probeAfterMs: number;
}

/**
 * Circuit breaker: while it is open nobody asks what keeps failing, but for one probe from time to time; one success
 * closes it. Own code rather than cockatiel's, because its waits follow the injected clock.
 */
export class Breaker {
  #failures = 0;
  #probeAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly options: BreakerOptions,
  ) {}

  get isOpen(): boolean {
    return this.#failures >= this.options.failures;
  }

  /** Open, and the time for the next probe has not come. */
  get isRefusing(): boolean {
    return this.isOpen && this.clock.monotonic() < this.#probeAt;
  }

  /** False: do not call now. While it is open, true for one caller in `probeAfterMs`. */
  admit(): boolean {
    if (this.isRefusing) return false;
    if (this.isOpen) this.#probeAt = this.clock.monotonic() + this.options.probeAfterMs;
    return true;
  }

  recordSuccess(): void {
    this.#failures = 0;
  }

  recordFailure(): void {
    this.#failures += 1;
    if (this.isOpen) this.#probeAt = this.clock.monotonic() + this.options.probeAfterMs;
  }
}
