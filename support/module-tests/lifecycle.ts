import { setImmediate as turn } from 'node:timers/promises';
import type { Logger, Metrics } from '../../ssot/kernel';
import { systemRandom } from '../../ssot/kernel';
import { createLifecycle, type Lifecycle, type LifecycleSettings, type Part } from '../../ssot/lifecycle-manager';
import { ControlledClock } from '../../world/operations/controlled-clock';

const HOOKS = ['start', 'announce', 'refuse', 'drain', 'flush', 'release', 'stop'] as const;
type Hook = (typeof HOOKS)[number];

/** What the parts of one instance were told, in order, and what operators could read and count. */
export class LifecycleTest {
  readonly clock = new ControlledClock();
  readonly told: string[] = [];
  readonly lines: { level: string; facts: Readonly<Record<string, unknown>>; message: string }[] = [];
  readonly figures = new Map<string, number>();
  #lifecycle: Lifecycle | undefined;

  /** A part that notes what it is told; `ways` replaces what it does. */
  part(name: string, ways: Partial<Part> = {}): Part {
    const noted = Object.fromEntries(
      HOOKS.map((hook) => [hook, (...given: never[]) => this.#note(name, hook, ways[hook], given)]),
    );
    return { ...ways, ...noted, name };
  }

  instance(parts: readonly Part[], settings: Partial<LifecycleSettings> = {}): Lifecycle {
    const { clock, log, metrics } = this;
    this.#lifecycle = createLifecycle({ parts, settings, clock, random: systemRandom, log, metrics });
    return this.#lifecycle;
  }

  /** The same, started. */
  async running(parts: readonly Part[], settings: Partial<LifecycleSettings> = {}): Promise<Lifecycle> {
    const lifecycle = this.instance(parts, settings);
    await this.during(lifecycle.start());
    return lifecycle;
  }

  /** Lets time pass until the work has ended, at most two minutes of it. */
  async during<T>(work: Promise<T>, strideMs = 100): Promise<T> {
    let over = false;
    const end = (): void => void (over = true);
    work.then(end, end);
    for (let passed = 0; !over && passed < 120_000; passed += strideMs) {
      await settled();
      if (!over) this.clock.advance(strideMs);
    }
    return work;
  }

  /** So much time passes, and everything that it sets off is done. */
  async pass(ms: number, strideMs = 100): Promise<void> {
    for (let passed = 0; passed < ms; passed += strideMs) {
      this.clock.advance(Math.min(strideMs, ms - passed));
      await settled();
    }
  }

  readonly metrics: Metrics = {
    count: (name, labels, by = 1) => void this.figures.set(keyOf(name, labels), this.#figure(name, labels) + by),
    gauge: (name, value, labels) => void this.figures.set(keyOf(name, labels), value),
    observe: (name, value, labels) => void this.figures.set(keyOf(name, labels), value),
  };

  readonly log: Logger = {
    debug: () => undefined,
    info: (facts, message) => this.#line('info', facts, message),
    warn: (facts, message) => this.#line('warn', facts, message),
    error: (facts, message) => this.#line('error', facts, message),
  };

  /** The sentences that operators read, in order. */
  get sentences(): readonly string[] {
    return this.lines.map(({ message }) => message);
  }

  #figure(name: string, labels?: Readonly<Record<string, string>>): number {
    return this.figures.get(keyOf(name, labels)) ?? 0;
  }

  #line(level: string, facts: object, message: string): void {
    this.lines.push({ level, facts: facts as Readonly<Record<string, unknown>>, message });
  }

  #note(name: string, hook: Hook, way: ((...given: never[]) => unknown) | undefined, given: never[]): unknown {
    this.told.push(`${hook} ${name}`);
    if (way !== undefined) return way(...given);
    return hook === 'drain' ? Promise.resolve({ finished: 0, handedOver: 0, lost: [] }) : Promise.resolve();
  }
}

/** Whatever follows from what has happened so far has happened. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}

function keyOf(name: string, labels: Readonly<Record<string, string>> = {}): string {
  return [name, ...Object.values(labels)].join(' ');
}
