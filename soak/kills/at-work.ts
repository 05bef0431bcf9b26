import { pause, systemClock, type RunId, type ThreadId } from '../../ssot/kernel';
import type { Person } from '../people/people';
import type { Seeded } from '../seeded';
import type { Calls, Outcome } from './calls';
import type { Kind, Ledger } from './ledger';
import type { WorkingState } from './working-state';

/** What somebody does next, and how often among a hundred. */
const HABITS = [
  ['ask', 18],
  ['report usage', 20],
  ['settle', 12],
  ['open a thread', 8],
  ['rename a thread', 8],
  ['delete a thread', 3],
  ['share', 6],
  ['read a thread', 25],
] as const;
type Habit = (typeof HABITS)[number][0];

const THREADS_KEPT = 4;
/** Things that a person settles on, over and over. */
export const ITEMS = 5;
const SIGN_IN_LASTS_MS = 600_000;

export interface AtWorkDeps {
  readonly calls: Calls;
  readonly ledger: Ledger;
  readonly state: WorkingState;
  readonly random: Seeded;
  /** Between two acts, on average. */
  readonly thinkMs: number;
  readonly giveUp: AbortSignal;
}

/** One person at work: one act at a time, each repeated under its key until its outcome is known. */
export class AtWork {
  readonly threads: ThreadId[] = [];
  #acts = 0;
  #signedInAt = performance.now();
  #lastRun: RunId | null = null;

  constructor(
    readonly person: Person,
    private readonly deps: AtWorkDeps,
  ) {}

  /** Opens a first thread, which stays. */
  begin(): Promise<void> {
    return this.#openThread();
  }

  async work(until: AbortSignal): Promise<void> {
    const { random, thinkMs } = this.deps;
    while (!until.aborted) {
      await pause(systemClock, random.between(0.5, 1.5) * thinkMs);
      if (performance.now() - this.#signedInAt > SIGN_IN_LASTS_MS) await this.#signIn();
      await this.#do(random.pick(HABITS));
    }
  }

  async #do(habit: Habit): Promise<void> {
    switch (habit) {
      case 'ask':
        return this.#ask();
      case 'report usage':
        return this.#reportUsage();
      case 'settle':
        return this.#settle();
      case 'open a thread':
        return this.threads.length < THREADS_KEPT ? this.#openThread() : this.#read();
      case 'rename a thread':
        return this.#rename();
      case 'delete a thread':
        return this.#delete();
      case 'share':
        return this.#share();
      case 'read a thread':
        return this.#read();
    }
  }

