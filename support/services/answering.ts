import { pause, systemClock } from '../../ssot/kernel';

const BETWEEN_MS = 20;

/**
 * Asks until it answers. Ends with the last refusal when `limitMs` is over, at once when `gaveUp` settles (its value is
 * the reason) or when the refusal is one that waiting cannot heal.
 */
export async function answering<T>(
  ask: () => Promise<T>,
  limits: { limitMs: number; gaveUp?: Promise<string>; isFinal?: (error: unknown) => boolean },
): Promise<T> {
  const deadline = systemClock.monotonic() + limits.limitMs;
  let ended: string | null = null;
  void limits.gaveUp?.then((reason) => (ended = reason));
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (ended !== null) throw new Error(`it ended (${ended})`, { cause: error });
      if (systemClock.monotonic() > deadline || limits.isFinal?.(error) === true) throw error;
    }
    await pause(systemClock, BETWEEN_MS);
  }
}
