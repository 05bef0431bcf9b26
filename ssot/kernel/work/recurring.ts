import type { Clock } from '../ports/clock';

export interface RecurringOptions {
  readonly firstAfterMs: number;
  /** From the end of one turn to the beginning of the next. */
  readonly everyMs: number;
  /** Hears why a turn failed; the next one comes all the same. */
  readonly onFailure: (reason: string) => void;
}

/** Work done turn after turn, never two at once. Disposing aborts the signal and waits for the turn that is under way. */
export class Recurring implements AsyncDisposable {
  readonly #closing = new AbortController();
  #timer: Disposable;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly options: RecurringOptions,
    private readonly work: (closing: AbortSignal) => Promise<void>,
  ) {
    this.#timer = this.#after(options.firstAfterMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#timer[Symbol.dispose]();
    await this.#turn;
  }

  #after(ms: number): Disposable {
    return this.clock.after(ms, () => {
      this.#turn = this.work(this.#closing.signal)
        .catch((error: unknown) => this.options.onFailure(String(error)))
        .then(() => {
          if (!this.#closing.signal.aborted) this.#timer = this.#after(this.options.everyMs);
        });
    });
  }
}
