import { pause, type Clock, type Metrics } from '../../kernel';
import type { Admissions } from './admissions';
import type { Drained, LifecycleSettings, Part, PartFailure, StopCause, StopReport, StopStep } from '../contract';
import { reasonOf } from '../errors';
import { within } from '../limits';

interface Ports {
  readonly settings: LifecycleSettings;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly admissions: Admissions;
  /** From here on nothing new is admitted. */
  onRefuse(): void;
  onStopping(): void;
}

/** The orderly stop: each step ends as soon as its work does, at the latest with its share. Never rejects. */
export class Stop {
  readonly #steps: { name: StopStep; ms: number }[] = [];
  readonly #failed: PartFailure[] = [];
  readonly #abandoned = new Set<string>();
  /** When the stop as a whole is over; a step that began late because the process was busy gets less. */
  #deadline = Infinity;

  constructor(
    private readonly parts: readonly Part[],
    private readonly ports: Ports,
  ) {}

  async run(cause: StopCause): Promise<StopReport> {
    const { clock, settings, onRefuse, onStopping } = this.ports;
    const began = clock.monotonic();
    this.#deadline = began + settings.stopMs;
    // The front door must have turned away before anybody is refused, so this step lasts its whole share.
    await this.#step('announce', async () => {
      for (const part of this.#backwards()) this.#guarded(part, 'announce', () => part.announce?.());
      // A timer of 0 ms takes one or two.
      if (settings.announceMs > 0) await pause(clock, this.#atMost(settings.announceMs));
    });
    await this.#step('refuse', () => {
      onRefuse();
      for (const part of this.#backwards()) this.#guarded(part, 'refuse', () => part.refuse?.());
    });
    const drained = await this.#step('drain', () => this.#drain());
    onStopping();
    await this.#step('flush', () => this.#together('flush', settings.flushMs));
    await this.#step('release', () => this.#together('release', settings.releaseMs));
    await this.#step('stop', () => this.stopParts());
    return this.report(cause, drained, began);
  }

  /** In reverse order of need: a part after all that need it. */
  async stopParts(): Promise<void> {
    const { clock, settings } = this.ports;
    const over = new Map<string, Promise<void>>();
    const deadline = clock.monotonic() + this.#atMost(settings.stopPartsMs);
    for (const part of this.#backwards()) {
      const above = this.parts
        .filter(({ needs = [] }) => needs.includes(part.name))
        .flatMap(({ name }) => over.get(name) ?? []);
      const left = (): number => Math.max(0, Math.min(part.limits?.stopMs ?? Infinity, deadline - clock.monotonic()));
      over.set(
        part.name,
        Promise.all(above).then(() => this.#limited(part, 'stop', left(), async (signal) => part.stop?.(signal))),
      );
    }
    await Promise.all(over.values());
  }

  report(cause: StopCause, drained: Drained, began: number): StopReport {
    return {
      outcome: this.#abandoned.size > 0 ? 'abandoned' : this.#failed.length > 0 ? 'with_errors' : 'clean',
      cause,
      ms: Math.round(this.ports.clock.monotonic() - began),
      steps: this.#steps,
      drained,
      failed: this.#failed,
      abandoned: [...this.#abandoned],
    };
  }

  async #drain(): Promise<Drained> {
    const { clock, settings, admissions } = this.ports;
    const finish = new AbortController();
    const handOver = new AbortController();
    const finishMs = this.#atMost(settings.finishMs);
    using _finish = clock.after(finishMs, () => {
      finish.abort();
      admissions.handOver();
    });
    const limit = this.#atMost(finishMs + settings.handOverMs);
    using _handOver = clock.after(limit, () => handOver.abort());
    const window = { finishBy: finish.signal, handOverBy: handOver.signal };
    const before = admissions.counts();
    const drains = this.parts.map((part) => this.#limited(part, 'drain', limit, async () => part.drain?.(window)));
    const [results] = await Promise.all([Promise.all(drains), within(clock, limit, () => admissions.whenEmpty())]);
    const left = admissions.counts();
    const open = (['request', 'run'] as const).flatMap((kind) =>
      Array.from({ length: left[kind] }, () => ({ id: kind, cause: 'still at work when the limit was over' })),
    );
    const cut = Array.from({ length: admissions.cut }, () => ({ id: 'request', cause: 'ended, and its caller told' }));
    return {
      finished: before.request + before.run - left.request - left.run - cut.length + sum(results, 'finished'),
      handedOver: sum(results, 'handedOver'),
      lost: [...results.flatMap((result) => result?.lost ?? []), ...cut, ...open],
    };
  }

  async #together(step: 'flush' | 'release', share: number): Promise<void> {
    const ms = this.#atMost(share);
    await Promise.all(this.parts.map((part) => this.#limited(part, step, ms, async (signal) => part[step]?.(signal))));
  }

  async #limited<T>(
    part: Part,
    step: StopStep,
    ms: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    const outcome = await within(this.ports.clock, ms, work);
    if (outcome.kind === 'done') return outcome.value;
    if (outcome.kind === 'failed') this.#failed.push({ part: part.name, step, cause: reasonOf(outcome.error) });
    else this.#abandoned.add(part.name);
    return undefined;
  }

  #backwards(): readonly Part[] {
    return [...this.parts].reverse();
  }

  /** A share, as far as the stop as a whole still has it. */
  #atMost(share: number): number {
    return Math.max(0, Math.min(share, this.#deadline - this.ports.clock.monotonic()));
  }

  #guarded(part: Part, step: StopStep, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed.push({ part: part.name, step, cause: reasonOf(error) });
    }
  }

  async #step<T>(name: StopStep, work: () => T | Promise<T>): Promise<T> {
    const began = this.ports.clock.monotonic();
    try {
      return await work();
    } finally {
      const ms = this.ports.clock.monotonic() - began;
      this.#steps.push({ name, ms: Math.round(ms) });
      this.ports.metrics.observe('lifecycle_stop_step_seconds', ms / 1000, { step: name });
    }
  }
}

function sum(results: readonly (Drained | undefined)[], figure: 'finished' | 'handedOver'): number {
  return results.reduce((total, result) => total + (result?.[figure] ?? 0), 0);
}
