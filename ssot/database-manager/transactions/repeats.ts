import { withRetries, type Clock, type Random } from '../../kernel';
import { isContention, isLoss } from '../failures';
import type { Progress } from './transaction';

const POLICY = { maxTries: 4, firstDelayMs: 25, maxDelayMs: 500 };

/**
 * Does a whole transaction again when its failure can pass by itself: a serialisation failure, a deadlock, a statement that
 * was prepared before the schema changed, or a connection that turned out to be dead before the transaction had begun.
 */
export async function repeated<T>(
  attempt: (progress: Progress) => Promise<T>,
  ports: { readonly clock: Clock; readonly random: Random; onRepeat(): void },
): Promise<T> {
  let progress: Progress;
  const isRetryable = (error: unknown): boolean => {
    const passes =
      progress.contended ||
      progress.stale ||
      isContention(error) ||
      (isLoss(error) && !progress.touched && !progress.committing);
    if (passes) ports.onRepeat();
    return passes;
  };
  return withRetries(ports, { ...POLICY, isRetryable }, () => {
    progress = { touched: false, committing: false, contended: false, stale: false };
    return attempt(progress);
  });
}
