import type { Logger, Metrics } from '../kernel';

/** Names run this far ahead of the clock before anybody is told, and before the instance refuses to serve. */
export const REPORTED_FROM_MS = 10_000;
export const READY_UP_TO_MS = 600_000;

type State = 'following' | 'ahead' | 'too far ahead';

/**
 * After a forward jump of the clock that was taken back, order is held at the last moment used, and every later name
 * carries the wrong future until real time has caught up. That is reported, not hidden.
 */
export class LeadWatch {
  #state: State = 'following';

  constructor(
    private readonly log: Logger,
    private readonly metrics: Metrics,
  ) {}

  see(leadMs: number): void {
    const state = stateOf(leadMs);
    if (state === this.#state) return;
    this.#state = state;
    this.metrics.gauge('id_lead_ms', leadMs);
    if (state === 'following') this.log.info({ leadMs }, 'names follow the clock again');
    else this.log.warn({ leadMs }, `names are ${state} of the clock; order is held until it has caught up`);
  }
}

function stateOf(leadMs: number): State {
  if (leadMs > READY_UP_TO_MS) return 'too far ahead';
  return leadMs >= REPORTED_FROM_MS ? 'ahead' : 'following';
}
