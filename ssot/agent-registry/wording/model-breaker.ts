import type { Clock } from '../../kernel';

const FAILURES = 3;
const TRY_AFTER_MS = 30_000;
const SUCCESSES = 2;

/**
 * Leaves the model alone after three failures in a row, tries again after 30 seconds, and trusts it after two successes.
 * Own code rather than cockatiel's, because its waits follow the injected clock.
 */
export class ModelBreaker {
  #failures = 0;
  #successesToGo = 0;
  #tryAt = 0;

  constructor(private readonly clock: Clock) {}

  get state(): 'closed' | 'open' | 'half_open' {
    if (this.#successesToGo === 0) return 'closed';
    return this.clock.monotonic() < this.#tryAt ? 'open' : 'half_open';
  }

  /** While it is tried, one at a time. */
  admits(): boolean {
    if (this.state === 'open') return false;
    if (this.state === 'half_open') this.#tryAt = this.clock.monotonic() + TRY_AFTER_MS;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    if (this.#successesToGo > 0) this.#successesToGo--;
    this.#tryAt = this.clock.monotonic();
  }

  failed(): void {
    this.#failures++;
    if (this.#failures < FAILURES && this.#successesToGo === 0) return;
    this.#successesToGo = SUCCESSES;
    this.#tryAt = this.clock.monotonic() + TRY_AFTER_MS;
  }
}
