import type { Clock } from '../../kernel';

/** At most one of each name is running. Disposing ends all; what is set afterwards runs. */
export class Timers<N extends string> implements Disposable {
  readonly #running = new Map<N, Disposable>();

  constructor(private readonly clock: Clock) {}

  set(name: N, ms: number, then: () => void): void {
    this.end(name);
    this.#running.set(name, this.clock.after(ms, then));
  }

  end(name: N): void {
    this.#running.get(name)?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#running.values()) timer[Symbol.dispose]();
    this.#running.clear();
  }
}
