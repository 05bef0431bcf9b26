import assert from 'node:assert/strict';
import { after } from 'node:test';
import {
  SPECIALISTS,
  type AgentDefinition,
  type AgentRuns,
  type FullResult,
  type RunAccepted,
} from '../../../ssot/agent-registry';
import { limitsOfPlans, plans } from '../../../ssot/configuration-manager';
import type { CallId, RunId, TenantContext, ThreadEvent, ThreadId } from '../../../ssot/kernel';
import { createThreadLog, createThreads } from '../../../ssot/websocket-manager';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { endingOf, isEnding } from '../../../world/clients/event-order';
import { stores } from '../stores';
import { Gate } from './gate';
import { gated } from './misbehaving-agents';
import { Observer } from './observer';
import { RegistrySchema } from './registry-schema';
import { RunTable, type RunRow } from './run-table';
import { TestInstances } from './test-instances';
import { TestSetup } from './test-setup';
import type { TenantName, TestUser, UserName } from './test-users';
import { transcriptOf } from './transcript';

export const QUESTION = 'Where does our money go?';
type Kind = AgentDefinition['kind'];
interface Asking {
  readonly title?: string;
  readonly instance?: string;
  /** The message's id; the same one again is the same message. */
  readonly message?: string;
}

const schema = new RegistrySchema();
after(() => schema[Symbol.asyncDispose]());

/** Instances of the registry on real PostgreSQL, on a clock of the test's own, with doubles of the ports they meet. */
export class RegistryTest implements AsyncDisposable {
  readonly clock = new ControlledClock();
  readonly observer = new Observer(this.clock);
  readonly setup = new TestSetup();
  readonly users = this.setup.users;
  readonly usage = this.setup.usage;
  readonly instances = new TestInstances(this.setup, schema, this.clock, this.observer);
  readonly table = new RunTable(schema);
  readonly gate = new Gate(this.observer);
  readonly accepted: RunAccepted[] = [];
  readonly #threads = new Map<string, ThreadId>();
  #messages = 0;
  #resume: (how: 'goes on' | 'fails') => void = () => undefined;

  instance(name = 'one'): Promise<AgentRuns> {
    return this.instances.get(name);
  }

  async thread(user: UserName | TestUser, title = 'Q3 spend'): Promise<ThreadId> {
    const ctx = this.users.contextOf(user);
    const key = `${ctx.userId} ${title}`;
    const known = this.#threads.get(key);
    if (known !== undefined) return known;
    const threads = createThreads({
      db: await this.instances.database(),
      clock: this.clock,
      ids: stores.ids,
      limits: limitsOfPlans(plans),
    });
    const { threadId } = await threads.create(ctx, title);
    this.#threads.set(key, threadId);
    return threadId;
  }

  async ask(
    user: UserName | TestUser,
    text = QUESTION,
    { title, instance, message }: Asking = {},
  ): Promise<RunAccepted> {
    const runs = await this.instance(instance);
    const threadId = await this.thread(user, title);
    const clientMessageId = message ?? `message-${++this.#messages}`;
    const accepted = await runs.submit(this.users.contextOf(user), { threadId, clientMessageId, text });
    this.accepted.push(accepted);
    return accepted;
  }

  /** Many colleagues ask at one instant, each in a thread of their own, through these instances in turn. */
  async askAsMany(tenant: TenantName, count: number, instances: readonly string[] = ['one']): Promise<void> {
    await this.askAtOnce(
      Array.from({ length: count }, (_, number) => this.users.colleague(tenant, number)),
      `Where does the money of ${tenant} go?`,
      instances,
    );
  }

  async askAtOnce(users: readonly TestUser[], text: string, instances: readonly string[]): Promise<void> {
    for (const instance of instances) await this.instance(instance);
    await Promise.all(users.map((user) => this.thread(user)));
    await Promise.all(
      users.map((user, number) => this.ask(user, text, { instance: instances[number % instances.length] ?? 'one' })),
    );
  }

  get latest(): RunId {
    const latest = this.accepted.at(-1);
    if (latest === undefined) throw new Error('nobody has asked anything');
    return latest.runId;
  }

  async events(user: UserName, title?: string): Promise<readonly ThreadEvent[]> {
    const db = await this.instances.database();
    const log = createThreadLog({ db, notifier: this.observer.notifier, clock: this.clock });
    return (await log.read(this.users.contextOf(user), await this.thread(user, title), 0)).events;
  }

  /** The events once they have come as far as `far`; rejects at once when an instance logs an unexpected warning. */
  until(
    user: UserName,
    far: (events: readonly ThreadEvent[]) => boolean,
    title?: string,
  ): Promise<readonly ThreadEvent[]> {
    return this.observer.until(async () => {
      const events = await this.events(user, title);
      return far(events) ? events : transcriptOf(events).join('\n');
    });
  }

  /** The events once so many runs of the thread have ended. */
  ended(user: UserName, count = 1, title?: string): Promise<readonly ThreadEvent[]> {
    return this.until(user, (events) => events.filter(isEnding).length >= count, title);
  }

  /** Asks, and returns when the question is being worked on as far as it can be. */
  async askAndReach(user: UserName, text = QUESTION): Promise<void> {
    this.usage.onAsked = () => this.observer.wake();
    await this.ask(user, text);
    await this.until(user, (events) =>
      this.usage.isHanging ? this.usage.asked.length > 0 : events.some(({ type }) => type === 'agent_started'),
    );
    // The step begins in the same turn of the machine in which its start has been stored.
    await new Promise(setImmediate);
  }

