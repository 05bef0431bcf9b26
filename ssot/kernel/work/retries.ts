import { pause, type Clock } from '../ports/clock';
import { fraction, type Random } from '../ports/random';

export interface RetryPolicy {
  readonly maxTries: number;
  /** No further try after so long; without it only `maxTries` counts. */
  readonly withinMs?: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly isRetryable: (error: unknown) => boolean;
  /** Once aborted, nothing is tried again. */
  readonly signal?: AbortSignal;
}

/**
 * Repeats `attempt` while what it throws is retryable, after random waits whose upper bound doubles from `firstDelayMs` to
 * `maxDelayMs`. Rejects with the last failure, or with the signal's reason when it is aborted during a wait.
 */
export async function withRetries<T>(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  { maxTries, withinMs = Infinity, firstDelayMs, maxDelayMs, isRetryable, signal }: RetryPolicy,
  attempt: () => Promise<T>,
): Promise<T> {
  const began = clock.monotonic();
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const isOver = tries >= maxTries || clock.monotonic() - began >= withinMs || signal?.aborted === true;
      if (isOver || !isRetryable(error)) throw error;
    }
    await pause(clock, fraction(random) * Math.min(maxDelayMs, firstDelayMs * 2 ** (tries - 1)), signal);
  }
}
