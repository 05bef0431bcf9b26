interface Waiting<T> {
  readonly item: T;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Work that costs the same for one and for many: what is asked for in one moment, or while a batch is under way, goes together in the
 * next one. Batches come one after the other.
 */
export class Batches<T> {
  #waiting: Waiting<T>[] = [];
  #isAtWork = false;

  constructor(
    private readonly most: number,
    private readonly work: (items: readonly T[]) => Promise<void>,
  ) {}

  /** Resolves when a batch with it is done, and rejects as that one does. */
  add(item: T): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ item, done });
    // What is asked for in the same moment is waited for.
    if (!this.#isAtWork) queueMicrotask(() => void this.#run());
    this.#isAtWork = true;
    return done.promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.most);
      try {
        await this.work(batch.map(({ item }) => item));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#isAtWork = false;
  }
}
