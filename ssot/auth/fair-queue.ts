import { pause, type Clock } from '../kernel';
import { AuthError } from './errors';

export interface FairQueueLimits {
  /** How much runs at once. */
  readonly atOnce: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

interface Entry {
  /** Whatever it has in common with others: an address, an account. */
  readonly crowds: readonly string[];
  readonly start: () => void;
  readonly refuse: () => void;
}

/**
 * A bounded queue in which no crowd stands in anybody else's way: of those with something in common one runs at a time, whoever
 * has the fewest of their kind comes first, and when the queue is full, the largest crowd gives up its newest.
 */
export class FairQueue {
  readonly #running = new Set<Entry>();
  readonly #waiting: Entry[] = [];

  constructor(
    private readonly limits: FairQueueLimits,
    private readonly clock: Clock,
  ) {}

  /** Throws `overloaded` with the wait when there is no room, or no turn in time. */
  async run<T>(crowds: readonly string[], work: () => Promise<T>): Promise<T> {
    const entry = await this.#turn(crowds);
    try {
      return await work();
    } finally {
      this.#running.delete(entry);
      this.#startNext();
    }
  }

  async #turn(crowds: readonly string[]): Promise<Entry> {
    const turn = Promise.withResolvers<void>();
    const entry = { crowds, start: () => turn.resolve(), refuse: () => turn.reject(this.#overloaded()) };
    this.#waiting.push(entry);
    this.#startNext();
    if (this.#waiting.length > this.limits.maxWaiting) this.#leave(this.#newestOfLargestCrowd())?.refuse();
    const inTime = new AbortController();
    pause(this.clock, this.limits.maxWaitMs, inTime.signal).then(
      () => this.#leave(entry)?.refuse(),
      () => undefined,
    );
    try {
      await turn.promise;
      return entry;
    } finally {
      inTime.abort();
    }
  }

  #startNext(): void {
    while (this.#running.size < this.limits.atOnce) {
      const free = this.#waiting.filter((entry) => ![...this.#running].some((other) => isAkin(entry, other)));
      const next = this.#leave(first(free, (one, best) => this.#crowdOf(one) < this.#crowdOf(best)));
      if (next === undefined) return;
      this.#running.add(next);
      next.start();
    }
  }

  #newestOfLargestCrowd(): Entry | undefined {
    return first(this.#waiting, (one, best) => this.#crowdOf(one) >= this.#crowdOf(best));
  }

  /** How many are here that have the same in common, itself included. */
  #crowdOf({ crowds }: Entry): number {
    const present = [...this.#running, ...this.#waiting];
    return Math.max(...crowds.map((crowd) => present.filter((entry) => entry.crowds.includes(crowd)).length));
  }

  #leave(entry: Entry | undefined): Entry | undefined {
    const place = entry === undefined ? -1 : this.#waiting.indexOf(entry);
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }

  #overloaded(): AuthError {
    return new AuthError('overloaded', 'Too many people sign in right now. Try again in a few seconds.', {
      retryAfterMs: this.limits.maxWaitMs,
    });
  }
}

function isAkin(one: Entry, other: Entry): boolean {
  return one.crowds.some((crowd) => other.crowds.includes(crowd));
}

function first(entries: readonly Entry[], isBetter: (one: Entry, best: Entry) => boolean): Entry | undefined {
  return entries.reduce<Entry | undefined>(
    (best, one) => (best === undefined || isBetter(one, best) ? one : best),
    undefined,
  );
}
