import { limitsOfPlans, plans } from '../ssot/configuration-manager';
import {
  SPECIALISTS,
  TOOLS,
  type AgentDefinition,
  type AgentRuns,
  type LanguageModel,
  type Report,
  type RunRecord,
  type ToolDefinition,
} from '../ssot/agent-registry';
import type { RunId, TenantContext, ThreadEvent, ThreadId } from '../ssot/kernel';
import { createThreadLog, createThreads } from '../ssot/websocket-manager';
import { AgentsCrowd } from './agents-crowd';
import { AgentDoor } from './agents-door';
import { AgentsGround } from './agents-ground';
import { AgentInstances } from './agents-instances';
import { AgentKept } from './agents-kept';
import { AgentLosses } from './agents-losses';
import { AgentMeddlers } from './agents-meddlers';
import { AgentNames } from './agents-names';
import { AgentPeople, type Who } from './agents-people';
import { StoredRuns } from './agents-rows';
import { AgentRules } from './agents-rules';
import { AgentScenes } from './agents-scenes';
import { linesOf, thoughtsIn } from './agents-story';
import { Telling } from './agents-telling';
import { AgentsNotes } from './agents-notes';
import { WorkedUsage } from './agents-usage';
import { AgentWords } from './agents-words';
import { workThrough, type Worked } from './agents-work';
import type { Connections } from './connections';
import type { ControlledClock } from './controlled-clock';
import type { Person } from './person';
import { isEnding, reportOf } from './story';

const ground = new AgentsGround();
export const closeAgentsGround = (): Promise<void> => ground[Symbol.asyncDispose]();

export interface AgentsHost {
  readonly connections: Connections;
  readonly clock: ControlledClock;
  own<T extends AsyncDisposable>(thing: T): T;
}
interface Accepted {
  readonly runId: RunId;
  readonly waiting: number;
  readonly repeated: boolean;
}

/**
 * Instances of the agents' part of the platform over real PostgreSQL, on the scenario's clock, with usage from its
 * tables. Which specialists work there is up to the scenario.
 */
export class Agents implements AsyncDisposable {
  readonly usage = new WorkedUsage();
  readonly notes = new AgentsNotes();
  readonly rules = new AgentRules();
  readonly scenes: AgentScenes;
  readonly people: AgentPeople;
  readonly instances: AgentInstances;
  readonly crowd: AgentsCrowd;
  readonly words: AgentWords;
  readonly losses: AgentLosses;
  readonly kept = new AgentKept(this);
  readonly meddlers = new AgentMeddlers(this);
  readonly names = new AgentNames(this);
  readonly door = new AgentDoor();
  readonly telling: Telling;
  readonly stored: StoredRuns;
  specialists: readonly AgentDefinition[] = SPECIALISTS;
  tools: readonly ToolDefinition[] = TOOLS;
  model: LanguageModel | null = null;
  accepted: Accepted[] = [];
  refused: unknown = null;
  refusals: unknown[] = [];
  /** What somebody who stopped a run was told. */
  stopping: { outcome: string; state: string } | null = null;
  /** How long whoever stopped a run waited for its end. */
  waitedMs = Infinity;
  record: RunRecord | null = null;
  worked: Worked | null = null;
  #threads = new Map<string, ThreadId>();
  #messages = 0;
  #owned = false;

  constructor(private readonly world: AgentsHost) {
    this.telling = new Telling(world.clock);
    this.stored = new StoredRuns(ground, this.telling, world.clock, () => this.latest.runId);
    this.scenes = new AgentScenes(this, world.clock);
    this.people = new AgentPeople(() => world.connections.ids);
    this.instances = new AgentInstances(this, world, ground);
    this.crowd = new AgentsCrowd(this, world.clock);
    this.losses = new AgentLosses(this, world.clock);
    this.words = new AgentWords(this, world.clock, (server) => world.own(server));
  }

  who({ name }: Pick<Person, 'name'>): Who {
    return this.people.who(name);
  }

  contextOf(person: Pick<Person, 'name'>): TenantContext {
    return this.people.contextOf(this.who(person));
  }

  instance(name = 'one'): Promise<AgentRuns> {
    this.#own();
    return this.instances.get(name);
  }

  thread(person: Pick<Person, 'name'>, title = 'Q3 spend'): Promise<ThreadId> {
    return this.threadOf(this.contextOf(person), title);
  }

  async threadOf(ctx: TenantContext, title: string): Promise<ThreadId> {
    const key = `${ctx.userId} ${title}`;
    const known = this.#threads.get(key);
    if (known !== undefined) return known;
    const { ids } = this.world.connections;
    const threads = createThreads({
      db: await this.#database(),
      clock: this.world.clock,
      ids,
      limits: limitsOfPlans(plans),
    });
    const { threadId } = await threads.create(ctx, title);
    this.#threads.set(key, threadId);
    return threadId;
  }

  ask(
    person: Pick<Person, 'name'>,
    text: string,
    more: { title?: string; instance?: string; message?: string } = {},
  ): Promise<Accepted> {
    return this.askAs(this.contextOf(person), text, more);
  }

  async askAs(
    ctx: TenantContext,
    text: string,
    more: { title?: string; instance?: string; message?: string } = {},
  ): Promise<Accepted> {
    const runs = await this.instance(more.instance);
    const threadId = await this.threadOf(ctx, more.title ?? 'Q3 spend');
    const clientMessageId = more.message ?? `message-${++this.#messages}`;
    const accepted = await runs.submit(ctx, { threadId, clientMessageId, text });
    this.accepted.push(accepted);
    return accepted;
  }

