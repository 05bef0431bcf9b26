import { SPECIALISTS, type AgentDefinition } from '../../../ssot/agent-registry';
import { gated } from './misbehaving-agents';
import type { Observer } from './observer';

/** Holds every run at its triage until it is let through, and knows how many were at work at one moment. */
export class Gate {
  /** The most runs that were at work at one moment, over all instances. */
  peak = 0;
  #atWork = 0;
  #isOpen = false;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly observer: Observer) {}

  get agents(): readonly AgentDefinition[] {
    return this.#isOpen ? SPECIALISTS : gated('triage', () => this.#pass());
  }

  /** Waits until so many runs are at work. */
  reached(count: number): Promise<true> {
    return this.observer.until(() => (this.#atWork >= count ? true : `${this.#atWork} are at work`));
  }

  async letOneThrough(): Promise<void> {
    await this.reached(1);
    this.#waiting.shift()?.();
  }

  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  async #pass(): Promise<void> {
    this.peak = Math.max(this.peak, ++this.#atWork);
    this.observer.wake();
    if (!this.#isOpen) await new Promise<void>((go) => this.#waiting.push(go));
    this.#atWork--;
  }
}
