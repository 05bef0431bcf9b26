import type { Clock, Metrics } from '../../ssot/kernel';
import type { CheckResult } from '../../ssot/lifecycle-manager';

/** PostgreSQL's clock, read between two instants of the monotonic one. */
interface Reading {
  readonly epochMs: number;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * The time that all instances agree on: PostgreSQL's, carried on between two readings by this machine's monotonic clock. Before
 * the first reading it is the machine's own. What one instance writes and another judges, such as the end of a sign-in, means the
 * same to both, however wrong the clock of either machine is.
 */
export class StoreClock implements Clock {
  /** PostgreSQL's time at the instant zero of the monotonic clock, and by how much that may be wrong. */
  #origin: { readonly ms: number; readonly uncertainty: number } | undefined;

  constructor(
    private readonly own: Clock,
    /** How much time scenarios have let pass in one moment; the store has not lived it. */
    private readonly skippedMs: () => number = () => 0,
  ) {}

  now(): number {
    return this.#origin === undefined ? this.own.now() : Math.round(this.#origin.ms + this.own.monotonic());
  }

  monotonic(): number {
    return this.own.monotonic();
  }

  after(ms: number, then: () => void): Disposable {
    return this.own.after(ms, then);
  }

  /** By how much this machine's own clock is ahead of PostgreSQL's (behind: negative); 0 before the first reading. */
  get aheadMs(): number {
    return this.own.now() - this.now();
  }

  /** The server answered somewhere between the two instants; a reading that the time known so far agrees with changes nothing. */
  learn({ epochMs, askedAt, answeredAt }: Reading): void {
    const uncertainty = (answeredAt - askedAt) / 2;
    const ms = epochMs + this.skippedMs() - (askedAt + uncertainty);
    const known = this.#origin;
    if (known !== undefined && Math.abs(ms - known.ms) <= uncertainty && uncertainty >= known.uncertainty) return;
    this.#origin = { ms, uncertainty };
  }
}

/** Off by more, an instance says that it is degraded: what it logs is misleading, and ids that it makes are out of order. */
const MAX_OFF_MS = 2_000;

/** The health of this machine's own clock. */
export function judgeClock({ aheadMs }: Pick<StoreClock, 'aheadMs'>, metrics: Metrics): CheckResult {
  metrics.gauge('clock_ahead_seconds', aheadMs / 1_000);
  if (Math.abs(aheadMs) <= MAX_OFF_MS) return { ok: true };
  const by = `${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  return {
    ok: false,
    cause: `This machine's clock is ${by} PostgreSQL's. Set it right: time synchronisation does not work.`,
  };
}
