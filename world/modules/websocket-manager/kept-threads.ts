import type { RunId, ThreadEvent } from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import { eventually } from '../../eventually';
import type { Problem } from '../../clients/http-client';
import type { Instance } from '../../operations/instance';
import type { Operations } from '../../operations/operations';
import { OwnTables } from '../../stores/own-tables';
import type { PassingTime } from '../../operations/passing-time';
import type { Person } from '../../actors/person';
import { Everywhere } from '../state-persistence/everywhere';

const MINUTE_MS = 60_000;

interface Host {
  readonly connections: Connections;
  readonly operations: Operations;
  own<T extends AsyncDisposable>(thing: T): T;
  moveTo(instance: Instance): void;
  readonly time: PassingTime;
}
/** What a thread answered with when it was last used. */
interface Left {
  readonly runId: RunId;
  readonly headSeq: number;
}
export interface Held {
  readonly events: number;
  readonly firstSeq: number;
  readonly headSeq: number;
  /** What its answer reads as: found, or the code of the refusal. */
  readonly answer: string;
}

/** Threads over months, on an instance whose time passes and whose tables are its own. */
export class KeptThreads {
  readonly #left = new Map<string, Left>();
  #schema: string | undefined;

  constructor(private readonly host: Host) {}

  async begin(): Promise<void> {
    const tables = this.host.own(await OwnTables.create(this.host.connections.rows()));
    this.#schema = tables.schema;
    await this.host.operations.serveOn(tables.variables);
    this.host.moveTo(this.host.operations.serving());
    this.host.time.runsIn((ms) => this.pass(ms));
  }

  pass(ms: number): void {
    this.host.operations.serving().advanceClock(ms);
  }

  /** Comes back with a new sign-in, asks and reads the whole answer. */
  async answered(person: Person, question: string, title: string): Promise<void> {
    person.signOutEverywhere();
    await person.openDeviceOn('phone', title);
    const runId = await person.ask(question);
    await person.answerOn('phone');
    const { headSeq } = await this.#read(person, title);
    this.#left.set(title, { runId, headSeq });
  }

  /** As soon as the thread begins behind event 1, while the instance's time passes: it looks every hour. */
  async emptied(person: Person, title: string): Promise<Held> {
    await eventually(async () => {
      person.signOutEverywhere();
      const { firstSeq } = await this.#read(person, title);
      if (firstSeq > 1) return;
      this.pass(5 * MINUTE_MS);
      throw new Error('it begins with its first event');
    });
    return this.held(person, title);
  }

  /** No table, key or column of any store names what was last asked in the thread, while the instance's time passes: it looks twice a minute. */
  async goneEverywhere(title: string): Promise<void> {
    const everywhere = new Everywhere(this.host.connections, this.#schema);
    await eventually(async () => {
      this.pass(30_000);
      const places = await everywhere.naming([this.leftIn(title).runId]);
      if (places.length > 0) throw new Error(`it is named in ${places.join(', ')}`);
    });
  }

  async held(person: Person, title: string): Promise<Held> {
    const { events, firstSeq, headSeq } = await this.#read(person, title);
    const http = await person.http();
    const run = await http.send<Partial<Problem>>('get', `/v1/runs/${this.leftIn(title).runId}`);
    return { events: events.length, firstSeq, headSeq, answer: run.body.code ?? 'found' };
  }

  /** With a new sign-in, however long it has been. */
  heldAnew(person: Person, title: string): Promise<Held> {
    person.signOutEverywhere();
    return this.held(person, title);
  }

  /** As it was left, from its first event to its answer. */
  wholeOf(title: string): Held {
    const { headSeq } = this.leftIn(title);
    return { events: headSeq, firstSeq: 1, headSeq, answer: 'found' };
  }

  /** The company keeps its threads for longer than everybody does. */
  async keepFor(administrator: Person, days: number): Promise<void> {
    const change = { expectedVersion: 0, reason: 'As our contract says', set: { 'chat.keptDays': days } };
    await (await administrator.http()).require('patch', '/v1/settings', change);
  }

  /** How many events of a thread PostgreSQL has, and how many parts of it the history has, once PostgreSQL has given them up. */
  async whereabouts(person: Person, title: string): Promise<{ readonly events: number; readonly parts: number }> {
    const everywhere = new Everywhere(this.host.connections, this.#schema);
    return eventually(async () => {
      const [events, parts] = await Promise.all([
        everywhere.rowsWith('thread_events', person.thread(title)),
        everywhere.partsOf(person.thread(title)),
      ]);
      if (events > 0) throw new Error(`PostgreSQL has ${events} events, the history ${parts} parts`);
      return { events, parts };
    });
  }

  /** How many rows say what the latest analysis in a thread has worked out. */
  async workingsOf(title: string): Promise<number> {
    const everywhere = new Everywhere(this.host.connections, this.#schema);
    const { runId } = this.leftIn(title);
    return (await everywhere.rowsWith('run_state', runId)) + (await everywhere.partsOf(runId));
  }

  /** The instance has looked once more for what it keeps no longer, to the end: it begins to look only when it is through. */
  async lookedThrough(): Promise<void> {
    const everywhere = new Everywhere(this.host.connections, this.#schema);
    for (const _ of ['to the end of the look that is under way', 'once more']) {
      const due = await everywhere.jobDueAt('run-retention');
      await eventually(async () => {
        this.pass(10 * MINUTE_MS);
        if ((await everywhere.jobDueAt('run-retention')) === due) throw new Error('it has not looked yet');
      });
    }
  }

  /** While the instance's time passes: it looks every hour. */
  async workingsGone(title: string): Promise<void> {
    await eventually(async () => {
      this.pass(10 * MINUTE_MS);
      const rows = await this.workingsOf(title);
      if (rows > 0) throw new Error(`${rows} rows are stored`);
    });
  }

  /** While the instance's time passes: it looks twice a minute. */
  async goneFromHistory(person: Person, title: string, limitMs: number): Promise<void> {
    const everywhere = new Everywhere(this.host.connections, this.#schema);
    await eventually(async () => {
      this.pass(30_000);
      const parts = await everywhere.partsOf(person.thread(title));
      if (parts > 0) throw new Error(`${parts} parts are there`);
    }, limitMs);
  }

  /** Opens the thread on a device of theirs, from its beginning. */
  async storyOn(person: Person, device: string, title: string): Promise<readonly ThreadEvent[]> {
    await person.openDeviceOn(device, title);
    const { headSeq } = this.leftIn(title);
    const tab = person.device(device);
    await tab.until('the whole story', () => (tab.story().at(-1)?.seq ?? 0) >= headSeq);
    return tab.story();
  }

  leftIn(title: string): Left {
    const left = this.#left.get(title);
    if (left === undefined) throw new Error(`nothing was asked in "${title}"`);
    return left;
  }

  async #read(person: Person, title: string): Promise<{ events: unknown[]; firstSeq: number; headSeq: number }> {
    const http = await person.http();
    return http.require('get', `/v1/threads/${person.thread(title)}/events?afterSeq=0`);
  }
}
