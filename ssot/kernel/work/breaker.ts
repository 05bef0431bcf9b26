import type { Clock } from '../ports/clock';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** Once open, one call in so many milliseconds is let through to probe. */
  readonly probeAfterMs: number;
  /** Successful probes in a row that close it; unless said otherwise, one. The next probe follows a success at once. */
  readonly successes?: number;
}

/**
 * Circuit breaker: while it is open nobody asks what keeps failing, but for one probe from time to time.
 * Own code rather than cockatiel's, because its waits follow the injected clock.
 */
export class Breaker {
  #failures = 0;
  #successesToGo = 0;
  #probeAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly options: BreakerOptions,
  ) {}

  /** `half_open`: the time for the next probe has come. */
  get state(): 'closed' | 'open' | 'half_open' {
    if (this.#successesToGo === 0) return 'closed';
    return this.clock.monotonic() < this.#probeAt ? 'open' : 'half_open';
  }

  /** False: do not call now. While it is not closed, true for one caller in `probeAfterMs`. */
  admit(): boolean {
    if (this.state === 'open') return false;
    if (this.state === 'half_open') this.#probeLater();
    return true;
  }

  recordSuccess(): void {
    this.#failures = 0;
    if (this.#successesToGo > 0) this.#successesToGo -= 1;
    this.#probeAt = this.clock.monotonic();
  }

  recordFailure(): void {
    this.#failures += 1;
    if (this.#failures < this.options.failures && this.#successesToGo === 0) return;
    this.#successesToGo = this.options.successes ?? 1;
    this.#probeLater();
  }

  #probeLater(): void {
    this.#probeAt = this.clock.monotonic() + this.options.probeAfterMs;
  }
}
