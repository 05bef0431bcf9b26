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
  // On a signal of this work's own, so it goes with the work.
  signal.addEventListener('abort', () => cut.reject(signal.reason as Error));
  using _limit = clock.after(limit.ms, () => late.abort(limit.late()));
  return await Promise.race([work(signal), cut.promise]);
}
