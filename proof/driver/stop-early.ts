/** Why a proof stops early. After `interrupted` services are being stopped, so that nothing a check says counts. */
export type StopReason = 'interrupted' | 'time is up';

/** Aborted with a `StopReason` by Ctrl-C, and when the time is up; disposing stops listening. */
export class StopEarly implements Disposable {
  readonly #stopping = new AbortController();
  readonly #scope = new DisposableStack();

  constructor(minutes: number | undefined) {
    const interrupt = (): void => this.#stopping.abort('interrupted' satisfies StopReason);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.prependListener(signal, interrupt);
      this.#scope.defer(() => void process.off(signal, interrupt));
    }
    if (minutes === undefined) return;
    const timer = setTimeout(() => this.#stopping.abort('time is up' satisfies StopReason), minutes * 60_000);
    this.#scope.defer(() => clearTimeout(timer));
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  get reason(): StopReason | null {
    return this.signal.aborted ? (this.signal.reason as StopReason) : null;
  }

  [Symbol.dispose](): void {
    this.#scope.dispose();
  }
}
