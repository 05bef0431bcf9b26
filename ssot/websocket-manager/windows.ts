/** At most so many in any stretch of time: remembers when the last ones were, and nothing else. */
export class Window {
  readonly #moments: number[] = [];

  constructor(
    private readonly most: number,
    private readonly spanMs: number,
  ) {}

  /** Milliseconds until one more fits; 0: now. */
  wait(now: number): number {
    this.#forget(now);
    const first = this.#moments[this.#moments.length - this.most];
    return first === undefined ? 0 : first + this.spanMs - now;
  }

  note(now: number): void {
    this.#moments.push(now);
  }

  /** The last one does not count after all. */
  undo(): void {
    this.#moments.pop();
  }

  isEmpty(now: number): boolean {
    this.#forget(now);
    return this.#moments.length === 0;
  }

  #forget(now: number): void {
    while (this.#moments[0] !== undefined && this.#moments[0] + this.spanMs <= now) this.#moments.shift();
  }
}

/** What is remembered of each of many, and forgotten once nothing of it counts any more. */
export class Remembered<K, V> {
  readonly #known = new Map<K, V>();

  constructor(
    private readonly make: () => V,
    private readonly isOver: (value: V, now: number) => boolean,
  ) {}

  get size(): number {
    return this.#known.size;
  }

  /** Of this one, as of now. Those that were asked about longest ago stand first, and go first. */
  of(key: K, now: number): V {
    const value = this.#known.get(key) ?? this.make();
    this.#known.delete(key);
    for (const [old, remembered] of this.#known) {
      if (!this.isOver(remembered, now)) break;
      this.#known.delete(old);
    }
    this.#known.set(key, value);
    return value;
  }
}
