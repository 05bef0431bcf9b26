/** Time as everybody gets it: injected, so that lifetimes are specified on a controlled clock and never by sleeping. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. May be stepped; never measure durations with it. */
  now(): number;
  /** Milliseconds on a clock that never goes back. */
  monotonic(): number;
  /** Calls `then` once, `ms` milliseconds from now, unless disposed before. */
  after(ms: number, then: () => void): Disposable;
}

/** The machine's own clock. Its timers do not keep the process alive: what must be awaited is awaited by its owner. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    timer.unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after `ms` on the given clock; rejects with the signal's reason when it aborts first. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      timer[Symbol.dispose]();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