  async #signIn(): Promise<void> {
    await this.deps.calls.signInAgain();
    this.#signedInAt = performance.now();
  }

  async #openThread(): Promise<void> {
    const title = this.#name('thread');
    const outcome = await this.deps.calls.insist<{ threadId: ThreadId }>({
      ...{ what: 'open a thread', method: 'post', path: '/v1/threads', body: { title } },
      headers: { 'idempotency-key': title },
    });
    if (outcome.kind !== 'done') return this.#notDone('threads', title, outcome);
    this.threads.push(outcome.body.threadId);
    this.deps.ledger.acknowledge('threads', outcome.body.threadId, title);
  }

  async #ask(): Promise<void> {
    const threadId = this.#anyThread();
    if (threadId === undefined) return this.#openThread();
    const clientMessageId = this.#name('question');
    const key = `${threadId} ${clientMessageId}`;
    const outcome = await this.deps.calls.insist<{ runId: RunId }>({
      ...{ what: 'ask', method: 'post', path: `/v1/threads/${threadId}/messages` },
      body: { clientMessageId, text: 'How can we cut our AI spending?' },
    });
    if (outcome.kind !== 'done') return this.#notDone('questions', key, outcome);
    this.#lastRun = outcome.body.runId;
    this.deps.ledger.acknowledge('questions', key, answeredOnce(outcome.body.runId));
  }

  async #reportUsage(): Promise<void> {
    const count = 1 + Math.floor(this.deps.random.fraction() * 20);
    const report = this.#name('use');
    const events = Array.from({ length: count }, (_, place) => useOf(`${report}-${place}`));
    const outcome = await this.deps.calls.insist({
      ...{ what: 'report usage', method: 'post', path: '/v1/usage', body: { events }, needs: ['clickhouse'] },
    });
    for (const { eventId } of events) {
      const key = `${this.person.tenantId} ${eventId}`;
      if (outcome.kind !== 'done') this.#notDone('uses of models', key, outcome);
      else this.deps.ledger.acknowledge('uses of models', key, 'once');
    }
  }

  async #settle(): Promise<void> {
    const { state, ledger, random, giveUp } = this.deps;
    const item = `item-${Math.floor(random.fraction() * ITEMS)}`;
    const value = this.#name('choice');
    const key = `${this.person.userId} ${item}`;
    if (await state.put(this.person, item, value, giveUp)) ledger.acknowledge('working state', key, value);
    else ledger.leaveOpen('working state', key, 'given up');
  }

  async #rename(): Promise<void> {
    const threadId = this.#anyThread();
    if (threadId === undefined) return;
    const title = this.#name('title');
    const outcome = await this.deps.calls.insist({
      ...{ what: 'rename a thread', method: 'patch', path: `/v1/threads/${threadId}`, body: { title } },
    });
    if (outcome.kind === 'done') this.deps.ledger.acknowledge('threads', threadId, title);
    else this.#notDone('threads', `${threadId} as ${title}`, outcome);
  }

  /** The newest but one: the oldest is open on a device, and a question may be under way in the newest. */
  async #delete(): Promise<void> {
    const threadId = this.threads.length > 2 ? this.threads.at(-2) : undefined;
    if (threadId === undefined) return;
    const { calls, ledger } = this.deps;
    const outcome = await calls.insist({
      ...{ what: 'delete a thread', method: 'delete', path: `/v1/threads/${threadId}` },
    });
    if (outcome.kind === 'open') return this.#notDone('threads', threadId, outcome);
    // Refused: it is gone already, deleted by a call whose answer was lost.
    this.threads.splice(this.threads.indexOf(threadId), 1);
    ledger.withdrawThread(threadId);
  }

  /** Refused while the report is still being made. */
  async #share(): Promise<void> {
    const runId = this.#lastRun;
    if (runId === null) return;
    const outcome = await this.deps.calls.insist({
      ...{ what: 'share a report', method: 'post', path: `/v1/runs/${runId}/publication` },
    });
    if (outcome.kind === 'done') this.deps.ledger.acknowledge('shared reports', runId, 'shared');
    else if (outcome.kind === 'open') this.#notDone('shared reports', runId, outcome);
  }

  async #read(): Promise<void> {
    const threadId = this.#anyThread();
    if (threadId === undefined) return;
    const path = `/v1/threads/${threadId}/events?limit=50`;
    await this.deps.calls.attempt({ what: 'read a thread', method: 'get', path });
  }

  #anyThread(): ThreadId | undefined {
    return this.threads[Math.floor(this.deps.random.fraction() * this.threads.length)];
  }

  #name(what: string): string {
    return `${what}-${this.person.userId.slice(-8)}-${(this.#acts += 1)}`;
  }

  /** What was refused must not be readable, so it is in no ledger. */
  #notDone(kind: Kind, key: string, outcome: Outcome<unknown>): void {
    if (outcome.kind === 'open') this.deps.ledger.leaveOpen(kind, key, outcome.why);
  }
}

/** How a question reads that stands in its thread once and whose run ended once. */
export function answeredOnce(runId: string): string {
  return `asked once, ${runId}, ended once`;
}

function useOf(eventId: string): { readonly eventId: string; readonly [fact: string]: string | number | boolean } {
  const tokens = { inputTokens: 1_200, cachedInputTokens: 0, outputTokens: 90, latencyMs: 800 };
  const call = { provider: 'openai', model: 'gpt-4o', feature: 'support', status: 'completed', background: false };
  return { eventId, at: new Date().toISOString(), ...call, ...tokens };
}