  async work(person: Pick<Person, 'name'>, question: string): Promise<void> {
    const { usage, notes } = this;
    this.worked = await workThrough(
      question,
      new Date(this.world.clock.now()),
      { usage, notes },
      this.contextOf(person),
    );
  }

  /** The report of those who worked unwatched, or of the story. */
  async report(person: Pick<Person, 'name'>): Promise<Report> {
    if (this.worked === null) return reportOf(await this.answered(person)) as Report;
    const { report } = this.worked.work;
    if (report === undefined) throw new Error('the specialists have written no report');
    return report;
  }

  async thoughts(person: Pick<Person, 'name'>): Promise<readonly string[]> {
    return this.worked?.thoughts ?? thoughtsIn(await this.answered(person));
  }

  /** What is refused is kept for the Then, and nothing else is. */
  async attempt(what: () => unknown): Promise<void> {
    this.refused = null;
    try {
      await what();
    } catch (refusal) {
      this.refused = refusal;
    }
  }

  async storyOf(person: Pick<Person, 'name'>, title?: string): Promise<readonly ThreadEvent[]> {
    const log = createThreadLog({
      db: await this.#database(),
      notifier: this.telling.announcements,
      clock: this.world.clock,
    });
    const { events } = await log.read(this.contextOf(person), await this.thread(person, title), 0);
    return events;
  }

  /** The story once it has come as far as `far`; fails at once when an instance reports trouble. */
  until(
    person: Pick<Person, 'name'>,
    far: (story: readonly ThreadEvent[]) => boolean,
    title?: string,
  ): Promise<readonly ThreadEvent[]> {
    return this.telling.until(async () => {
      const story = await this.storyOf(person, title);
      return far(story) ? story : linesOf(story).join('\n');
    });
  }

  /** The story once `endings` of its runs have ended. */
  answered(person: Pick<Person, 'name'>, endings = 1, title?: string): Promise<readonly ThreadEvent[]> {
    return this.until(person, (story) => story.filter(isEnding).length >= endings, title);
  }

  /** The days that the answers of a thread are about. */
  async periods(person: Pick<Person, 'name'>, answers: number, title?: string): Promise<string[]> {
    const story = await this.answered(person, answers, title);
    const reports = story.flatMap((event) => (event.type === 'agent_completed' ? [event.data.report as unknown] : []));
    return (reports as Report[]).map(({ period: { from, to } }) => `${from.slice(0, 10)} to ${to.slice(0, 10)}`);
  }

  get latest(): Accepted {
    const latest = this.accepted.at(-1);
    if (latest === undefined) throw new Error('nobody has asked anything');
    return latest;
  }

  /** Asks, and comes back when the question is being worked on as far as it can be. */
  async askAndReach(person: Pick<Person, 'name'>, text: string): Promise<void> {
    this.usage.onAsked = () => this.telling.stir();
    await this.ask(person, text);
    const isReached = (story: readonly ThreadEvent[]): boolean =>
      this.usage.isHanging ? this.usage.asked.length > 0 : story.some(({ type }) => type === 'agent_started');
    await this.until(person, isReached);
    // The step begins in the same turn of the machine in which its start has been stored.
    await new Promise(setImmediate);
  }

  async stop(person: Pick<Person, 'name'>, instance = 'one'): Promise<void> {
    const runs = await this.instance(instance);
    this.stopping = await runs.cancel(this.contextOf(person), this.latest.runId);
  }

  async readRun(person: Pick<Person, 'name'>): Promise<void> {
    this.record = await (await this.instance()).get(this.contextOf(person), this.latest.runId);
  }

  async tryForeign(person: Pick<Person, 'name'>, runId: RunId): Promise<void> {
    const runs = await this.instance();
    for (const what of ['get', 'cancel'] as const) {
      await this.attempt(() => runs[what](this.contextOf(person), runId));
      this.refusals.push(this.refused);
    }
  }

  async tryEverything(person: Pick<Person, 'name'>, text: string): Promise<void> {
    await this.attempt(() => this.ask(person, text));
    this.refusals.push(this.refused);
    await this.tryForeign(person, this.latest.runId);
  }

  /** `withRuns`: as the platform does it, with what hangs on the thread. */
  async deleteThread(person: Pick<Person, 'name'>, withRuns = false): Promise<void> {
    const threads = createThreads({
      db: await this.#database(),
      clock: this.world.clock,
      ids: this.world.connections.ids,
      limits: limitsOfPlans(plans),
      dependents: withRuns ? [await this.instance()] : [],
    });
    await threads.delete(this.contextOf(person), await this.thread(person));
  }

  letPass(ms: number): void {
    this.world.clock.advance(ms);
  }

  underWay(count: number): Promise<true> {
    return this.telling.until(async () => {
      const { running } = (await this.instance()).health();
      return running === count ? true : `${running} runs are under way`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.telling.isOver = true;
    try {
      await this.instances.end();
    } finally {
      await ground.clear();
    }
  }

  #database(): ReturnType<AgentInstances['database']> {
    this.#own();
    return this.instances.database();
  }

  #own(): void {
    if (!this.#owned) this.world.own(this);
    this.#owned = true;
  }
}
