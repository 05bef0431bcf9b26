import {
  createAgentRuns,
  SPECIALISTS,
  TOOLS,
  type AgentDefinition,
  type AgentRuns,
  type Report,
  type RunRecord,
  type ToolDefinition,
  type WakeNote,
} from '../ssot/agent-registry';
import {
  systemRandom,
  vouchFor,
  type Permission,
  type RunId,
  type TenantContext,
  type Transactions,
  type TenantId,
  type ThreadEvent,
  type ThreadId,
  type UserId,
} from '../ssot/kernel';
import type { Database } from '../ssot/database-manager';
import { openStatePersistence } from '../ssot/state-persistence';
import { createThreadLog, createThreads } from '../ssot/websocket-manager';
import { checkpointsIn } from '../platform/wiring/checkpoints';
import { AgentsGround } from './agents-ground';
import { StoredRuns } from './agents-rows';
import { AgentRules } from './agents-rules';
import { AgentScenes } from './agents-scenes';
import { linesOf, thoughtsIn } from './agents-story';
import { Telling } from './agents-telling';
import { AgentsNotes } from './agents-notes';
import { WorkedUsage } from './agents-usage';
import { workThrough, type Worked } from './agents-work';
import type { Connections } from './connections';
import type { ControlledClock } from './controlled-clock';
import type { Person } from './person';
import { COMPANIES, PEOPLE } from './personas';
import { isEnding, reportOf } from './story';

const ground = new AgentsGround();
export const closeAgentsGround = (): Promise<void> => ground[Symbol.asyncDispose]();

export interface AgentsHost {
  readonly connections: Connections;
  readonly clock: ControlledClock;
  own<T extends AsyncDisposable>(thing: T): T;
}
interface Who {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly rights: Set<Permission>;
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
  readonly telling: Telling;
  readonly stored: StoredRuns;
  specialists: readonly AgentDefinition[] = SPECIALISTS;
  tools: readonly ToolDefinition[] = TOOLS;
  /** Redis carries no word between instances. */
  isWordLost = false;
  accepted: Accepted[] = [];
  refused: unknown = null;
  refusals: unknown[] = [];
  /** What somebody who stopped a run was told. */
  stopping: { outcome: string; state: string } | null = null;
  record: RunRecord | null = null;
  worked: Worked | null = null;
  #instances = new Map<string, AgentRuns>();
  #listeners = new Set<(note: WakeNote) => void>();
  #people = new Map<string, Who>();
  #tenants = new Map<string, TenantId>();
  #threads = new Map<string, ThreadId>();
  #messages = 0;
  #owned = false;
  #isClosed = false;

  constructor(private readonly world: AgentsHost) {
    this.telling = new Telling(world.clock);
    this.stored = new StoredRuns(ground, this.telling, world.clock, () => this.latest.runId);
    this.scenes = new AgentScenes(this, world.clock);
  }

  who({ name }: Pick<Person, 'name'>): Who {
    const { company } = PEOPLE[name];
    const { ids } = this.world.connections;
    const tenantId = this.#tenants.get(company) ?? ids.next('tenant');
    this.#tenants.set(company, tenantId);
    const who = this.#people.get(name) ?? {
      tenantId,
      userId: ids.next('user'),
      rights: new Set(['chat:use', 'usage:read']),
    };
    this.#people.set(name, who);
    return who;
  }

  contextOf(person: Pick<Person, 'name'>): TenantContext {
    const { rights, ...who } = this.who(person);
    return vouchFor({ ...who, plan: COMPANIES[PEOPLE[person.name].company].plan, permissions: [...rights] });
  }

  async instance(name = 'one'): Promise<AgentRuns> {
    const known = this.#instances.get(name);
    if (known !== undefined) return known;
    const started = await this.#start();
    this.#instances.set(name, started);
    return started;
  }

  async thread(person: Pick<Person, 'name'>, title = 'Q3 spend'): Promise<ThreadId> {
    const key = `${person.name} ${title}`;
    const known = this.#threads.get(key);
    if (known !== undefined) return known;
    const { ids } = this.world.connections;
    const threads = createThreads({ db: await this.#database(), clock: this.world.clock, ids });
    const { threadId } = await threads.create(this.contextOf(person), title);
    this.#threads.set(key, threadId);
    return threadId;
  }

  async ask(
    person: Pick<Person, 'name'>,
    text: string,
    more: { title?: string; instance?: string; message?: string } = {},
  ): Promise<Accepted> {
    const runs = await this.instance(more.instance);
    const threadId = await this.thread(person, more.title);
    const clientMessageId = more.message ?? `message-${++this.#messages}`;
    const accepted = await runs.start(this.contextOf(person), { threadId, clientMessageId, text });
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
      announcements: this.telling.announcements,
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

  async deleteThread(person: Pick<Person, 'name'>): Promise<void> {
    const threads = createThreads({
      db: await this.#database(),
      clock: this.world.clock,
      ids: this.world.connections.ids,
    });
    await threads.delete(this.contextOf(person), await this.thread(person));
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
      for (const runs of this.#instances.values()) await runs[Symbol.asyncDispose]();
    } finally {
      this.#isClosed = true;
      await ground.clear();
    }
  }

  /** Closed to this scenario's instances when it is over, so that none can touch the next one's runs. */
  async #database(): Promise<Transactions> {
    if (!this.#owned) this.world.own(this);
    this.#owned = true;
    const { database } = await ground.open();
    const open = (): Database => {
      if (this.#isClosed) throw new Error('the scenario is over');
      return database;
    };
    return {
      transaction: async (...turn) => open().transaction(...turn),
      asService: async (...turn) => open().asService(...turn),
    };
  }

  async #start(): Promise<AgentRuns> {
    const { clock, connections } = this.world;
    const db = await this.#database();
    const { announcements, logger, metrics } = this.telling;
    return createAgentRuns(
      {
        db,
        log: createThreadLog({ db, announcements, clock }),
        usage: this.usage,
        checkpoints: checkpointsIn(await openStatePersistence({ warm: db, clock, log: logger, metrics })),
        notes: this.notes,
        authority: { contextFor: (_, userId) => Promise.resolve(this.#rightsNow(userId)) },
        wake: {
          wake: (note) => this.#wake(note),
          onWake: (on) => this.#onWake(on),
        },
        clock,
        random: systemRandom,
        ids: connections.ids,
        logger,
        metrics,
      },
      this.specialists,
      this.tools,
    );
  }

  #rightsNow(userId: UserId): TenantContext {
    const found = [...this.#people].find(([, who]) => who.userId === userId);
    if (found === undefined) throw new Error('nobody in this scenario has this name');
    return this.contextOf({ name: found[0] as Person['name'] });
  }

  async #wake(note: WakeNote): Promise<void> {
    if (this.isWordLost) throw new Error('Redis does not answer');
    await Promise.resolve();
    for (const listener of this.#listeners) listener(note);
  }

  #onWake(on: (note: WakeNote) => void): Promise<AsyncDisposable> {
    if (this.isWordLost) return Promise.reject(new Error('Redis does not answer'));
    this.#listeners.add(on);
    return Promise.resolve({
      [Symbol.asyncDispose]: () => {
        this.#listeners.delete(on);
        return Promise.resolve();
      },
    });
  }
}
