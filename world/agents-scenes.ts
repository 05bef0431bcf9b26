import { SPECIALISTS, TOOLS, type AgentDefinition, type ToolDefinition } from '../ssot/agent-registry';
import { z } from 'zod';
import { meaningOf } from './known';
import type { Agents } from './agents';
import { meddling, MISBEHAVIOURS, waiting, withInstead, type Misbehaviour } from './agents-behaviour';
import { linesOf } from './agents-story';
import { TROUBLES, type Trouble } from './agents-usage';
import { PlatformError } from '../ssot/kernel';
import type { ControlledClock } from './controlled-clock';
import { eventually } from './eventually';
import type { Person } from './person';
import type { Company } from './personas';

const QUESTION = 'Where does our money go?';
type Kind = AgentDefinition['kind'];

/** Situations a run can be in when something happens to it, made with real instances. */
export class AgentScenes {
  /** What whoever spoke after the end of the step was told. */
  readonly lateWords: string[] = [];
  /** How much of the story had been told when its instance was lost. */
  toldAtLoss = 0;
  /** What the first instance said when it had stopped. */
  stopped: { finished: number; handedOver: number } | null = null;
  isClearing = false;
  #go: (how: 'goes on' | 'fails') => void = () => {};
  #lost = 0;

  constructor(
    private readonly agents: Agents,
    private readonly clock: ControlledClock,
  ) {}

  /** Usage that carries a whole answer. */
  bringUsage(): void {
    this.agents.usage.covered = { calls: 1_500, daysWithUse: 7, first: null, last: null };
    const amount = { value: '2000', currency: 'USD' };
    const tokens = { inputTokens: 1n, cachedInputTokens: 0n, outputTokens: 1n };
    this.agents.usage.spent = [{ provider: 'openai', model: 'large', calls: 1_500, ...tokens, amount }];
  }

  misbehave(how: Misbehaviour): void {
    this.agents.specialists = withInstead('triage', {
      create: meaningOf('misbehaviour', how, MISBEHAVIOURS),
      tools: ['usage_coverage', 'price_list'],
    });
  }

  replace(kind: Kind, change: Partial<AgentDefinition>): void {
    this.bringUsage();
    this.agents.specialists = withInstead(kind, change);
  }

  meddle(): void {
    this.bringUsage();
    this.agents.specialists = meddling((told) => this.lateWords.push(told));
  }

  /** Somebody's question is under way and has come to the specialist, who does not go on before `letGo`. */
  async hold(kind: Kind, person: Person, instance = 'one'): Promise<void> {
    this.bringUsage();
    await this.#reaching(kind, async () => void (await this.agents.ask(person, QUESTION, { instance })));
  }

  letGo(how: 'goes on' | 'fails' = 'goes on'): void {
    this.#go(how);
  }

  /** The question's instance was lost `times` times while the specialist was at work. */
  async lose(kind: Kind, person: Person, times = 1): Promise<void> {
    await this.hold(kind, person);
    for (let lost = 1; lost < times; lost++) {
      await this.#lapse(person);
      await this.#reaching(kind, () => this.startAnother());
    }
    await this.#lapse(person);
    this.agents.specialists = SPECIALISTS;
  }

  async loseWhileReading(person: Person): Promise<void> {
    const { usage, telling } = this.agents;
    usage.isHanging = true;
    usage.onAsked = () => telling.stir();
    await this.agents.ask(person, QUESTION);
    await telling.until(() => (usage.asked.length > 0 ? true : 'nothing is read yet'));
    await this.#lapse(person);
    usage.isHanging = false;
  }

  /** Waits until the company has so many runs in these states. */
  companyHas(company: Company, counts: Readonly<Record<string, number>>): Promise<true> {
    const { people, stored, telling } = this.agents;
    const { tenantId } = people.colleague(company, 0);
    return telling.until(async () => {
      const found = await stored.countsOf(tenantId, Object.keys(counts));
      return found.join() === Object.values(counts).join() ? true : `${Object.keys(counts).join()}: ${found.join()}`;
    });
  }

  /** One takes the last place of the first instance, another comes after him, and then a place is free while it looks. */
  async askBehindTheLastPlace(first: Person, next: Person): Promise<void> {
    const { crowd, instances, telling } = this.agents;
    instances.dawdle('one');
    await this.agents.ask(first, QUESTION);
    await this.agents.ask(next, QUESTION);
    await crowd.letOneGo();
    // Both are being claimed: nobody waits for the claim of another company's question.
    await this.#dawdling(2);
    instances.hurry();
    telling.stir();
  }

  /** The latest question is stopped while its instance, which has just found room for it, is about to take it. */
  async stopWhileTaking(person: Pick<Person, 'name'>): Promise<void> {
    const { crowd, instances, stored } = this.agents;
    await this.agents.instance('two');
    instances.dawdleOverStopping();
    const stopping = this.agents.stop(person, 'two');
    // The one that stops holds the run before it tells of it.
    await eventually(async () => {
      if (!(await stored.isHeld(this.agents.latest.runId))) throw new Error('nobody has begun to stop it');
    });
    await crowd.letOneGo();
    await this.#metAnother();
    instances.hurry();
    await stopping;
  }

