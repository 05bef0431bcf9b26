import type { Clock, Logger, RunId } from '../../../kernel';
import type { AbortReason } from './run-aborted';
import type { RunState } from '../store/run-state';

const RENEW_LEASE_MS = 5_000;

export interface LeaseRenewalDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Renews the lease and returns the run's state; undefined when the lease is no longer ours. */
  readonly renew: () => Promise<RunState | undefined>;
  readonly onAbort: (reason: AbortReason) => void;
}

/**
 * Renews a run's lease every 5 s while PostgreSQL answers, until disposed: also when a renewal is under way then, so that a
 * run which was dropped lapses and is claimed by others. `onAbort` is called once the lease is lost or the run is to be cancelled.
 */
export function renewLeaseOf(runId: RunId, { clock, logger, renew, onAbort }: LeaseRenewalDeps): Disposable {
  let timer: Disposable;
  let isOver = false;
  const schedule = (): void => {
    if (!isOver) timer = clock.after(RENEW_LEASE_MS, () => void attempt());
  };
  const attempt = async (): Promise<void> => {
    try {
      const state = await renew();
      if (isOver) return;
      if (state === undefined) onAbort('lease_lost');
      else if (state === 'cancelling') onAbort('cancel_requested');
      else schedule();
    } catch (error) {
      logger.warn({ runId, reason: String(error) }, 'a lease could not be renewed');
      schedule();
    }
  };
  timer = clock.after(RENEW_LEASE_MS, () => void attempt());
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
}
