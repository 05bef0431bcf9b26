import { createAgentRuns, type AgentRuns, type AgentRunsDeps, type WakeMessage } from '../../../ssot/agent-registry';
import { plans } from '../../../ssot/configuration-manager';
import type { Database } from '../../../ssot/database-manager';
import {
  PlatformError,
  sql,
  systemClock,
  systemRandom,
  type Clock,
  type EventType,
  type ThreadLog,
  type Transactions,
} from '../../../ssot/kernel';
import { openStatePersistence } from '../../../ssot/state-persistence';
import { createThreadLog } from '../../../ssot/websocket-manager';
import { checkpointsIn } from '../../../platform/wiring/checkpoints';
import type { ControlledClock } from '../../../world/operations/controlled-clock';
import { stores } from '../stores';
import type { Observer } from './observer';
import type { RegistrySchema } from './registry-schema';
import type { TestSetup } from './test-setup';

/** When an instance is killed: as it is about to do this, and with it everything in the same transaction. */
export type Moment = 'claim' | 'save' | EventType;

/** Instances of the registry over one schema, each of which can be killed, slowed down and cut off. */
export class TestInstances {
  /** Redis carries no messages between instances. */
  isBusDown = false;
  /** PostgreSQL answers reads and takes no writes. */
  isReadOnly = false;
  /** PostgreSQL is lost when all of a change has been written, just before its commit. */
  losesCommits = false;
  /** PostgreSQL is restarting: it ends the connection of each change, just before its commit. */
  isRestarting = false;
  /** PostgreSQL answers everything but the service login's reads. */
  refusesPolls = false;
  #kill: { instance: string; moment: Moment; skip: number } | null = null;
  #slowClaims: { instance: string; gate: PromiseWithResolvers<void>; count: number } | null = null;
  #slowCancel: PromiseWithResolvers<void> | null = null;
  readonly #killed = new Set<string>();
  readonly #instances = new Map<string, AgentRuns>();
  readonly #subscribers = new Set<(message: WakeMessage) => void>();
  #isClosed = false;
  #extra = 0;

  constructor(
    private readonly setup: TestSetup,
    private readonly schema: RegistrySchema,
    private readonly clock: ControlledClock,
    private readonly observer: Observer,
  ) {}

  async get(name = 'one'): Promise<AgentRuns> {
    const known = this.#instances.get(name);
    if (known !== undefined) return known;
    const started = await this.#start(name);
    this.#instances.set(name, started);
    return started;
  }

  /** One more; it polls as soon as it is there. */
  another(): Promise<AgentRuns> {
    return this.get(`another ${++this.#extra}`);
  }

  /** Kills the instance when it is about to do `moment` for the time after `skip`: nothing of that transaction lands. */
  killAt(instance: string, moment: Moment, skip = 0): void {
    this.#kill = { instance, moment, skip };
  }

  isKilled(instance: string): boolean {
    return this.#killed.has(instance);
  }

  /** What the instance claims from here on is committed when `hurry` is called. */
  slowDownClaims(instance: string): void {
    this.#slowClaims = { instance, gate: Promise.withResolvers<void>(), count: 0 };
  }

  /** How many claims wait for `hurry`. */
  get slowClaims(): number {
    return this.#slowClaims?.count ?? 0;
  }

  /** A cancellation holds its run's row until `hurry` is called. */
  slowDownCancelling(): void {
    this.#slowCancel = Promise.withResolvers<void>();
  }

  hurry(): void {
    this.#slowClaims?.gate.resolve();
    this.#slowClaims = null;
    this.#slowCancel?.resolve();
    this.#slowCancel = null;
  }

