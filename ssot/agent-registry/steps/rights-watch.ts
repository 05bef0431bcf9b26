import { PlatformError, type Clock, type Logger } from '../../kernel';

const LOOK_EVERY_MS = 1_000;

/**
 * Looks every second whether work that takes longer may go on: `onWithdrawn` is called once with the refusal. What cannot
 * be looked up right now is looked up again: the work had the right to begin.
 */
export function watchRights(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  assertAllowed: () => Promise<unknown>,
  onWithdrawn: (refusal: unknown) => void,
): Disposable {
  let timer: Disposable;
  let isOver = false;
  const look = async (): Promise<void> => {
    try {
      await assertAllowed();
    } catch (refusal) {
      if (isOver) return;
      if (!(refusal instanceof PlatformError && refusal.retryable)) return onWithdrawn(refusal);
      logger.debug({ reason: refusal.message }, "an asker's rights could not be looked up; they will be in a second");
    }
    if (!isOver) again();
  };
  const again = (): void => {
    timer = clock.after(LOOK_EVERY_MS, () => void look());
  };
  again();
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
}
