import type { Clock } from '../../ssot/kernel';

interface Timer {
  readonly at: number;
  readonly then: () => void;
  running: Disposable;
}

/**
 * The machine's clock, moved by scenarios. `advance` lets time pass: a jump is one moment, and what became due in it happens
 * at once. `shiftWall` steps the wall clock alone, as a time server does; monotonic time and timers do not notice.
 */
export class MovableClock implements Clock {
  #ahead = 0;
  #wallShift = 0;
  readonly #timers = new Set<Timer>();

  constructor(private readonly real: Clock) {}

  now(): number {
    return this.real.now() + this.#ahead + this.#wallShift;
  }

  monotonic(): number {
    return this.real.monotonic() + this.#ahead;
  }

  after(ms: number, then: () => void): Disposable {
    const timer: Timer = { at: this.monotonic() + ms, then, running: { [Symbol.dispose]: () => undefined } };
    this.#timers.add(timer);
    this.#run(timer);
    return {
      [Symbol.dispose]: () => {
        timer.running[Symbol.dispose]();
        this.#timers.delete(timer);
      },
    };
  }

  /** Time that was let pass in one moment each. */
  get skippedMs(): number {
    return this.#ahead;
  }

  shiftWall(ms: number): void {
    this.#wallShift += ms;
  }

  advance(ms: number): void {
    this.#ahead += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (!this.#timers.has(timer)) continue;
      timer.running[Symbol.dispose]();
      this.#run(timer);
    }
  }

  #run(timer: Timer): void {
    timer.running = this.real.after(Math.max(0, timer.at - this.monotonic()), () => {
      this.#timers.delete(timer);
      timer.then();
    });
  }
}
