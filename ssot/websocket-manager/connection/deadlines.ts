import type { Clock } from '../../kernel';

/** The longest that a timer of Node can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The deadlines of one connection, at most one of each name, on one timer. Most are put off long before they are due, so
 * the timer is set anew only when it has fired, or for one that comes sooner. Disposing ends all; what is set afterwards runs.
 */
export class Deadlines<N extends string> implements Disposable {
  readonly #dueAt: Partial<Record<N, number>> = {};
  #timer: Disposable | undefined;
  #firesAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly onDue: (name: N) => void,
  ) {}

  set(name: N, ms: number): void {
    const at = this.clock.monotonic() + ms;
    this.#dueAt[name] = at;
    if (at < this.#firesAt) this.#fireAt(at);
  }

  end(name: N): void {
    this.#dueAt[name] = Infinity;
  }

  [Symbol.dispose](): void {
    for (const name of this.#names()) this.end(name);
    this.#timer?.[Symbol.dispose]();
    this.#firesAt = Infinity;
  }

  #fireAt(at: number): void {
    this.#timer?.[Symbol.dispose]();
    this.#firesAt = at;
    const ms = Math.min(Math.max(at - this.clock.monotonic(), 0), LONGEST_TIMER_MS);
    this.#timer = this.clock.after(ms, () => this.#fire());
  }

  #fire(): void {
    this.#firesAt = Infinity;
    const now = this.clock.monotonic();
    for (const name of this.#names()) {
      if (this.#of(name) > now) continue;
      this.end(name);
      this.onDue(name);
    }
    const next = Math.min(...this.#names().map((name) => this.#of(name)));
    if (next < this.#firesAt) this.#fireAt(next);
  }

  #of(name: N): number {
    return this.#dueAt[name] ?? Infinity;
  }

  #names(): readonly N[] {
    return Object.keys(this.#dueAt) as N[];
  }
}
