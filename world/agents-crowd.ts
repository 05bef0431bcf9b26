import type { Agents } from './agents';
import { SPECIALISTS } from '../ssot/agent-registry';
import type { TenantContext } from '../ssot/kernel';
import { waiting } from './agents-behaviour';
import type { ControlledClock } from './controlled-clock';
import type { Company } from './personas';

/** Many people who ask at one instant, each in a thread of their own, and how many of them are worked on. */
export class AgentsCrowd {
  /** Most questions that were worked on at one moment, over all instances. */
  most = 0;
  #atWork = 0;
  #isOpen = false;
  readonly #gates: (() => void)[] = [];

  constructor(
    private readonly agents: Agents,
    private readonly clock: ControlledClock,
  ) {}

  /** Everybody's triage waits until it is let go. */
  hold(): void {
    this.agents.specialists = waiting('triage', () => this.#pass());
  }

  async ask(company: Company, count: number, instances: readonly string[]): Promise<void> {
    const { people } = this.agents;
    const text = `Where does the money of ${company} go?`;
    const askers = Array.from({ length: count }, (_, number) => people.contextOf(people.colleague(company, number)));
    await this.#askAtOnce(askers, text, instances);
  }

  /** As many companies, each with as many calls as no other: 100 the first one, 101 the next. */
  bringUsageOfMany(companies: number): void {
    const { people, usage } = this.agents;
    for (let company = 0; company < companies; company++) {
      const calls = 100 + company;
      const covered = { calls, daysWithUse: 1, first: null, last: null };
      usage.coveredOf.set(people.oneOfMany(company, 0).tenantId, covered);
    }
  }

  /** So many people of each of many companies ask at one instant; returns when all have been answered. */
  async askOfMany(companies: number, each: number, instances: readonly string[]): Promise<void> {
    const { people, telling } = this.agents;
    const askers = Array.from({ length: companies * each }, (_, place) =>
      people.contextOf(people.oneOfMany(place % companies, Math.floor(place / companies))),
    );
    // Answered by two specialists, who read how many calls the company has made.
    await this.#askAtOnce(askers, 'Will it rain tomorrow?', instances);
    await telling.counted('agent_runs_concluded_total {"conclusion":"ended"}', askers.length);
  }

  /** Waits until so many triages are at work. */
  reached(count: number): Promise<true> {
    return this.agents.telling.until(() => (this.#atWork >= count ? true : `${this.#atWork} are at work`));
  }

  async letOneGo(): Promise<void> {
    await this.reached(1);
    this.#gates.shift()?.();
  }

  letAllGo(): void {
    this.#isOpen = true;
    for (const open of this.#gates.splice(0)) open();
    this.agents.specialists = SPECIALISTS;
  }

  /** Some are stopped, some fail and the others are answered, all with time in between; returns when all have ended. */
  async mix(how: { first: number; waiting: number; working: number; then: number; failing: number }): Promise<void> {
    const { stored, scenes, telling } = this.agents;
    const runs = await this.agents.instance('one');
    this.clock.advance(how.first);
    for (const [state, count] of [
      ['queued', how.waiting],
      ['running', how.working],
    ] as const) {
      const some = await stored.some(state, count);
      for (const { runId, userId } of some) await runs.cancel(await this.agents.people.contextFor(userId), runId);
    }
    this.clock.advance(how.then);
    scenes.meet('the usage data refuses the question', how.failing);
    this.letAllGo();
    await telling.until(async () => {
      const left = await stored.unfinished();
      return left === 0 ? true : `${left} runs have not ended`;
    });
    // What ended last is told in the same turn of the machine in which its end has been stored.
    await new Promise(setImmediate);
  }

  async #askAtOnce(askers: readonly TenantContext[], text: string, instances: readonly string[]): Promise<void> {
    for (const instance of instances) await this.agents.instance(instance);
    await Promise.all(askers.map((ctx) => this.agents.threadOf(ctx, 'Q3 spend')));
    await Promise.all(
      askers.map((ctx, number) =>
        this.agents.askAs(ctx, text, { instance: instances[number % instances.length] ?? 'one' }),
      ),
    );
  }

  async #pass(): Promise<void> {
    this.most = Math.max(this.most, ++this.#atWork);
    this.agents.telling.stir();
    if (!this.#isOpen) await new Promise<void>((open) => this.#gates.push(open));
    // What is answered frees its place; as long as it is not, it counts.
    this.#atWork--;
  }
}
