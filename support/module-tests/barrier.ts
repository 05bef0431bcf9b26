/** A place where work is held up until it may go on, or the test that holds it up ends. */
export class Barrier implements Disposable {
  readonly #reached = Promise.withResolvers<void>();
  readonly #open = Promise.withResolvers<void>();

  /** Resolves when somebody has come here. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** Whoever comes here waits. */
  readonly pass = (): Promise<void> => {
    this.#reached.resolve();
    return this.#open.promise;
  };

  open(): void {
    this.#open.resolve();
  }

  [Symbol.dispose](): void {
    this.open();
  }
}
