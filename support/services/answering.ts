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
  const given: string[] = [];
  void limits.gaveUp?.then((reason) => given.push(reason));
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (given[0] !== undefined) throw new Error(`it ended (${given[0]})`, { cause: error });
      if (systemClock.monotonic() > deadline || limits.isFinal?.(error) === true) throw error;
    }
    await pause(systemClock, BETWEEN_MS);
  }
}
