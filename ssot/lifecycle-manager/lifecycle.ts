import { allows, PlatformError, type TenantContext } from '../kernel';
import { Admissions, type WorkKind } from './stopping/admissions';
import { Checks } from './health/checks';
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
import { PhaseLog } from './phases/phase-log';
import { planOf, type Plan } from './starting/plan';
import { LIFECYCLE_DEFAULTS } from './settings';
import { startParts } from './starting/starting';
import { Stop } from './stopping/stopping';

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
  readonly #up = new Set<Part>();
  readonly #phases: PhaseLog;
  #refusing = false;
  #wasReady = false;
  #starting: Promise<StartReport> | undefined;
  /** How the undoing of a start went. */
  #undone: StopReport | undefined;
  #stopping: Promise<StopReport> | undefined;

  constructor(private readonly options: LifecycleOptions) {
    this.#settings = { ...LIFECYCLE_DEFAULTS, ...options.settings };
    this.#plan = planOf(options.parts, this.#settings);
    const { clock, log, metrics } = options;
    this.#checks = new Checks(this.#plan, this.#settings, { clock, log, metrics, onChange: () => this.#measure() });
    this.#phases = new PhaseLog(clock, log);
    this.#phases.watch(() => this.#measure());
  }

  get phase(): Phase {
    return this.#phases.phase;
  }

  start(): Promise<StartReport> {
    if (this.#starting === undefined) {
      // Kept before it begins: a listener to the phases may ask again in the middle of it.
      const { promise, resolve, reject } = Promise.withResolvers<StartReport>();
      this.#starting = promise;
      this.#start().then(resolve, reject);
    }
    return this.#starting;
  }

  stop(cause: StopCause): Promise<StopReport> {
    if (this.#stopping === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<StopReport>();
      this.#stopping = promise;
      this.#stop(cause).then(resolve, reject);
    }
    return this.#stopping;
  }

  admit(kind: WorkKind): Admission {
    if (this.phase === 'created' || this.phase === 'starting') {
      throw new LifecycleError('not_ready', 'This instance is still starting. Try again in a second.', {
        retryAfterMs: RETRY_MS,
      });
    }
    // During the announcement what still arrives is served, but a run that starts now would only have to move.
    const announced = this.phase === 'draining' && !this.#refusing && kind !== 'run';
    if (this.phase !== 'running' && !announced) {
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
    return this.#answer(this.phase !== 'failed');
  }

  ready(): Answer {
    return this.#answer(this.phase === 'running' && this.#checks.neededUp);
  }

  /** For dashboards and alerts: what the answers say, as figures. */
  #measure(): void {
    const { ok, degraded } = this.ready();
    this.options.metrics.gauge('lifecycle_ready', ok ? 1 : 0);
    this.options.metrics.gauge('lifecycle_degraded', degraded ? 1 : 0);
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
    return {
      phase: this.phase,
      since: this.#phases.since,
      inFlight: this.#inFlight(),
      phases: this.#phases.history,
      parts,
    };
  }

  /** What was admitted, and what the parts that were started have under way. */
  #inFlight(): Report['inFlight'] {
    const sum = { ...this.#admissions.counts() };
    if (this.phase === 'created' || this.phase === 'starting' || this.phase === 'failed') return sum;
    for (const part of this.#up) {
      const { connection = 0, run = 0 } = part.inFlight?.() ?? {};
      sum.connection += connection;
      sum.run += run;
    }
    return sum;
  }

  watch(listener: (change: PhaseChange) => void): Disposable {
    return this.#phases.watch(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop({ by: 'operator', detail: 'disposed' });
  }

  async #start(): Promise<StartReport> {
    using _alive = staysAlive();
    if (this.#stopping !== undefined)
      throw new LifecycleError('start_cancelled', 'The instance was told to stop before it started.');
    this.#phases.become('starting', 'start');
    const { clock, random, log, metrics } = this.options;
    const onUp = (part: Part): void => {
      this.#up.add(part);
      this.#checks.begin(part, true);
    };
    try {
      const report = await startParts(
        this.#plan,
        { settings: this.#settings, clock, random, log, onUp, isWell: (part) => this.#checks.first(part) },
        this.#cancel.signal,
      );
      for (const part of this.#plan) if (!this.#up.has(part)) this.#checks.begin(part, false);
      this.#wasReady = true;
      this.#phases.become('running', 'every needed part is up');
      metrics.observe('lifecycle_start_seconds', report.ms / 1000);
      return report;
    } catch (error) {
      const cancelled = this.#cancel.signal.aborted;
      if (cancelled) log.info({ reason: reasonOf(error) }, 'the start was cancelled and is undone');
      else log.error({ reason: reasonOf(error) }, 'the start failed and is undone');
      this.#cancel.abort();
      this.#checks[Symbol.dispose]();
      this.#phases.become('stopping', reasonOf(error));
      const undone = this.#stopOf();
      await undone.stopParts();
      const cause: StopCause = { by: 'failure', detail: reasonOf(error) };
      const { failed, abandoned } = (this.#undone = undone.report(cause, NOTHING_DRAINED, clock.monotonic()));
      // A failure while undoing is told, and never hides the first cause.
      if (failed.length + abandoned.length > 0) log.error({ failed, abandoned }, 'undoing the start was not clean');
      this.#phases.become(cancelled && failed.length + abandoned.length === 0 ? 'stopped' : 'failed', reasonOf(error));
      throw error;
    }
  }

  async #stop(cause: StopCause): Promise<StopReport> {
    using _alive = staysAlive();
    const { clock, log } = this.options;
    const began = clock.monotonic();
    const stop = this.#stopOf();
    this.#cancel.abort();
    if (this.phase === 'created') {
      this.#phases.become('stopped', cause.detail);
      return stop.report(cause, NOTHING_DRAINED, began);
    }
    if (this.phase !== 'running') {
      // The start undoes itself; its own caller hears the reason.
      await this.#starting?.catch(() => undefined);
      const { failed = [], abandoned = [], outcome = 'clean' } = this.#undone ?? {};
      const report = { ...stop.report(cause, NOTHING_DRAINED, began), failed, abandoned };
      return { ...report, outcome: this.phase === 'failed' && outcome === 'clean' ? 'with_errors' : outcome };
    }
    log.info({ by: cause.by, detail: cause.detail }, 'stopping');
    this.#phases.become('draining', cause.detail);
    const report = await stop.run(cause);
    this.#checks[Symbol.dispose]();
    this.#measureStop(report);
    this.#phases.become(report.outcome === 'clean' ? 'stopped' : 'failed', report.outcome);
    const { outcome, ms, steps, drained, failed, abandoned } = report;
    log.info({ outcome, ms, steps, drained, failed, abandoned }, 'stopped');
    return report;
  }

  #measureStop({ ms, outcome, drained: { finished, handedOver, lost } }: StopReport): void {
    const { metrics } = this.options;
    metrics.observe('lifecycle_stop_seconds', ms / 1000, { outcome });
    metrics.count('lifecycle_drained_total', { end: 'finished' }, finished);
    metrics.count('lifecycle_drained_total', { end: 'handed_over' }, handedOver);
    metrics.count('lifecycle_drained_total', { end: 'lost' }, lost.length);
  }

  #stopOf(): Stop {
    return new Stop(
      this.#plan.filter((part) => this.#up.has(part)),
      {
        settings: this.#settings,
        clock: this.options.clock,
        metrics: this.options.metrics,
        admissions: this.#admissions,
        onRefuse: () => (this.#refusing = true),
        onStopping: () => this.#phases.become('stopping', 'drained'),
      },
    );
  }

  #answer(ok: boolean): Answer {
    const degraded = this.phase === 'running' && !this.#checks.allUp;
    return { ok, phase: this.phase, degraded, since: this.#phases.since, ...(ok ? {} : { retryAfterMs: RETRY_MS }) };
  }
}

/** The clock's timers hold no process alive, and a start or stop must not end because it is waiting on nothing else. */
function staysAlive(): Disposable {
  const handle = setInterval(() => undefined, 60_000);
  return { [Symbol.dispose]: () => clearInterval(handle) };
}
