import type { Logger, Metrics } from '../../../ssot/kernel';
import type { ThreadNotifier } from '../../../ssot/websocket-manager';
import type { ControlledClock } from '../../../world/operations/controlled-clock';
import { PATIENCE_MS } from '../../../world/patience';

/** Warnings that belong to a run that goes wrong as specified. */
const EXPECTED = [
  'a run failed',
  'an agent threw',
  'a lease could not be renewed',
  'a run was dropped; it is claimed again when its lease has lapsed',
  'no subscription to other instances; polling finds their runs',
  'an agent could not clear up',
  'an agent has not cleared up in time and was left',
  'the language model gave no words; the report stays as it is',
  'the language model changed figures or wrote too much; the report stays as it is',
];

/** Reasons that a test has made itself. */
const INJECTED = ['the instance is killed', 'nobody answers'];

/** Sees what instances log and count, waits for it, and fails on warnings that nobody expects. */
export class Observer {
  /** Lines of the log, for operators. */
  readonly lines: { level: string; facts: Record<string, unknown>; message: string }[] = [];
  /** Counters: `agent_runs_concluded_total {"conclusion":"ended"}`. */
  readonly counters: string[] = [];
  /** Histograms, with their labels. */
  readonly observed: { name: string; value: number }[] = [];
  isOver = false;
  #version = 0;
  #unexpected: Error | null = null;
  #waiting: (() => void)[] = [];

  constructor(private readonly clock: ControlledClock) {}

  readonly notifier: ThreadNotifier = {
    notify: () => {
      this.#wake();
      return Promise.resolve();
    },
    subscribe: () => ({ [Symbol.dispose]: () => {} }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };

  readonly logger: Logger = {
    debug: (facts, message) => this.#line('debug', facts, message),
    info: (facts, message) => this.#line('info', facts, message),
    warn: (facts, message) => this.#line('warn', facts, message),
    error: (facts, message) => this.#line('error', facts, message),
  };

  readonly metrics: Metrics = {
    count: (name, labels) => {
      this.counters.push(`${name} ${JSON.stringify(labels)}`);
      this.#wake();
    },
    gauge: () => {},
    observe: (name, value, labels) => {
      this.observed.push({ name: `${name} ${JSON.stringify(labels)}`, value });
      this.#wake();
    },
  };

  /** Something has happened that `until` should look at. */
  wake(): void {
    this.#wake();
  }

  /** Repeats `look` whenever something happens, until it returns more than a sentence on how things stand. */
  async until<T>(look: () => Promise<T | string> | T | string): Promise<T> {
    for (;;) {
      const version = this.#version;
      const seen = await look();
      if (typeof seen !== 'string') return seen;
      if (this.#unexpected !== null) throw this.#unexpected;
      if (version === this.#version && !(await this.#next())) {
        throw new Error(`nothing happened for ${PATIENCE_MS} ms; so far:\n${seen}`);
      }
    }
  }

  /** Waits until a figure has been counted `times` times; more are reported at once. */
  async counted(figure: string, times: number): Promise<void> {
    const count = (): number => this.counters.filter((one) => one === figure).length;
    await this.until(() => (count() >= times ? true : `${figure} was counted ${count()} times`));
    if (count() !== times) throw new Error(`${figure} was counted ${count()} times instead of ${times}`);
  }

  /** Whether anything happens before the patience ends. */
  #next(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #wake(): void {
    this.#version++;
    for (const go of this.#waiting.splice(0)) go();
  }

  #line(level: string, facts: object, message: string): void {
    this.lines.push({ level, facts: facts as Record<string, unknown>, message });
    if ((level !== 'warn' && level !== 'error') || EXPECTED.includes(message) || this.isOver) return;
    const { reason, err } = facts as { reason?: string; err?: Error };
    if (INJECTED.some((words) => reason?.includes(words))) return this.#wake();
    this.#unexpected ??= new Error(
      `an instance reports: ${message} (${reason ?? err?.stack ?? 'no reason'}) at ${this.clock.now()}`,
    );
    this.#wake();
  }
}
