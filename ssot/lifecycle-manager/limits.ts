import type { Clock } from '../kernel';

export type Outcome<T> = { kind: 'done'; value: T } | { kind: 'failed'; error: unknown } | { kind: 'late' };

/** Runs work under a limit on the given clock; its signal aborts at the limit or when `outer` does. Never rejects. */
export async function within<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<Outcome<T>> {
  const limit = new AbortController();
  const signal = outer === undefined ? limit.signal : AbortSignal.any([limit.signal, outer]);
  const late = new Promise<Outcome<T>>((resolve) => {
    if (signal.aborted) resolve({ kind: 'late' });
    // An answer that is here already, and was not read because this process was busy, is no late one.
    signal.addEventListener('abort', () => setImmediate(() => resolve({ kind: 'late' })), { once: true });
  });
  const timer = clock.after(ms, () => limit.abort(new Error(`not done within ${ms} ms`)));
  try {
    return await Promise.race([settled(work, signal), late]);
  } finally {
    timer[Symbol.dispose]();
  }
}

async function settled<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    return { kind: 'done', value: await work(signal) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
