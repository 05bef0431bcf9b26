import type { Clock } from '../kernel';
import type { CheckResult, LifecycleSettings, Part } from './contract';
import { reasonOf } from './errors';
import { within } from './limits';
import { readinessNext, STALE_MS, type Readiness } from './readiness';

/** Asks each part by its own timer, never beside itself; the last standing is kept, and whoever asks asks no store. */
export class Checks implements Disposable {
  readonly #standing = new Map<string, Readiness>();
  readonly #askedAt = new Map<string, number>();
  readonly #timers = new Map<string, Disposable>();
  #over = false;

  constructor(
    private readonly settings: LifecycleSettings,
    private readonly clock: Clock,
  ) {}

  /** A part that did not come up is red until its checks say otherwise. */
  begin(part: Part, up: boolean): void {
    const now = this.clock.monotonic();
    const known = this.#standing.get(part.name);
    if (known === undefined || up) {
      this.#standing.set(part.name, {
        green: up,
        since: now,
        inARow: 0,
        lastOk: up,
        ...(up ? {} : { cause: 'did not start' }),
      });
    }
    this.#askedAt.set(part.name, now);
    if (up && part.check !== undefined && !this.#timers.has(part.name)) this.#schedule(part);
  }

  of(part: Part): { ok: boolean; since: number; cause?: string } {
    const standing = this.#standing.get(part.name);
    if (standing === undefined) return { ok: false, since: 0, cause: 'not started' };
    const { since, cause } = standing;
    const age = this.clock.monotonic() - (this.#askedAt.get(part.name) ?? 0);
    if (standing.green && part.check !== undefined && age > STALE_MS)
      return { ok: false, since, cause: 'its last result is old' };
    return { ok: standing.green, since, ...(standing.green || cause === undefined ? {} : { cause }) };
  }

  [Symbol.dispose](): void {
    this.#over = true;
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
  }

  #schedule(part: Part): void {
    if (this.#over) return;
    this.#timers.set(
      part.name,
      this.clock.after(this.settings.checkEveryMs, () => void this.#ask(part).then(() => this.#schedule(part))),
    );
  }

  async #ask(part: Part): Promise<void> {
    const ms = part.limits?.checkMs ?? this.settings.partCheckMs;
    const outcome = await within(this.clock, ms, async (signal) => part.check?.(signal));
    const result: CheckResult =
      outcome.kind === 'failed'
        ? { ok: false, cause: reasonOf(outcome.error) }
        : outcome.kind === 'late'
          ? { ok: false, cause: `no answer within ${ms} ms` }
          : sensible(outcome.value);
    const now = this.clock.monotonic();
    const standing = this.#standing.get(part.name);
    if (standing !== undefined) this.#standing.set(part.name, readinessNext(standing, result, now));
    this.#askedAt.set(part.name, now);
  }
}

function sensible(value: CheckResult | undefined): CheckResult {
  if (value?.ok === true) return { ok: true };
  if (value?.ok === false) return { ok: false, cause: String(value.cause) };
  return { ok: false, cause: 'answered nonsense' };
}
