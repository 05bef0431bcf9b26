import { allows, PlatformError, type TenantContext } from '../kernel';
import { Admissions, type WorkKind } from './admissions';
import { Checks } from './checks';
import type {
  Admission,
  Answer,
  Drained,
  Lifecycle,
  LifecycleOptions,
  LifecycleSettings,
  Part,
  Phase,
  PhaseChange,
  Report,
  StartReport,
  StopCause,
  StopReport,
} from './contract';
import { LifecycleError, reasonOf } from './errors';
import { phaseNext } from './phases';
import { planOf, type Plan } from './plan';
import { LIFECYCLE_DEFAULTS } from './settings';
import { startParts } from './starting';
import { Stop } from './stopping';

const RETRY_MS = 1_000;
const NOTHING_DRAINED: Drained = { finished: 0, handedOver: 0, lost: [] };

/** One owner per process. Throws `plan_refused` for parts or limits that cannot work, before anything is started. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  return new OwnedLifecycle(options);
}

class OwnedLifecycle implements Lifecycle {
  readonly #settings: LifecycleSettings;
  readonly #plan: Plan;
  readonly #checks: Checks;
  readonly #admissions = new Admissions();
  readonly #cancel = new AbortController();
  readonly #listeners = new Set<(change: PhaseChange) => void>();
  readonly #up = new Set<Part>();
  #phase: Phase = 'created';
  #since: Date;
  #refusing = false;
  #wasReady = false;
  #starting: Promise<StartReport> | undefined;
  #stopping: Promise<StopReport> | undefined;

  constructor(private readonly options: LifecycleOptions) {
    this.#settings = { ...LIFECYCLE_DEFAULTS, ...options.settings };
    this.#plan = planOf(options.parts, this.#settings);
    this.#checks = new Checks(this.#settings, options.clock);
    this.#since = new Date(options.clock.now());
  }

  get phase(): Phase {
    return this.#phase;
  }

  start(): Promise<StartReport> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  stop(cause: StopCause): Promise<StopReport> {
    this.#stopping ??= this.#stop(cause);
    return this.#stopping;
  }

  admit(kind: WorkKind): Admission {
    if (this.#phase === 'created' || this.#phase === 'starting') {
      throw new LifecycleError('not_ready', 'This instance is still starting. Try again in a second.', {
        retryAfterMs: RETRY_MS,
      });
    }
    // During the announcement what still arrives is served, but a run that starts now would only have to move.
    const announced = this.#phase === 'draining' && !this.#refusing && kind !== 'run';
    if (this.#phase !== 'running' && !announced) {
      throw new LifecycleError(
        'restarting',
        'This instance is restarting. Try again in a second, another one answers.',
        {
          retryAfterMs: RETRY_MS,
        },
      );
    }
    return this.#admissions.take(kind);
  }

  startup(): Answer {
    return this.#answer(this.#wasReady);
  }

  /** A stuck main loop cannot answer at all, which tells the asker the same. */
  live(): Answer {
    return this.#answer(this.#phase !== 'failed');
  }

  ready(): Answer {
    return this.#answer(
      this.#phase === 'running' && this.#plan.every((part) => part.optional === true || this.#checks.of(part).ok),
    );
  }

  report(viewer: Pick<TenantContext, 'permissions'>): Report {
    if (!allows(viewer as TenantContext, 'operations:read')) {
      throw new PlatformError({ code: 'not_allowed', message: 'This needs the permission "operations:read".' });
    }
    const wall = this.options.clock.now() - this.options.clock.monotonic();
    const parts = this.#plan.map((part) => {
      const { ok, since, cause } = this.#checks.of(part);
      return {
        name: part.name,
        needed: part.optional !== true,
        ok,
        since: new Date(wall + since),
        ...(cause === undefined ? {} : { cause }),
      };
    });
    return { phase: this.#phase, since: this.#since, inFlight: this.#inFlight(), parts };
  }

  /** What was admitted, and what the parts that were started have under way. */
  #inFlight(): Report['inFlight'] {
    const sum = { ...this.#admissions.counts() };
    if (this.#phase === 'created' || this.#phase === 'starting' || this.#phase === 'failed') return sum;
    for (const part of this.#plan) {
      const { connection = 0, run = 0 } = part.inFlight?.() ?? {};
      sum.connection += connection;
      sum.run += run;
    }
    return sum;
  }

  watch(listener: (change: PhaseChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop({ by: 'operator', detail: 'disposed' });
  }

  async #start(): Promise<StartReport> {
    using _alive = staysAlive();
    if (this.#stopping !== undefined)
      throw new LifecycleError('start_cancelled', 'The instance was told to stop before it started.');
    this.#become('starting', 'start');
    const { clock, random, log, metrics } = this.options;
    const onUp = (part: Part): void => {
      this.#up.add(part);
      this.#checks.begin(part, true);
    };
    try {
      const report = await startParts(
        this.#plan,
        { settings: this.#settings, clock, random, log, onUp },
        this.#cancel.signal,
      );
      for (const part of this.#plan) if (!this.#up.has(part)) this.#checks.begin(part, false);
      this.#wasReady = true;
      this.#become('running', 'every needed part is up');
      metrics.observe('lifecycle_start_seconds', report.ms / 1000);
      return report;
    } catch (error) {
      const cancelled = this.#cancel.signal.aborted;
      log.error({ reason: reasonOf(error) }, 'the start failed and is undone');
      this.#cancel.abort();
      this.#become('stopping', reasonOf(error));
      const undone = this.#stopOf();
      await undone.stopParts();
      const { failed, abandoned } = undone.report({ by: 'failure', detail: '' }, NOTHING_DRAINED, clock.monotonic());
      // A failure while undoing is told, and never hides the first cause.
      if (failed.length + abandoned.length > 0) log.error({ failed, abandoned }, 'undoing the start was not clean');
      this.#become(cancelled && failed.length + abandoned.length === 0 ? 'stopped' : 'failed', reasonOf(error));
      throw error;
    }
  }

  async #stop(cause: StopCause): Promise<StopReport> {
    using _alive = staysAlive();
    const { clock, log, metrics } = this.options;
    const began = clock.monotonic();
    const stop = this.#stopOf();
    this.#cancel.abort();
    if (this.#phase === 'created') {
      this.#become('stopped', cause.detail);
      return stop.report(cause, NOTHING_DRAINED, began);
    }
    if (this.#phase !== 'running') {
      // The start undoes itself; its own caller hears the reason.
      await this.#starting?.catch(() => undefined);
      const report = stop.report(cause, NOTHING_DRAINED, began);
      return this.#phase === 'failed' ? { ...report, outcome: 'with_errors' } : report;
    }
    log.info({ by: cause.by, detail: cause.detail }, 'stopping');
    this.#become('draining', cause.detail);
    const report = await stop.run(cause);
    this.#checks[Symbol.dispose]();
    this.#become(report.outcome === 'clean' ? 'stopped' : 'failed', report.outcome);
    metrics.observe('lifecycle_stop_seconds', report.ms / 1000, { outcome: report.outcome });
    const { outcome, ms, steps, drained, failed, abandoned } = report;
    log.info({ outcome, ms, steps, drained, failed, abandoned }, 'stopped');
    return report;
  }

  #stopOf(): Stop {
    return new Stop(
      this.#plan.filter((part) => this.#up.has(part)),
      {
        settings: this.#settings,
        clock: this.options.clock,
        admissions: this.#admissions,
        onRefuse: () => (this.#refusing = true),
        onStopping: () => this.#become('stopping', 'drained'),
      },
    );
  }

  #answer(ok: boolean): Answer {
    const degraded = this.#phase === 'running' && this.#plan.some((part) => !this.#checks.of(part).ok);
    return { ok, phase: this.#phase, degraded, since: this.#since, ...(ok ? {} : { retryAfterMs: RETRY_MS }) };
  }

  #become(to: Phase, cause: string): void {
    const from = this.#phase;
    this.#phase = phaseNext(from, to);
    this.#since = new Date(this.options.clock.now());
    for (const listener of this.#listeners) {
      try {
        listener({ from, to, at: this.#since, cause });
      } catch (error) {
        this.options.log.error({ reason: reasonOf(error) }, 'a listener to the phases failed');
      }
    }
  }
}

/** The clock's timers hold no process alive, and a start or stop must not end because it is waiting on nothing else. */
function staysAlive(): Disposable {
  const handle = setInterval(() => undefined, 60_000);
  return { [Symbol.dispose]: () => clearInterval(handle) };
}
