import { fraction, pause, type Clock, type Random } from '../kernel';
import type { Progress } from './turn';
import { isContention, isLoss } from './failures';

const ATTEMPTS = 4;
const FIRST_MS = 25;
const LONGEST_MS = 500;

/**
 * Does a whole turn again when its failure can pass by itself: a serialisation failure, a deadlock, a statement that was
 * prepared before the schema changed, or a connection that turned out to be dead before the turn had begun. Own loop
 * rather than cockatiel's, because its waits must follow the injected clock and randomness.
 */
export async function repeated<T>(
  attempt: (progress: Progress) => Promise<T>,
  ports: { readonly clock: Clock; readonly random: Random; onRepeat(): void },
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const progress: Progress = { touched: false, committing: false, contended: false, stale: false };
    try {
      return await attempt(progress);
    } catch (error) {
      const passes =
        progress.contended ||
        progress.stale ||
        isContention(error) ||
        (isLoss(error) && !progress.touched && !progress.committing);
      if (!passes || tries === ATTEMPTS) throw error;
      ports.onRepeat();
      await pause(ports.clock, fraction(ports.random) * Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1)));
    }
  }
}
