import { setImmediate as nextTurn } from 'node:timers/promises';

/** So many writes may wait unstored; whoever posts more waits for them, and cannot fill the memory. */
const MAX_POSTED = 16;

interface Pending<W> {
  readonly write: W;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * What one run stores, in order, in as few transactions as nobody can tell from one for each write: what is added before the run
 * waits for anything, or while a transaction is under way, is stored together. Nothing is stored after a write that failed, until
 * `reset`.
 */
export class WriteQueue<W> {
  #pending: Pending<W>[] = [];
  #flushing: Promise<void> | undefined;
  #failure: { readonly reason: unknown } | undefined;

  constructor(
    /** Stores all of them, or none. */
    private readonly store: (batch: readonly W[]) => Promise<void>,
    /** Whether writes that could not be stored together might be, one by one. */
    private readonly mayBeOneOf: (error: unknown) => boolean,
  ) {}

  /** Resolves when the write and all before it are stored. Throws why it, or one of those that were posted before, is not. */
  async add(write: W): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    const done = Promise.withResolvers<void>();
    this.#pending.push({ write, done });
    this.#flushing ??= this.#flush();
    await done.promise;
  }

  /** Does not wait until it is stored; the next write throws why it is not. */
  async post(write: W): Promise<void> {
    const stored = this.add(write);
    const heard = stored.catch((reason: unknown) => void (this.#failure ??= { reason }));
    if (this.#failure !== undefined || this.#pending.length > MAX_POSTED) await stored;
    else void heard;
  }

  /** Waits for what is being stored, and forgets what could not be. */
  async reset(): Promise<void> {
    await this.#flushing;
    this.#failure = undefined;
  }

  async #flush(): Promise<void> {
    do {
      // What the run goes on to write without waiting for anything else joins.
      await nextTurn();
      await this.#storeAll(this.#pending.splice(0));
    } while (this.#pending.length > 0);
    this.#flushing = undefined;
  }

  async #storeAll(batch: readonly Pending<W>[]): Promise<void> {
    try {
      await this.store(batch.map(({ write }) => write));
      for (const { done } of batch) done.resolve();
    } catch (error) {
      if (batch.length > 1 && this.mayBeOneOf(error)) return this.#storeEach(batch);
      for (const { done } of [...batch, ...this.#pending.splice(0)]) done.reject(error);
    }
  }

  /** Up to the one at fault. */
  async #storeEach(batch: readonly Pending<W>[]): Promise<void> {
    for (const [index, { write, done }] of batch.entries()) {
      try {
        await this.store([write]);
        done.resolve();
      } catch (error) {
        for (const later of [...batch.slice(index), ...this.#pending.splice(0)]) later.done.reject(error);
        return;
      }
    }
  }
}
