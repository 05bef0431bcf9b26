import { PlatformError, type Clock, type Logger, type Metrics } from '../../../ssot/kernel';

export interface BusyDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What is refused in good order because too much is asked at once, or the instance comes or goes: no fault to look into. */
const CODES: readonly string[] = ['overloaded', 'database_pool_exhausted', 'not_ready', 'restarting'];
/** Operators read of each kind once in so long; all of them are counted. */
const TOLD_AGAIN_MS = 60_000;

export function isBusy(error: unknown): error is PlatformError {
  return error instanceof PlatformError && CODES.includes(error.code);
}

/** Counts refusals of a busy instance, and tells operators of them in a line without a stack: a flood of them fills no log. */
export class BusyRefusals {
  readonly #toldAt = new Map<string, number>();

  constructor(private readonly deps: BusyDeps) {}

  note(code: string): void {
    const { clock, log, metrics } = this.deps;
    metrics.count('http_requests_refused_total', { code });
    const now = clock.monotonic();
    if (now < (this.#toldAt.get(code) ?? -Infinity) + TOLD_AGAIN_MS) return;
    this.#toldAt.set(code, now);
    log.warn({ code }, 'requests are refused for now; told once a minute, counted in http_requests_refused_total');
  }
}
