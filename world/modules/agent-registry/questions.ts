import { randomBytes } from 'node:crypto';
import type { RunId, ThreadEvent, ThreadId } from '../../../ssot/kernel';
import { eventually } from '../../eventually';
import type { Problem } from '../../clients/http-client';
import { known } from '../../known';
import type { Operations } from '../../operations/operations';
import type { Person } from '../../actors/person';
import { endingOf } from '../../clients/event-order';
import type { Tenant } from '../../actors/tenant';

/** A run needs seconds on a slow machine. */
const ANSWER_MS = 25_000;

interface Accepted {
  readonly runId: RunId;
  readonly waiting: number;
  readonly repeated: boolean;
}
interface Run {
  readonly state: string;
  readonly threadId: ThreadId;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}
interface QuestionsHost {
  readonly operations: Pick<Operations, 'serving' | 'beside' | 'isIdle' | 'isServing'>;
  platformUrl(): Promise<string>;
}

/** Questions that people's programs ask over HTTP, and what becomes of each. */
export class Questions {
  /** What was accepted, in the order of asking. */
  readonly accepted: Accepted[] = [];
  /** Why the latest one was not. */
  refusal: Problem | null = null;
  /** What somebody was answered who read and stopped a run. */
  told: readonly string[] = [];
  /** What whoever stopped a run was answered. */
  stopped: { outcome: string; state: string } | null = null;

  constructor(private readonly world: QuestionsHost) {}

  /** `message`: the program's own id of the message; the same one again is the same message. */
  async ask(
    person: Person,
    text: string,
    title: string,
    { url, message = randomBytes(9).toString('base64url') }: { url?: string; message?: string } = {},
  ): Promise<void> {
    url ??= await this.#url();
    const threadId = await person.openThread(title, url);
    const http = await person.http(url);
    const sent = { clientMessageId: message, text };
    const { status, body } = await http.send<Accepted & Problem>('post', `/v1/threads/${threadId}/messages`, sent);
    this.refusal = status === 202 ? null : body;
    if (status !== 202) return;
    this.accepted.push(body);
    person.latestRun = body.runId;
  }

  /** So many in one thread; nobody may write more than 20 messages within five seconds. */
  async askMany(person: Person, text: string, title: string, count: number): Promise<void> {
    for (let number = 0; number < count; number++) {
      if (number > 0 && number % 15 === 0) this.world.operations.serving().advanceClock(5_000);
      await this.ask(person, text, title);
    }
  }

  /** Each in a thread of its own, through the scenario's two instances in turn. */
  async askThroughBoth(person: Person, count: number): Promise<void> {
    const { operations } = this.world;
    const urls = [operations.serving().url, operations.beside().url];
    for (let number = 0; number < count; number++) {
      await this.ask(person, 'Where does our money go?', `Thread ${number}`, { url: urls[number % 2] ?? '' });
    }
  }

  /** The latest one must have been accepted. */
  get latest(): Accepted {
    const latest = this.accepted.at(-1);
    if (latest === undefined || this.refusal !== null) {
      throw new Error(`the question was refused: ${this.refusal?.detail ?? 'nothing was asked'}`);
    }
    return latest;
  }

  /** Waits until so many of what was asked is being worked on, and so many wait. */
  async stand(person: Person, running: number, queued: number): Promise<void> {
    await eventually(async () => {
      const states = (await this.#runs(person)).map(({ state }) => state);
      const count = (wanted: string): number => states.filter((state) => state === wanted).length;
      if (count('running') !== running || count('queued') !== queued) throw new Error(states.join(', '));
    });
  }

  /** Every run once all have ended, by the time of asking. */
  ended(person: Person): Promise<readonly Run[]> {
    return eventually(async () => {
      const runs = await this.#runs(person);
      const states = runs.map(({ state }) => state);
      if (runs.some(({ endedAt }) => endedAt === null)) throw new Error(`they are ${states.join(', ')}`);
      return runs;
    }, ANSWER_MS);
  }

  async stop(person: Person, runId = person.latestRun, url?: string): Promise<void> {
    this.stopped = await (await person.http(url)).require('post', `/v1/runs/${runId}/cancel`);
  }

  /** `first` or `latest` of what was accepted. */
  oneOf(which: string): Accepted {
    const index = { first: 0, latest: -1 }[known('place', which, ['first', 'latest'])];
    const found = this.accepted.at(index);
    if (found === undefined) throw new Error('nothing was asked');
    return found;
  }

  async latestRun(person: Person): Promise<Run> {
    return (await person.http()).require<Run>('get', `/v1/runs/${this.latest.runId}`);
  }

  /** The same message at one moment, through the scenario's own instance and another one. */
  async askTwice(person: Person, text: string, elsewhere: string): Promise<void> {
    const message = 'the same message';
    await person.openThread('Q3 spend');
    const urls = [this.world.operations.serving().url, elsewhere];
    await Promise.all(urls.map((url) => this.ask(person, text, 'Q3 spend', { url, message })));
  }

  /** Somebody reads and stops a run; what they are answered is kept. */
  async tryToReadAndStop(person: Person, runId: RunId | null): Promise<void> {
    const http = await person.http();
    const read = await http.send<Problem>('get', `/v1/runs/${runId}`);
    const stop = await http.send<Problem>('post', `/v1/runs/${runId}/cancel`);
    this.told = [read, stop].map(({ status, body }) => `${status} ${body.detail}`);
  }

  /** How the person's latest run has ended, read when the company is restored and they have signed in anew. */
  async endingAfterSuspension(person: Person, tenant: Tenant): Promise<ThreadEvent> {
    await this.world.operations.isIdle();
    await tenant.restore();
    const { pair } = await person.signInOn('tablet');
    const http = await person.client(pair.accessToken);
    return this.#endingOf(person, async () => {
      const path = `/v1/threads/${person.thread()}/events?afterSeq=0`;
      return (await http.require<{ events: ThreadEvent[] }>('get', path)).events;
    });
  }

  /** The questions that a thread holds. */
  async storedIn(person: Person, title: string): Promise<readonly ThreadEvent[]> {
    const path = `/v1/threads/${person.thread(title)}/events?afterSeq=0`;
    const { events } = await (await person.http()).require<{ events: ThreadEvent[] }>('get', path);
    return events;
  }

  #endingOf(person: Person, read: () => Promise<readonly ThreadEvent[]>): Promise<ThreadEvent> {
    return eventually(async () => {
      const ending = endingOf(await read(), person.latestRun);
      if (ending === undefined) throw new Error('it has not ended');
      return ending;
    }, ANSWER_MS);
  }

  async #url(): Promise<string> {
    const { operations } = this.world;
    return operations.isServing ? operations.serving().url : this.world.platformUrl();
  }

  async #runs(person: Person): Promise<readonly Run[]> {
    const http = await person.http();
    return Promise.all(this.accepted.map(({ runId }) => http.require<Run>('get', `/v1/runs/${runId}`)));
  }
}

/** Of each thread, a run starts when the one before it has ended; names those that do not. */
export function overlapping(runs: readonly Run[]): readonly string[] {
  const problems: string[] = [];
  const ends = new Map<ThreadId, string>();
  for (const { threadId, state, startedAt, endedAt } of runs) {
    const before = ends.get(threadId);
    if (state !== 'completed') problems.push(`a run is ${state}`);
    if (before !== undefined && (startedAt ?? '') < before) problems.push(`a run started before ${before}`);
    ends.set(threadId, endedAt ?? '');
  }
  return problems;
}