  cancel(user: UserName, instance = 'one', runId = this.latest): ReturnType<AgentRuns['cancel']> {
    return this.instance(instance).then((runs) => runs.cancel(this.users.contextOf(user), runId));
  }

  /** A question is under way and has come to this specialist, who does not go on before `resume`. */
  async hold(kind: Kind, user: UserName, instance = 'one'): Promise<() => void> {
    this.usage.recordEnough();
    return this.reach(kind, () => this.ask(user, QUESTION, { instance }));
  }

  resume(how: 'goes on' | 'fails' = 'goes on'): void {
    this.#resume(how);
  }

  /** Begins something, and returns when a run has come to this specialist, who waits for `resume`, or for what is returned. */
  async reach(kind: Kind, begin: () => Promise<unknown>): Promise<() => void> {
    let isReached = false;
    const go = Promise.withResolvers<'goes on' | 'fails'>();
    this.#resume = go.resolve;
    this.setup.agents = gated(kind, async () => {
      isReached = true;
      this.observer.wake();
      if ((await go.promise) === 'fails') throw new Error('no more words');
    });
    await begin();
    // What the steps before have found is stored while this one waits.
    const step = SPECIALISTS.findIndex((one) => one.kind === kind);
    await this.observer.until(async () => {
      const isStored = isReached && (await this.table.row(this.latest))?.step === step;
      return isStored || `the run has not come to ${kind}`;
    });
    return () => go.resolve('goes on');
  }

  /** Every run is held at its triage, until `gate` lets it through. */
  holdAll(): void {
    this.setup.agents = this.gate.agents;
  }

  releaseAll(): void {
    this.gate.open();
    this.setup.agents = SPECIALISTS;
  }

  /** Waits until the tenant has so many runs in these states. */
  tenantHas(tenant: TenantName, counts: Readonly<Record<string, number>>): Promise<true> {
    const { tenantId } = this.users.colleague(tenant, 0);
    return this.observer.until(async () => {
      const found = await this.table.countsOf(tenantId, Object.keys(counts));
      return found.join() === Object.values(counts).join() ? true : `${Object.keys(counts).join()}: ${found.join()}`;
    });
  }

  runIs(state: string, runId = this.latest): Promise<true> {
    return this.observer.until(async () => {
      const now = await this.table.stateOf(runId);
      return now === state ? true : `the run is ${now}`;
    });
  }

  /** The latest run's row once it has ended; it must hold no lease. */
  async over(): Promise<RunRow> {
    const row = await this.observer.until(async () => {
      const now = await this.table.row(this.latest);
      return now?.ended_at == null ? `the run is ${now?.state}` : now;
    });
    assert.deepEqual([row.lease_owner, row.lease_until], [null, null]);
    assert.equal(Number(row.ended_at), this.clock.now());
    return row;
  }

  /** Waits until the user's thread shows exactly one ending of this kind, and the run and what it has saved are stored with it. */
  async endsOnce(
    user: UserName,
    state: 'completed' | 'failed' | 'cancelled',
    failure?: object,
  ): Promise<readonly ThreadEvent[]> {
    const events = await this.ended(user);
    assert.deepEqual(
      events.filter(isEnding).map(({ type }) => type),
      [`agent_${state}`],
    );
    const { data } = endingOf(events) as { data: { code?: string } };
    if (failure !== undefined) assert.deepEqual(data, { ...data, ...failure });
    const row = await this.over();
    assert.deepEqual([row.state, row.error_code], [state, state === 'failed' ? data.code : null]);
    for (const { ending } of await this.table.checkpoints(this.latest)) assert.equal(ending, state);
    return events;
  }

  /** The first tool call of a user's thread. */
  async firstCall(user: UserName): Promise<{ runId: RunId; callId: CallId }> {
    const begun = (await this.events(user)).find((event) => event.type === 'tool_executing');
    if (begun === undefined) throw new Error('no tool was called');
    return { runId: begun.runId, callId: begun.data.callId };
  }

  /** Its result as it is kept. */
  async firstResult(user: UserName): Promise<FullResult> {
    const { runId, callId } = await this.firstCall(user);
    return (await this.instance()).result(this.users.contextOf(user), runId, callId);
  }

  /** The log lines with this message. */
  logged(message: string): Observer['lines'] {
    return this.observer.lines.filter((line) => line.message === message);
  }

  /** What operators read of why a run failed. */
  failureDetails(): string {
    const [line] = this.logged('a run failed');
    const failure = line?.facts['err'] as Error | undefined;
    return (failure?.cause as Error | undefined)?.message ?? '';
  }

  /** Every further reading throws this; the pauses between tries pass by themselves. */
  failReadings(failure: () => Error, times: number): void {
    for (let i = 0; i < times; i++) this.usage.failures.push(failure());
    this.usage.onFailed = () => void setImmediate(() => this.clock.advance(200));
  }

  /** With what hangs on the thread, as the platform does it, or without. */
  async deleteThread(user: UserName, dependents: readonly AgentRuns[] = []): Promise<void> {
    const db = await this.instances.database();
    const threads = createThreads({ db, clock: this.clock, ids: stores.ids, limits: limitsOfPlans(plans), dependents });
    await threads.delete(this.users.contextOf(user), await this.thread(user));
  }

  contextOf(user: UserName): TenantContext {
    return this.users.contextOf(user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.observer.isOver = true;
    this.gate.open();
    try {
      await this.instances.close();
    } finally {
      await schema.clear();
    }
  }
}