  async close(): Promise<void> {
    this.hurry();
    try {
      for (const runs of this.#instances.values()) await runs[Symbol.asyncDispose]();
    } finally {
      this.#isClosed = true;
    }
  }

  /** Closed to this test's instances when it is over, so that none can touch the next one's runs. */
  async database(instance?: string): Promise<Transactions> {
    const { database } = await this.schema.open();
    const open = (): Database => {
      if (this.#isClosed) throw new Error('the test is over');
      if (instance !== undefined && this.#killed.has(instance)) throw killed();
      return database;
    };
    return {
      transaction: async (ctx, body, options) => {
        this.#assertWritable(options);
        return open().transaction(
          ctx,
          async (tx) => {
            const made = await body(tx);
            if (this.losesCommits && options?.readOnly !== true) throw new Error('lost before the commit');
            if (this.isRestarting && options?.readOnly !== true)
              await tx.execute(sql`select pg_terminate_backend(pg_backend_pid(), 1000)`);
            return made;
          },
          options,
        );
      },
      asService: async (who, body, options) => {
        this.#assertWritable(options);
        if (this.refusesPolls && options?.readOnly === true) throw new Error('nobody answers');
        if (options?.readOnly === true || instance === undefined) return open().asService(who, body, options);
        this.#reach(instance, 'claim');
        const slow = this.#slowClaims?.instance === instance ? this.#slowClaims : null;
        return open().asService(who, async (tx) => {
          const found = await body(tx);
          if (slow === null) return found;
          slow.count += 1;
          this.observer.wake();
          await slow.gate.promise;
          return found;
        });
      },
    };
  }

  async #start(name: string): Promise<AgentRuns> {
    const clock = withShortPauses(this.clock);
    const { users, agents, tools, usage, memory, model, snapshotShape } = this.setup;
    const { notifier, logger, metrics } = this.observer;
    const db = await this.database(name);
    const log = createThreadLog({ db, notifier, clock });
    const persistence = await openStatePersistence({ warm: db, clock, log: logger, metrics });
    const checkpoints = checkpointsIn(persistence, snapshotShape);
    const deps: AgentRunsDeps = {
      db,
      threadLog: { ...this.#killable(name, log), read: (...asked) => log.read(...asked) },
      usage,
      memory,
      checkpoints: {
        close: (...asked) => checkpoints.close(...asked),
        load: (...asked) => checkpoints.load(...asked),
        save: async (...saved) => {
          this.#reach(name, 'save');
          await checkpoints.save(...saved);
        },
      },
      authority: {
        contextFor: (_, userId) => users.contextFor(userId),
        namesOf: () => Promise.resolve(new Map()),
        findByName: () => Promise.resolve(new Map()),
      },
      plans,
      wake: { publish: (message) => this.#publish(message), subscribe: (on) => this.#subscribe(on) },
      ...(model && { models: { for: () => Promise.resolve(model) } }),
      clock,
      random: systemRandom,
      ids: stores.ids,
      logger,
      metrics,
    };
    return createAgentRuns(deps, agents, tools);
  }

  #killable(instance: string, log: ThreadLog): Pick<ThreadLog, 'append'> {
    return {
      append: async (ctx, threadId, drafts, tx) => {
        for (const { type } of drafts) {
          this.#reach(instance, type);
          if (type === 'agent_cancelled') await this.#slowCancel?.promise;
        }
        return log.append(ctx, threadId, drafts, tx);
      },
    };
  }

  #reach(instance: string, moment: Moment): void {
    const kill = this.#kill;
    if (kill === null || kill.instance !== instance || kill.moment !== moment || kill.skip-- > 0) return;
    this.#kill = null;
    this.#killed.add(instance);
    this.observer.wake();
    throw killed();
  }

  #assertWritable(options: { readonly readOnly?: boolean } | undefined): void {
    if (!this.isReadOnly || options?.readOnly === true) return;
    throw new PlatformError({ code: 'database_unreachable', message: 'PostgreSQL takes no writes', retryable: true });
  }

  async #publish(message: WakeMessage): Promise<void> {
    if (this.isBusDown) throw new Error('Redis does not answer');
    await Promise.resolve();
    for (const subscriber of this.#subscribers) subscriber(message);
  }

  #subscribe(on: (message: WakeMessage) => void): Promise<AsyncDisposable> {
    if (this.isBusDown) return Promise.reject(new Error('Redis does not answer'));
    this.#subscribers.add(on);
    return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve(void this.#subscribers.delete(on)) });
  }
}

const SHORT_MS = 50;

/** Pauses that no test is about pass by themselves: a moment later, somebody else's claim is over. */
function withShortPauses(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, then) => (ms <= SHORT_MS ? systemClock : clock).after(ms, then),
  };
}

/** What still runs in a killed instance meets: nothing of its transaction lands, and nothing after it. */
function killed(): PlatformError {
  return new PlatformError({ code: 'database_connection_lost', message: 'the instance is killed', retryable: true });
}