  /** Waits until so many questions are being claimed by the instance that takes its time. */
  #dawdling(count: number): Promise<true> {
    const { instances, telling } = this.agents;
    return telling.until(() => (instances.dawdling === count ? true : `${instances.dawdling} are being claimed`));
  }

  /** Waits until a claim has met somebody who holds the company, or the run, at that moment. */
  #metAnother(): Promise<true> {
    const { telling } = this.agents;
    return telling.until(
      () => telling.figures.includes('agent_run_claims_busy_total {}') || 'no claim has met another',
    );
  }

  latestIs(state: string): Promise<true> {
    const { stored, telling, latest } = this.agents;
    return telling.until(async () => {
      const now = await stored.stateOf(latest.runId);
      return now === state ? true : `the question is ${now}`;
    });
  }

  /** Each instance looks for runs as soon as it is there. */
  async startAnother(): Promise<void> {
    await this.agents.instance(`another ${++this.#lost}`);
  }

  meet(trouble: Trouble, times: number): void {
    const { usage } = this.agents;
    for (let i = 0; i < times; i++) usage.failures.push(this.trouble(trouble)());
    // Between two attempts there is a pause, on the scenario's clock.
    usage.onFailed = () => void setImmediate(() => this.clock.advance(200));
  }

  trouble(which: Trouble): () => Error {
    return meaningOf('trouble', which, TROUBLES);
  }

  /** The triage's tool meets the database's refusal. */
  refuseStatement(code: keyof typeof REFUSALS): void {
    const failing = (): Promise<never> => {
      // Between two attempts there is a pause, on the scenario's clock.
      setImmediate(() => this.clock.advance(200));
      return Promise.reject(REFUSALS[code]());
    };
    this.agents.tools = TOOLS.map((tool) => (tool.name === 'usage_coverage' ? { ...tool, execute: failing } : tool));
  }

  /** A triage whose clearing up takes `how`, after it has done its work. */
  clearUp(how: 'hangs' | 'throws'): void {
    this.bringUsage();
    const own = SPECIALISTS[0] as AgentDefinition;
    this.agents.specialists = withInstead('triage', {
      create: async (scope) => {
        const agent = await own.create(scope);
        return {
          run: (work) => agent.run(work),
          [Symbol.asyncDispose]: () => {
            this.isClearing = true;
            this.agents.telling.stir();
            return how === 'throws' ? Promise.reject(new Error('no broom')) : new Promise(() => {});
          },
        };
      },
    });
  }

  clearing(): Promise<true> {
    return this.agents.telling.until(() => (this.isClearing ? true : 'nobody clears up yet'));
  }

  /** A triage that is never built for questions about patience. */
  buildSlowly(): void {
    this.bringUsage();
    const own = SPECIALISTS[0] as AgentDefinition;
    this.agents.specialists = withInstead('triage', {
      create: (scope) => (scope.question.includes('patience') ? new Promise<never>(() => {}) : own.create(scope)),
    });
  }

  show(note: number, input: number, result: number): void {
    this.agents.tools = TOOLS.map((tool): ToolDefinition =>
      tool.name === 'price_list' ? { ...tool, execute: () => Promise.resolve(ofLength(result)) } : tool,
    );
    this.replace('triage', {
      tools: ['price_list'],
      create: (scope) => ({
        async run() {
          await scope.think('x'.repeat(note));
          await scope.call('price_list', ofLength(input));
          const filter = { from: '2025-09-01T00:00:00Z', to: '2025-09-02T00:00:00Z', where: {} };
          const coverage = { calls: 0, daysWithUse: 0, first: null, last: null };
          return {
            filter,
            cut: { at: filter.to },
            coverage,
            verdict: 'insufficient' as const,
            missing: ['everything'],
          };
        },
      }),
    });
  }

  withoutReport(): void {
    this.replace('reporting', {
      output: z.object({}),
      create: () => ({ run: () => Promise.resolve({}) }),
    });
  }

  async fromLossOn(person: Person): Promise<readonly string[]> {
    return linesOf(await this.agents.answered(person)).slice(this.toldAtLoss);
  }

  /** The first instance stops at once while another is there. */
  async handOver(how: 'stops' | 'is closed' = 'stops'): Promise<void> {
    this.agents.specialists = SPECIALISTS;
    await this.startAnother();
    const first = await this.agents.instance();
    if (how === 'is closed') await first[Symbol.asyncDispose]();
    else this.stopped = await first.drain(AbortSignal.abort());
  }

  /** The first instance stops as soon as what is under way has ended by itself. */
  async finishAndStop(): Promise<void> {
    const stopping = (await this.agents.instance()).drain(new AbortController().signal);
    this.letGo();
    this.stopped = await stopping;
  }

  async #reaching(kind: Kind, begin: () => Promise<void>): Promise<void> {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<'goes on' | 'fails'>();
    this.#go = gate.resolve;
    this.agents.specialists = waiting(kind, async () => {
      reached.resolve();
      if ((await gate.promise) === 'fails') throw new Error('no more words');
    });
    await begin();
    let isReached = false;
    void reached.promise.then(() => {
      isReached = true;
      this.agents.telling.stir();
    });
    await this.agents.telling.until(() => (isReached ? true : `the run has not come to ${kind}`));
  }

  async #lapse(person: Person): Promise<void> {
    await this.agents.stored.letLeaseLapse(this.agents.accepted[0]?.runId ?? this.agents.latest.runId);
    this.toldAtLoss = (await this.agents.storyOf(person)).length;
  }
}

/** What PostgreSQL may say, with details that only operators may read. */
export const REFUSALS = {
  database_refused: refusal('database_refused', false),
  database_connection_lost: refusal('database_connection_lost', true),
  database_commit_unknown: refusal('database_commit_unknown', false),
} as const;

function refusal(code: string, retryable: boolean): () => PlatformError {
  const message = 'The database refused the statement (42601) at db-7.example; nothing was saved.';
  return () => new PlatformError({ code, message, retryable, cause: new Error('syntax error near hunter2') });
}

/** An object that is `length` characters long as JSON. */
function ofLength(length: number): object {
  return { pad: 'x'.repeat(length - JSON.stringify({ pad: '' }).length) };
}
