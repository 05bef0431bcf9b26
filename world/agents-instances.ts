import { createAgentRuns, type AgentRuns, type AgentRunsDeps, type WakeMessage } from '../ssot/agent-registry';
import { plans } from '../ssot/configuration-manager';
import type { Database } from '../ssot/database-manager';
import {
  PlatformError,
  systemClock,
  systemRandom,
  type Clock,
  type EventType,
  type ThreadLog,
  type Transactions,
} from '../ssot/kernel';
import { openStatePersistence } from '../ssot/state-persistence';
import { createThreadLog } from '../ssot/websocket-manager';
import { checkpointsIn } from '../platform/wiring/checkpoints';
import type { AgentsGround } from './agents-ground';
import type { Agents, AgentsHost } from './agents';

/** The moment at which an instance is lost: when it is about to do this, and with it everything in the same turn. */
export type Moment = 'take' | 'save' | EventType;

/** Instances of the agents' part of the platform, each of which can be lost like a process that is killed. */
export class AgentInstances {
  /** Redis carries no word between instances. */
  isWordLost = false;
  /** PostgreSQL answers questions and takes no writes. */
  takesNoWrites = false;
  /** PostgreSQL answers everything but what services read. */
  refusesSearches = false;
  /** The next release cannot read what this one saves. */
  shape = 1;
  #lossOf: { instance: string; moment: Moment; skip: number } | null = null;
  #slow: { instance: string; gate: PromiseWithResolvers<void>; claims: number } | null = null;
  #slowStop: PromiseWithResolvers<void> | null = null;
  readonly #lost = new Set<string>();
  readonly #instances = new Map<string, AgentRuns>();
  readonly #listeners = new Set<(note: WakeMessage) => void>();
  #isClosed = false;

  constructor(
    private readonly agents: Agents,
    private readonly world: AgentsHost,
    private readonly ground: AgentsGround,
  ) {}

  async get(name = 'one'): Promise<AgentRuns> {
    const known = this.#instances.get(name);
    if (known !== undefined) return known;
    const started = await this.#start(name);
    this.#instances.set(name, started);
    return started;
  }

  /** The instance is lost when it is about to do `moment` for the time after `skip`: nothing of that turn lands. */
  lose(instance: string, moment: Moment, skip = 0): void {
    this.#lossOf = { instance, moment, skip };
  }

  /** What the instance claims from here on is its own only when `hurry` is called. */
  dawdle(instance: string): void {
    this.#slow = { instance, gate: Promise.withResolvers<void>(), claims: 0 };
  }

  /** How many claims wait for `hurry`. */
  get dawdling(): number {
    return this.#slow?.claims ?? 0;
  }

  /** Whoever tells of a stopped run takes his time, until `hurry` is called. */
  dawdleOverStopping(): void {
    this.#slowStop = Promise.withResolvers<void>();
  }

  hurry(): void {
    this.#slow?.gate.resolve();
    this.#slow = null;
    this.#slowStop?.resolve();
    this.#slowStop = null;
  }

  /** One that can be asked. */
  living(): Promise<AgentRuns> {
    return this.get([...this.#instances.keys()].find((name) => !this.#lost.has(name)));
  }

  isLost(instance: string): boolean {
    return this.#lost.has(instance);
  }

  async end(): Promise<void> {
    try {
      for (const runs of this.#instances.values()) await runs[Symbol.asyncDispose]();
    } finally {
      this.#isClosed = true;
    }
  }

  /** Closed to this scenario's instances when it is over, so that none can touch the next one's runs. */
  async database(instance?: string): Promise<Transactions> {
    const { database } = await this.ground.open();
    const open = (): Database => {
      if (this.#isClosed) throw new Error('the scenario is over');
      if (instance !== undefined && this.#lost.has(instance)) throw gone();
      return database;
    };
    return {
      transaction: async (...turn) => {
        this.#assertTaken(turn[2]);
        return open().transaction(...turn);
      },
      asService: async (who, body, options) => {
        this.#assertTaken(options);
        if (this.refusesSearches && options?.readOnly === true) throw new Error('nobody answers');
        if (options?.readOnly === true || instance === undefined) return open().asService(who, body, options);
        this.#reach(instance, 'take');
        const slow = this.#slow?.instance === instance ? this.#slow : null;
        return open().asService(who, async (tx) => {
          const found = await body(tx);
          if (slow === null) return found;
          slow.claims += 1;
          this.agents.telling.stir();
          await slow.gate.promise;
          return found;
        });
      },
    };
  }

  async #start(name: string): Promise<AgentRuns> {
    const { connections } = this.world;
    const clock = withShortPauses(this.world.clock);
    const { people, specialists, tools, usage, notes, telling, model } = this.agents;
    const { announcements, logger, metrics } = telling;
    const db = await this.database(name);
    const log = createThreadLog({ db, notifier: announcements, clock });
    const checkpoints = checkpointsIn(
      await openStatePersistence({ warm: db, clock, log: logger, metrics }),
      this.shape,
    );
    const ports: AgentRunsDeps = {
      db,
      threadLog: { ...this.#losing(name, log), read: (...asked) => log.read(...asked) },
      usage,
      memory: notes,
      checkpoints: {
        load: (...asked) => checkpoints.load(...asked),
        save: async (...saved) => {
          this.#reach(name, 'save');
          await checkpoints.save(...saved);
        },
      },
      authority: {
        contextFor: (_, userId) => people.contextFor(userId),
        namesOf: () => Promise.resolve(new Map()),
      },
      plans,
      wake: { publish: (note) => this.#wake(note), subscribe: (on) => this.#onWake(on) },
      ...(model && { models: { for: () => Promise.resolve(model) } }),
      clock,
      random: systemRandom,
      ids: connections.ids,
      logger,
      metrics,
    };
    return createAgentRuns(ports, specialists, tools);
  }

  #losing(instance: string, log: ThreadLog): Pick<ThreadLog, 'append'> {
    return {
      append: async (ctx, threadId, drafts, tx) => {
        for (const { type } of drafts) {
          this.#reach(instance, type);
          if (type === 'agent_cancelled') await this.#slowStop?.promise;
        }
        return log.append(ctx, threadId, drafts, tx);
      },
    };
  }

  #reach(instance: string, moment: Moment): void {
    const loss = this.#lossOf;
    if (loss === null || loss.instance !== instance || loss.moment !== moment || loss.skip-- > 0) return;
    this.#lossOf = null;
    this.#lost.add(instance);
    this.agents.telling.stir();
    throw gone();
  }

  #assertTaken(options: { readonly readOnly?: boolean } | undefined): void {
    if (!this.takesNoWrites || options?.readOnly === true) return;
    throw new PlatformError({ code: 'database_unreachable', message: 'PostgreSQL takes no writes', retryable: true });
  }

  async #wake(note: WakeMessage): Promise<void> {
    if (this.isWordLost) throw new Error('Redis does not answer');
    await Promise.resolve();
    for (const listener of this.#listeners) listener(note);
  }

  #onWake(on: (note: WakeMessage) => void): Promise<AsyncDisposable> {
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

const SHORT_MS = 50;

/** Pauses that no scenario is about pass by themselves: a moment later, somebody else's claim is over. */
function withShortPauses(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, then) => (ms <= SHORT_MS ? systemClock : clock).after(ms, then),
  };
}

/** What whoever still runs in a lost instance would meet: nothing of its turn lands, and nothing after it. */
function gone(): PlatformError {
  return new PlatformError({ code: 'database_connection_lost', message: 'the instance is lost', retryable: true });
}
