import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel';
import { current, failed, NO_FAILURES, waitOf, type Counter, type CountingStep, type Tally } from './counting';

const MAX_REMEMBERED = 50_000;

/** Counts the failures that this instance has seen, on a clock that never goes back. */
export class LocalCounters {
  readonly #tallies = new LRUCache<string, Tally>({ max: MAX_REMEMBERED });

  constructor(private readonly clock: Clock) {}

  /** For each counter the wait before this step, in milliseconds; 0: none. */
  apply(step: CountingStep, counters: readonly Counter[]): readonly number[] {
    const now = this.clock.monotonic();
    const tallies = counters.map(({ key, budget }) => current(this.#tallies.get(key) ?? NO_FAILURES, budget, now));
    const waits = counters.map(({ budget }, i) => waitOf(tallies[i] as Tally, budget, now));
    const isUsedUp = waits.some((wait) => wait > 0);
    counters.forEach(({ key, budget }, i) => {
      if (step === 'fail' && waits[i] === 0) this.#tallies.set(key, failed(tallies[i] as Tally, budget, now));
      if (step === 'succeed' && !isUsedUp && budget.locksMs.length > 0) this.#tallies.delete(key);
    });
    return waits;
  }
}
