/** Sliding-window rate limiter: at most `limit` in any `spanMs`. */
export class SlidingWindow {
  /** Made with its first, so that whoever says little holds little: an idle connection has two of these windows. */
  #instants: number[] | undefined;

  constructor(
    private readonly limit: number,
    private readonly spanMs: number,
  ) {}

  /** Milliseconds until one more is allowed; 0: now. */
  retryAfterMs(now: number): number {
    this.#forget(now);
    const first = this.#instants?.[this.#instants.length - this.limit];
    return first === undefined ? 0 : first + this.spanMs - now;
  }

  record(now: number): void {
    if (this.#instants === undefined) this.#instants = [now];
    else this.#instants.push(now);
  }

  /** Takes the last one back. */
  undo(): void {
    this.#instants?.pop();
  }

  isEmpty(now: number): boolean {
    this.#forget(now);
    return this.#instants === undefined;
  }

  #forget(now: number): void {
    const kept = this.#instants?.findIndex((instant) => instant + this.spanMs > now);
    if (kept === -1) this.#instants = undefined;
    else if (kept !== undefined && kept > 0) this.#instants?.splice(0, kept);
  }
}

/** A map whose values are made on demand and dropped once they are over. */
export class ExpiringMap<K, V> {
  readonly #entries = new Map<K, V>();

  constructor(
    private readonly make: () => V,
    private readonly isOver: (value: V, now: number) => boolean,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Of this one, as of now. Those that were asked about longest ago stand first, and go first. */
  of(key: K, now: number): V {
    const value = this.#entries.get(key) ?? this.make();
    this.#entries.delete(key);
    for (const [old, remembered] of this.#entries) {
      if (!this.isOver(remembered, now)) break;
      this.#entries.delete(old);
    }
    this.#entries.set(key, value);
    return value;
  }
}
