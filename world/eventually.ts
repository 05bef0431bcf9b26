import { setTimeout as wait } from 'node:timers/promises';
import { PATIENCE_MS } from './patience';

/**
 * Awaits an outcome that is observable only by asking: repeats `check` until it stops throwing, at most `withinMs`. The last failure is the reason that is reported.
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (failure) {
      if (performance.now() >= deadline) {
        throw new Error(`not so within ${withinMs} ms: ${(failure as Error).message}`, { cause: failure });
      }
      await wait(20);
    }
  }
}
