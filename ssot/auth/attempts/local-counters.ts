import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel';
import { current, failed, NO_FAILURES, waitOf, type Counter, type CountingStep, type Tally } from './counting';

const MAX_REMEMBERED = 50_000;

/** Counts the failures that this instance has seen, and remembers the waits it was told, on a clock that never goes back. */
export class LocalCounters {
  readonly #tallies = new LRUCache<string, Tally>({ max: MAX_REMEMBERED });
  /** Failures that are being counted elsewhere. */
  readonly #expected = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** For each counter the wait before this step, in milliseconds; 0: none. */
  apply(step: CountingStep, counters: readonly Counter[]): readonly number[] {
    const now = this.clock.monotonic();
    const tallies = counters.map((counter) => this.#tallyOf(counter, now));
    const waits = counters.map((counter, i) => this.#waitOf(counter, tallies[i] as Tally, now));
    const isUsedUp = waits.some((wait) => wait > 0);
    counters.forEach(({ key, budget }, i) => {
      if (step === 'fail' && waits[i] === 0) this.#tallies.set(key, failed(tallies[i] as Tally, budget, now));
      if (step === 'succeed' && !isUsedUp && budget.locksMs.length > 0) this.#tallies.delete(key);
    });
    return waits;
  }

  /**
   * A failure in each counter that is on its way to be counted: until this is disposed of, whoever looks is told the wait as if
   * it was, so that of many at once no more go that way than the budget allows.
   */
  expectFailure(counters: readonly Counter[]): Disposable {
    const add = (more: number): void => {
      for (const { key } of counters) {
        const expected = (this.#expected.get(key) ?? 0) + more;
        if (expected > 0) this.#expected.set(key, expected);
        else this.#expected.delete(key);
      }
    };
    add(1);
    return { [Symbol.dispose]: () => add(-1) };
  }

  /** Remembers for each counter how long it has to be waited for, in milliseconds; 0: nothing new. */
  learn(counters: readonly Counter[], waits: readonly number[]): void {
    const now = this.clock.monotonic();
    counters.forEach((counter, i) => {
      const tally = this.#tallyOf(counter, now);
      const until = now + (waits[i] ?? 0);
      if (until > now && until > tally.lockedUntil) this.#tallies.set(counter.key, { ...tally, lockedUntil: until });
    });
  }

  #tallyOf({ key, budget }: Counter, now: number): Tally {
    return current(this.#tallies.get(key) ?? NO_FAILURES, budget, now);
  }

  #waitOf({ key, budget }: Counter, tally: Tally, now: number): number {
    let expected = tally;
    for (let more = this.#expected.get(key) ?? 0; more > 0 && waitOf(expected, budget, now) === 0; more -= 1) {
      expected = failed(expected, budget, now);
    }
    return waitOf(expected, budget, now);
  }
}
