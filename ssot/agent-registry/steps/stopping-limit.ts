import type { Clock } from '../../kernel';

/** More than a reading usually takes; one that hangs here is begun anew elsewhere instead of keeping its asker waiting. */
const MAX_READING_MS = 1_000;

/** Calls `onSlow` when work is not over so long after `stopping` has aborted, or after its own begin if that is later. */
export function limitOnceStopping(clock: Clock, stopping: AbortSignal, onSlow: () => void): Disposable {
  let limit: Disposable | undefined;
  const begin = (): void => {
    limit = clock.after(MAX_READING_MS, onSlow);
  };
  if (stopping.aborted) begin();
  else stopping.addEventListener('abort', begin);
  return {
    [Symbol.dispose]: () => {
      stopping.removeEventListener('abort', begin);
      limit?.[Symbol.dispose]();
    },
  };
}
