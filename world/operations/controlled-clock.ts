import type { Clock } from '../../ssot/kernel';

interface Timer {
  at: number;
  then: () => void;
}

/** A clock that moves only when a scenario says so. Due timers fire in order, each at its own moment. */
export class ControlledClock implements Clock {
  #now: number;
  #elapsed = 0;
  #timers = new Set<Timer>();

  constructor(start: number | Date = Date.UTC(2025, 8, 10, 9, 0, 0)) {
    this.#now = Number(start);
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, then: () => void): Disposable {
    const timer = { at: this.#elapsed + ms, then };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Timers that nobody has disposed and that are not due yet. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves wall and monotonic time forward together. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#step(Math.max(0, due.at - this.#elapsed));
      due.then();
    }
    this.#step(end - this.#elapsed);
  }

  /** Steps the wall clock alone, as an operator or a time server does; monotonic time does not notice. */
  set(wall: number | Date): void {
    this.#now = Number(wall);
  }

  #step(ms: number): void {
    this.#elapsed += ms;
    this.#now += ms;
  }
}
