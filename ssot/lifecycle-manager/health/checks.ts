import type { Clock, Logger, Metrics } from '../../kernel';
import type { CheckResult, LifecycleSettings, Part } from '../contract';
import { reasonOf } from '../errors';
import { within } from '../limits';
import { readinessNext, STALE_MS, type Readiness } from './readiness';

export interface CheckPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** A part has become red or green. */
  onChange(): void;
}

/** What all parts together say, and until when: then the oldest result counts as failed. */
interface Together {
  readonly neededUp: boolean;
  readonly allUp: boolean;
  readonly until: number;
}

/** Asks each part by its own timer, never beside itself; the last standing is kept, and whoever asks asks no store. */
export class Checks implements Disposable {
  readonly #standing = new Map<string, Readiness>();
  readonly #answeredAt = new Map<string, number>();
  readonly #timers = new Map<string, Disposable>();
  /** Worked out once for all who ask until the next result. */
  #together: Together | undefined;
  #over = false;

  constructor(
    private readonly parts: readonly Part[],
    private readonly settings: LifecycleSettings,
    private readonly ports: CheckPorts,
  ) {}

  /** A part that has started is asked from now on; one that has not is red until it has. */
  begin(part: Part, started: boolean): void {
    const now = this.ports.clock.monotonic();
    const known = this.#standing.get(part.name);
    if (known === undefined || started) {
      const since = known?.green === started ? known.since : now;
      const cause = started ? {} : { cause: 'did not start' };
      this.#stand(part, { green: started, since, inARow: 0, lastOk: started, ...cause });
    }
    this.#answered(part, now);
    if (started && part.check !== undefined && !this.#timers.has(part.name)) this.#schedule(part, now);
  }

  /** Asks at once, and lets this one answer decide: there is no standing yet that several in a row would defend. */
  async first(part: Part): Promise<boolean> {
    if (part.check === undefined) return true;
    const result = await this.#result(part);
    const now = this.ports.clock.monotonic();
    this.#answered(part, now);
    const cause = result.ok ? {} : { cause: result.cause };
    this.#stand(part, { green: result.ok, since: now, inARow: 1, lastOk: result.ok, ...cause });
    return result.ok;
  }

  get neededUp(): boolean {
    return this.#current().neededUp;
  }

  get allUp(): boolean {
    return this.#current().allUp;
  }

  of(part: Part): { ok: boolean; since: number; cause?: string } {
    const standing = this.#standing.get(part.name);
    if (standing === undefined) return { ok: false, since: 0, cause: 'not started' };
    const { since, cause } = standing;
    if (standing.green && !this.#isUp(part)) return { ok: false, since, cause: 'its last result is old' };
    return { ok: standing.green, since, ...(standing.green || cause === undefined ? {} : { cause }) };
  }

  #current(): Together {
    const now = this.ports.clock.monotonic();
    if (this.#together === undefined || now > this.#together.until) this.#together = this.#lookAt(now);
    return this.#together;
  }

  #lookAt(now: number): Together {
    const down = this.parts.filter((part) => !this.#isUp(part, now));
    const checked = this.parts.filter((part) => part.check !== undefined && !down.includes(part));
    return {
      neededUp: down.every(({ optional }) => optional === true),
      allUp: down.length === 0,
      until: Math.min(...checked.map(({ name }) => (this.#answeredAt.get(name) ?? 0) + STALE_MS)),
    };
  }

  #answered(part: Part, now: number): void {
    this.#answeredAt.set(part.name, now);
    this.#together = undefined;
  }

  #isUp(part: Part, now = this.ports.clock.monotonic()): boolean {
    if (this.#standing.get(part.name)?.green !== true) return false;
    if (part.check === undefined) return true;
    return now - (this.#answeredAt.get(part.name) ?? 0) <= STALE_MS;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
  }

  /** From the beginning of one question to that of the next, so that a part that answers late is asked no less often. */
  #schedule(part: Part, askedAt: number): void {
    if (this.#over) return;
    const { clock } = this.ports;
    const wait = Math.max(0, askedAt + this.settings.checkEveryMs - clock.monotonic());
    this.#timers.set(
      part.name,
      clock.after(wait, () => {
        const now = clock.monotonic();
        void this.#ask(part).then(() => this.#schedule(part, now));
      }),
    );
  }

  async #ask(part: Part): Promise<void> {
    const result = await this.#result(part);
    if (this.#over) return;
    const now = this.ports.clock.monotonic();
    this.#answered(part, now);
    const standing = this.#standing.get(part.name);
    if (standing !== undefined) this.#stand(part, readinessNext(standing, result, now));
  }

  async #result(part: Part): Promise<CheckResult> {
    const ms = part.limits?.checkMs ?? this.settings.partCheckMs;
    const outcome = await within(this.ports.clock, ms, async (signal) => part.check?.(signal));
    if (outcome.kind === 'failed') return { ok: false, cause: reasonOf(outcome.error) };
    return outcome.kind === 'late' ? { ok: false, cause: `no answer within ${ms} ms` } : sensible(outcome.value);
  }

  /** Operators are told when a part becomes red or green, and not of each result. */
  #stand(part: Part, next: Readiness): void {
    const { log, metrics, onChange } = this.ports;
    const before = this.#standing.get(part.name);
    this.#standing.set(part.name, next);
    this.#together = undefined;
    if (before?.green === next.green) return;
    const needed = part.optional !== true;
    metrics.gauge('lifecycle_part_up', next.green ? 1 : 0, { part: part.name, needed: String(needed) });
    if (!next.green) log.warn({ part: part.name, needed, cause: next.cause }, 'a part fails its checks');
    else if (before !== undefined) log.info({ part: part.name, needed }, 'a part passes its checks again');
    onChange();
  }
}

function sensible(value: CheckResult | undefined): CheckResult {
  if (value?.ok === true) return { ok: true };
  if (value?.ok === false) return { ok: false, cause: String(value.cause) };
  return { ok: false, cause: 'answered nonsense' };
}
