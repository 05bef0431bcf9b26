import type { Clock } from '../ports/clock';

/** The work took longer than it was given. It goes on, unheard. */
export class DeadlineExceeded extends Error {
  constructor(readonly limitMs: number) {
    super(`no answer within ${limitMs} ms`);
    this.name = new.target.name;
  }
}

/** The work's own outcome, or `DeadlineExceeded` after `ms` on the given clock. */
export async function withDeadline<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  // An answer that is here already, and was not read because this process was busy, is no late one.
  using _limit = clock.after(ms, () => setImmediate(() => late.reject(new DeadlineExceeded(ms))));
  // Whoever loses the race still settles; it must not count as an unheard failure.
  work.catch(() => undefined);
  return await Promise.race([work, late.promise]);
}

export interface AbortableDeadline {
  readonly ms: number;
  /** What the work is aborted with when the time is over. */
  readonly late: () => Error;
  /** Aborts the work from outside, with its own reason. */
  readonly signal: AbortSignal;
}

/**
 * Runs work that can be aborted: until it ends, the time is over or `signal` aborts. The work's own signal says which, and
 * it is not waited for. Rejects with the work's failure, `late()` or the reason of `signal`.
 */
export async function withAbortableDeadline<T>(
  clock: Clock,
  { ms, late, signal: outer }: AbortableDeadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  signal.throwIfAborted();
  const cut = Promise.withResolvers<never>();
  const onAbort = (): void => cut.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  using _limit = clock.after(ms, () => over.abort(late()));
  try {
    return await Promise.race([work(signal), cut.promise]);
  } finally {
    // A joined signal that somebody listens to is never collected.
    signal.removeEventListener('abort', onAbort);
  }
}
