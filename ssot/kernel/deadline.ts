import type { Clock } from './clock';

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
