import type { Logger, Metrics } from '../../kernel';

/** Ids may run this far ahead of the clock before operators are told. */
const WARN_FROM_MS = 10_000;
/** And this far before the instance reports that it is not ready. */
export const MAX_LEAD_MS = 600_000;

type State = 'following' | 'ahead' | 'too far ahead';

/**
 * Watches how far ids are ahead of the clock. After a forward jump of the clock that was taken back, ids keep their order
 * from the last moment used, so every later id is dated into the future until real time has caught up. Logs and records
 * each change of state as `id_lead_ms`.
 */
export class ClockLeadMonitor {
  #state: State = 'following';

  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  record(leadMs: number): void {
    const state = stateOf(leadMs);
    if (state === this.#state) return;
    this.#state = state;
    this.metrics.gauge('id_lead_ms', leadMs);
    if (state === 'following') this.logger.info({ leadMs }, 'ids follow the clock again');
    else
      this.logger.warn({ leadMs }, `ids are ${state} of the clock; their order is kept until the clock has caught up`);
  }
}

function stateOf(leadMs: number): State {
  if (leadMs > MAX_LEAD_MS) return 'too far ahead';
  return leadMs >= WARN_FROM_MS ? 'ahead' : 'following';
}
