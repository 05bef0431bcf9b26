import { createClient } from '@clickhouse/client';
import { pause, systemClock, type ThreadEvent, type ThreadId } from '../../ssot/kernel';
import { eventually } from '../../world/eventually';
import { addressOf } from '../../world/settings';
import { isEnding } from '../../world/clients/event-order';
import type { Say } from '../exercise';
import { caller, type Person } from '../people/people';
import type { Readable } from './ledger';
import type { WorkingState } from './working-state';

/** A question waits ten minutes at most; with everything there, a tenth of it is plenty. */
const ENDED_WITHIN_MS = 120_000;
const PAGE = 1_000;
/** How many people read at once. */
const AT_ONCE = 8;
/** How often a thread is looked at whose question is still being answered. */
const LOOK_MS = 500;
const SAY_EVERY_MS = 5_000;
const READ_WITHIN_MS = 30_000;

interface Question {
  readonly runId: string;
  times: number;
}

/** Reads everything back as each person may read it, through the front door, once every question has its ending. */
export class ReadingBack {
  /** The last number of each thread. */
  #saidAt = 0;
  readonly heads = new Map<ThreadId, number>();

  constructor(
    private readonly people: readonly Person[],
    private readonly url: string,
    private readonly state: WorkingState,
    private readonly items: number,
    private readonly say: Say,
  ) {}

  async everything(): Promise<Readable> {
    const threads = new Map<string, string>();
    const questions = new Map<string, string>();
    const shared = new Map<string, string>();
    const settled = new Map<string, string>();
    const readOne = async (person: Person): Promise<void> => {
      for (const [threadId, title] of await this.#threadsOf(person)) {
        threads.set(threadId, title);
        const events = await this.#ended(person, threadId as ThreadId);
        this.heads.set(threadId as ThreadId, events.at(-1)?.seq ?? 0);
        for (const [key, value] of questionsIn(events)) questions.set(key, value);
        for (const runId of await this.#shared(person, threadId)) shared.set(runId, 'shared');
      }
      for (const [item, value] of await this.#settled(person)) settled.set(item, value);
    };
    const waiting = [...this.people];
    const lane = async (): Promise<void> => {
      for (let person = waiting.shift(); person !== undefined; person = waiting.shift()) {
        const own = person;
        // Nothing is killed any more, but an instance may still be on its way back.
        await eventually(() => readOne(own), READ_WITHIN_MS);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return {
      ...{ threads, questions, 'uses of models': await this.#uses(), 'working state': settled },
      'shared reports': shared,
    };
  }

  async #threadsOf(person: Person): Promise<Map<string, string>> {
    const all = new Map<string, string>();
    for (let before = ''; ;) {
      const path = `/v1/threads?limit=100${before === '' ? '' : `&before=${before}`}`;
      const { threads } = await caller(person, this.url).require<{ threads: { threadId: string; title: string }[] }>(
        'get',
        path,
      );
      for (const { threadId, title } of threads) all.set(threadId, title);
      before = threads.at(-1)?.threadId ?? '';
      if (threads.length < 100) return all;
    }
  }

  async #ended(person: Person, threadId: ThreadId): Promise<readonly ThreadEvent[]> {
    const end = performance.now() + ENDED_WITHIN_MS;
    for (;;) {
      const events = await this.#events(person, threadId);
      const ended = new Set(events.filter(isEnding).map(({ runId }) => runId));
      const open = events.find(({ type, runId }) => type === 'user_message' && !ended.has(runId));
      // Whatever has no ending by then is found by the comparison.
      if (open === undefined || performance.now() > end) return events;
      await this.#sayOpen(person, open.runId, events.at(-1));
      await pause(systemClock, LOOK_MS);
    }
  }

  /** Now and then, how the run stands that is waited for, and the last that its thread was told. */
  async #sayOpen(person: Person, runId: string, last: ThreadEvent | undefined): Promise<void> {
    if (performance.now() - this.#saidAt < SAY_EVERY_MS) return;
    this.#saidAt = performance.now();
    const { state, startedAt } = await caller(person, this.url).require<{ state: string; startedAt: string | null }>(
      'get',
      `/v1/runs/${runId}`,
    );
    this.say(
      `waiting for ${runId}: ${state}, started ${startedAt ?? 'never'}; the last event is ${last?.type} of ${last?.at}`,
    );
  }

  async #events(person: Person, threadId: ThreadId): Promise<readonly ThreadEvent[]> {
    const all: ThreadEvent[] = [];
    for (;;) {
      const path = `/v1/threads/${threadId}/events?limit=${PAGE}&afterSeq=${all.at(-1)?.seq ?? 0}`;
      const { events, headSeq } = await caller(person, this.url).require<{ events: ThreadEvent[]; headSeq: number }>(
        'get',
        path,
      );
      all.push(...events);
      if (events.length === 0 || events.at(-1)?.seq === headSeq) return all;
    }
  }

  async #shared(person: Person, threadId: string): Promise<readonly string[]> {
    const path = `/v1/reports?threadId=${threadId}`;
    const { reports } = await caller(person, this.url).require<{ reports: { runId: string }[] }>('get', path);
    return reports.map(({ runId }) => runId);
  }

  async #settled(person: Person): Promise<Map<string, string>> {
    const all = new Map<string, string>();
    for (let place = 0; place < this.items; place += 1) {
      const { copy, truth } = await this.state.get(person, `item-${place}`);
      const value = copy === truth ? truth : `${truth}, while the copy says ${copy}`;
      if (value !== undefined) all.set(`${person.userId} item-${place}`, value);
    }
    return all;
  }

  /** From ClickHouse itself: no address lists single uses. */
  async #uses(): Promise<Map<string, string>> {
    const history = createClient({ url: addressOf('SPEC_CLICKHOUSE_URL') });
    try {
      const answer = await history.query({
        query: `select tenant_id, event_id, uniqExact(fingerprint) as contents from usage
          where tenant_id in {tenants:Array(String)} group by tenant_id, event_id`,
        query_params: { tenants: [...new Set(this.people.map(({ tenantId }) => tenantId))] },
        format: 'JSONEachRow',
      });
      const rows = await answer.json<{ tenant_id: string; event_id: string; contents: string }>();
      const times = (contents: string): string => (Number(contents) === 1 ? 'once' : `with ${contents} contents`);
      return new Map(rows.map((row) => [`${row.tenant_id} ${row.event_id}`, times(row.contents)]));
    } finally {
      await history.close();
    }
  }
}

/** Each question with how often it stands there, its run and how often that ended. */
function questionsIn(events: readonly ThreadEvent[]): Map<string, string> {
  const found = new Map<string, Question>();
  for (const event of events) {
    if (event.type !== 'user_message') continue;
    const key = `${event.threadId} ${event.data.clientMessageId}`;
    const known = found.get(key) ?? { runId: event.runId, times: 0 };
    known.times += 1;
    found.set(key, known);
  }
  const often = (times: number): string => (times === 1 ? 'once' : `${times} times`);
  return new Map(
    [...found].map(([key, { runId, times }]) => {
      const endings = events.filter((event) => event.runId === runId && isEnding(event)).length;
      return [key, `asked ${often(times)}, ${runId}, ended ${often(endings)}`];
    }),
  );
}
