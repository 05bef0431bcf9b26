import type { Clock } from '../kernel';

/** Runs work until it ends, `outer` aborts or the limit is over; the work's signal says which, and it is not waited for. */
export async function limited<T>(
  clock: Clock,
  limit: { readonly ms: number; readonly late: () => Error },
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const signal = AbortSignal.any([outer, late.signal]);
  signal.throwIfAborted();
  const cut = Promise.withResolvers<never>();
  const onAbort = (): void => cut.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  using _limit = clock.after(limit.ms, () => late.abort(limit.late()));
  try {
    return await Promise.race([work(signal), cut.promise]);
  } finally {
    // A joined signal that somebody listens to is never collected.
    signal.removeEventListener('abort', onAbort);
  }
}
