import type { Clock } from '../ports/clock';
import type { Foreground } from './foreground';

/** A key with so much work that runs or waits is a crowd, which gives way to short work of others. */
const CROWD = 3;
/** About two sign-ins. However much short work others have, each turn of a crowd comes this late at most. */
const MAX_HELD_MS = 50;

export interface Turn {
  /** How much of this key's work may run at once. */
  readonly ofOne: number;
  /** Gives up waiting with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up waiting after so many milliseconds, with `late()`. */
  readonly limit?: { readonly ms: number; readonly late: () => Error } | undefined;
}

interface Waiting extends Turn {
  readonly key: string;
  readonly start: () => void;
}

/**
 * Lets `atOnce` pieces of work run at once, and of one key (a company) no more than its turn says. Whoever's key has the least
 * under way comes next, then whose key has waited longest for a turn: a key with much work waits for itself, and nobody
 * waits for it. A key that is a crowd here begins nothing while short work of somebody else is under way (`foreground`),
 * for 50 ms at most: work that is done at once shares the processors with all of it.
 */
export class FairTurns {
  readonly #running = new Map<string, number>();
  #waiting: Waiting[] = [];
  /** The number of each key's latest turn, as long as it has work here. */
  readonly #latest = new Map<string, number>();
  #turns = 0;
  #total = 0;
  /** Since when a crowd's next turn has been held back; monotonic milliseconds. */
  readonly #held = new Map<string, number>();
  #heldLimit: Disposable | undefined;

  constructor(
    private readonly atOnce: number,
    private readonly clock: Clock,
    private readonly foreground?: Foreground,
  ) {
    foreground?.onEnd(() => this.#startNext());
  }

  /** Work of this key that runs or waits. */
  of(key: string): number {
    return (this.#running.get(key) ?? 0) + this.#waiting.filter((entry) => entry.key === key).length;
  }

  /** Work that waits for its turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs the work when its turn has come; work whose turn was given up never begins. */
  async run<T>(key: string, turn: Turn, work: () => Promise<T>): Promise<T> {
    await this.#turn(key, turn);
    try {
      return await work();
    } finally {
      this.#end(key);
    }
  }

  async #turn(key: string, turn: Turn): Promise<void> {
    turn.signal?.throwIfAborted();
    const begun = Promise.withResolvers<void>();
    const entry: Waiting = { key, ...turn, start: begun.resolve };
    this.#waiting.push(entry);
    this.#startNext();
    // The usual case: there is room, and nothing to wait for.
    if (!this.#waiting.includes(entry)) return;
    const giveUp = (reason: Error): void => {
      if (!this.#waiting.includes(entry)) return;
      this.#waiting = this.#waiting.filter((other) => other !== entry);
      this.#forget(key);
      begun.reject(reason);
    };
    const onAbort = (): void => giveUp(turn.signal?.reason as Error);
    turn.signal?.addEventListener('abort', onAbort, { once: true });
    const { limit } = turn;
    using _limit = limit && this.clock.after(limit.ms, () => giveUp(limit.late()));
    try {
      await begun.promise;
    } finally {
      turn.signal?.removeEventListener('abort', onAbort);
    }
  }

  #end(key: string): void {
    const left = (this.#running.get(key) ?? 1) - 1;
    if (left > 0) this.#running.set(key, left);
    else this.#running.delete(key);
    this.#total -= 1;
    this.#startNext();
    this.#forget(key);
  }

  #forget(key: string): void {
    if (this.of(key) > 0) return;
    this.#latest.delete(key);
    this.#held.delete(key);
  }

  #givesWay(key: string): boolean {
    if (this.foreground?.isBusyBeside(key) !== true || this.of(key) < CROWD) return false;
    const now = this.clock.monotonic();
    const since = this.#held.get(key) ?? now;
    this.#held.set(key, since);
    const left = since + MAX_HELD_MS - now;
    if (left <= 0) return false;
    this.#heldLimit ??= this.clock.after(left, () => {
      this.#heldLimit = undefined;
      this.#startNext();
    });
    return true;
  }

  #startNext(): void {
    while (this.#total < this.atOnce) {
      const underWay = ({ key }: Waiting): number => this.#running.get(key) ?? 0;
      const latest = ({ key }: Waiting): number => this.#latest.get(key) ?? 0;
      const isBefore = (one: Waiting, other: Waiting): boolean =>
        underWay(one) < underWay(other) || (underWay(one) === underWay(other) && latest(one) < latest(other));
      const next = this.#waiting
        .filter((entry) => underWay(entry) < entry.ofOne && !this.#givesWay(entry.key))
        .reduce<Waiting | undefined>((best, one) => (best && !isBefore(one, best) ? best : one), undefined);
      if (next === undefined) return;
      this.#latest.set(next.key, (this.#turns += 1));
      this.#held.delete(next.key);
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#running.set(next.key, underWay(next) + 1);
      this.#total += 1;
      next.start();
    }
  }
}
