/** Sliding-window rate limiter: at most `limit` in any `spanMs`. */
export class SlidingWindow {
  /** The last `limit` of them. Made with the first: an idle connection has two of these windows. */
  #instants: number[] | undefined;

  constructor(
    private readonly limit: number,
    private readonly spanMs: number,
  ) {}

  /** Milliseconds until one more is allowed; 0: now. */
  retryAfterMs(now: number): number {
    const first = this.#instants?.at(-this.limit);
    return first === undefined ? 0 : Math.max(0, first + this.spanMs - now);
  }

  /** One that was allowed. */
  record(now: number): void {
    this.#instants ??= [];
    this.#instants.push(now);
    if (this.#instants.length > this.limit) this.#instants.shift();
  }

  /** Takes the last one back. */
  undo(): void {
    this.#instants?.pop();
  }
}
