import { setImmediate as nextTurn } from 'node:timers/promises';

/** So many writes may wait unstored; whoever posts more waits for them, and cannot fill the memory. */
const MAX_POSTED = 16;

interface Pending<W> {
  readonly write: W;
  /** Nobody waits for it: that it could not be stored is told by the next write. */
  readonly isPosted: boolean;
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
  add(write: W): Promise<void> {
    return this.#enqueue(write, false);
  }

  /** Does not wait until it is stored; the next write throws why it is not. */
  async post(write: W): Promise<void> {
    const stored = this.#enqueue(write, true);
    const isRefused = this.#failure !== undefined;
    stored.catch(() => undefined);
    if (isRefused || this.#pending.length > MAX_POSTED) await stored;
  }

  /** Resolves when all that was posted is stored. Throws why it is not. */
  async stored(): Promise<void> {
    await this.#flushing;
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  /** Waits for what is being stored, and forgets what could not be. */
  async reset(): Promise<void> {
    await this.#flushing;
    this.#failure = undefined;
  }

  async #enqueue(write: W, isPosted: boolean): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    const done = Promise.withResolvers<void>();
    this.#pending.push({ write, isPosted, done });
    this.#flushing ??= this.#flush();
    await done.promise;
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
      this.#reject(batch, error);
    }
  }

  /** Up to the one at fault. */
  async #storeEach(batch: readonly Pending<W>[]): Promise<void> {
    for (const [index, { write, done }] of batch.entries()) {
      try {
        await this.store([write]);
        done.resolve();
      } catch (error) {
        return this.#reject(batch.slice(index), error);
      }
    }
  }

  /** With all that follow. */
  #reject(failed: readonly Pending<W>[], reason: unknown): void {
    for (const { isPosted, done } of [...failed, ...this.#pending.splice(0)]) {
      if (isPosted) this.#failure ??= { reason };
      done.reject(reason);
    }
  }
}
