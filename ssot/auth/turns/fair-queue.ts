import { pause, type Clock } from '../../kernel';
import { overloaded } from '../errors';

export interface FairQueueLimits {
  /** How much runs at once. */
  readonly atOnce: number;
  /** How much of it may be the work of strangers; all of it when nothing is said. */
  readonly ofStrangers?: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/** Whose turn it is. */
export interface Claim {
  /** Whatever it has in common with others of its kind: an address, an account. */
  readonly crowds: readonly string[];
  /** Somebody who has proven before to be no stranger. */
  readonly isKnown?: boolean;
}

interface Entry extends Required<Claim> {
  readonly start: () => void;
  readonly refuse: () => void;
}

/**
 * A bounded queue in which no crowd stands in anybody else's way: of those with something in common one runs at a time, whoever
 * has the fewest of their crowd comes first, and when the queue is full, the largest crowd gives up its newest. Strangers are
 * never in the way of who is known, however many crowds they are: places are kept for the known, and a full queue gives
 * strangers up first. Nor do the known keep strangers out: of the two kinds, the one with less at work comes first.
 */
export class FairQueue {
  readonly #running = new Set<Entry>();
  readonly #waiting: Entry[] = [];
  /** How many are here, waiting or at work, that have something in common: to count them anew for each would hold up everybody. */
  readonly #present = new Map<string, number>();

  constructor(
    private readonly limits: FairQueueLimits,
    private readonly clock: Clock,
  ) {}

  /** Throws `overloaded` with the wait when there is no room, or no turn in time. */
  async run<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
    const entry = await this.#turn(claim);
    try {
      return await work();
    } finally {
      this.#running.delete(entry);
      this.#count(entry, -1);
      this.#startNext();
    }
  }

  async #turn({ crowds, isKnown = false }: Claim): Promise<Entry> {
    const turn = Promise.withResolvers<void>();
    const entry = {
      crowds,
      isKnown,
      start: () => turn.resolve(),
      refuse: () => turn.reject(overloaded(this.limits.maxWaitMs)),
    };
    this.#waiting.push(entry);
    this.#count(entry, 1);
    this.#startNext();
    if (this.#waiting.length > this.limits.maxWaiting) this.#refuse(this.#newestOfLargestCrowd());
    const inTime = new AbortController();
    pause(this.clock, this.limits.maxWaitMs, inTime.signal).then(
      () => this.#refuse(entry),
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
      const free = this.#waiting.filter((entry) => this.#mayRun(entry));
      const next = this.#leave(first(free, (one, best) => this.#comesBefore(one, best)));
      if (next === undefined) return;
      this.#running.add(next);
      next.start();
    }
  }

  #mayRun(entry: Entry): boolean {
    const { atOnce, ofStrangers = atOnce } = this.limits;
    const hasPlace = entry.isKnown || this.#atWork(entry) < ofStrangers;
    return hasPlace && ![...this.#running].some((other) => isAkin(entry, other));
  }

  #comesBefore(one: Entry, other: Entry): boolean {
    if (isOfOneKind(one, other)) return this.#crowdOf(one) < this.#crowdOf(other);
    const [ofOne, ofOther] = [this.#atWork(one), this.#atWork(other)];
    return ofOne === ofOther ? one.isKnown : ofOne < ofOther;
  }

  /** How many of its kind are at work. */
  #atWork(entry: Entry): number {
    return [...this.#running].filter((other) => isOfOneKind(entry, other)).length;
  }

  #newestOfLargestCrowd(): Entry | undefined {
    const strangers = this.#waiting.filter(({ isKnown }) => !isKnown);
    const candidates = strangers.length > 0 ? strangers : this.#waiting;
    return first(candidates, (one, best) => this.#crowdOf(one) >= this.#crowdOf(best));
  }

  /** How many are here that have the same in common, itself included. */
  #crowdOf(one: Entry): number {
    return Math.max(...keysOf(one).map((key) => this.#present.get(key) ?? 0));
  }

  #count(entry: Entry, more: 1 | -1): void {
    for (const key of keysOf(entry)) {
      const present = (this.#present.get(key) ?? 0) + more;
      if (present > 0) this.#present.set(key, present);
      else this.#present.delete(key);
    }
  }

  #refuse(entry: Entry | undefined): void {
    const left = this.#leave(entry);
    if (left === undefined) return;
    this.#count(left, -1);
    left.refuse();
  }

  #leave(entry: Entry | undefined): Entry | undefined {
    const place = this.#waiting.findIndex((one) => one === entry);
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }
}

/** What it has in common with others of its kind. */
function keysOf({ crowds, isKnown }: Entry): readonly string[] {
  return crowds.map((crowd) => `${isKnown ? 'known' : 'strange'} ${crowd}`);
}

function isOfOneKind(one: Entry, other: Entry): boolean {
  return one.isKnown === other.isKnown;
}

function isAkin(one: Entry, other: Entry): boolean {
  return isOfOneKind(one, other) && one.crowds.some((crowd) => other.crowds.includes(crowd));
}

function first(entries: readonly Entry[], isBetter: (one: Entry, best: Entry) => boolean): Entry | undefined {
  return entries.reduce<Entry | undefined>(
    (best, one) => (best === undefined || isBetter(one, best) ? one : best),
    undefined,
  );
}
