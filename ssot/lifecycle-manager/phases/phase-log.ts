import type { Clock, Logger } from '../../kernel';
import type { Phase, PhaseChange } from '../contract';
import { reasonOf } from '../errors';
import { phaseNext } from './phases';

/** The phase of an instance, how it came there, and who is told of each change. */
export class PhaseLog {
  readonly #listeners = new Set<(change: PhaseChange) => unknown>();
  readonly #history: PhaseChange[] = [];
  #phase: Phase = 'created';
  #since: Date;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.#since = new Date(clock.now());
  }

  get phase(): Phase {
    return this.#phase;
  }

  get since(): Date {
    return this.#since;
  }

  get history(): readonly PhaseChange[] {
    return [...this.#history];
  }

  watch(listener: (change: PhaseChange) => unknown): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Throws `phase_refused`, and stays. What a listener does, throws or never finishes delays nothing. */
  become(to: Phase, cause: string): void {
    const from = this.#phase;
    this.#phase = phaseNext(from, to);
    this.#since = new Date(this.clock.now());
    const change = { from, to, at: this.#since, cause };
    this.#history.push(change);
    for (const listener of [...this.#listeners]) void this.#tell(listener, change);
  }

  /** Listeners are called at once; one that goes on by itself is heard when it fails. */
  async #tell(listener: (change: PhaseChange) => unknown, change: PhaseChange): Promise<void> {
    try {
      await listener(change);
    } catch (error) {
      this.log.error({ reason: reasonOf(error) }, 'a listener to the phases failed');
    }
  }
}
