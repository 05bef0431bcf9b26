import { raw } from 'sql-template-tag';
import { z } from 'zod';
import { sql, vouchFor, type CallId, type RunId, type ThreadId } from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import type { Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';

interface Ids {
  readonly threadId: ThreadId;
  readonly runId: RunId;
  readonly callId: CallId;
}

const tableRow = z.object({ name: z.string() });
const READABLE = sql`
  select relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'r' and has_table_privilege(oid, 'select') order by relname`;

/** What is left of a thread that was deleted: for whoever asks for it at any address, and in PostgreSQL. */
export class DeletedThreads {
  #ids: Ids | null = null;

  constructor(private readonly connections: Connections) {}

  /** Deletes the thread of their latest run. */
  async delete(person: Person, title: string): Promise<void> {
    const device = person.anyDevice();
    const called = device.story().find(({ type }) => type === 'tool_executing');
    if (person.latestRun === null || called?.type !== 'tool_executing') throw new Error('no tool was called');
    this.#ids = { threadId: person.thread(title), runId: person.latestRun, callId: called.data.callId };
    await person.deleteThread(title);
  }

  /** What every address answers: with the ids of the deleted thread, and with ids that never were. */
  async answers(person: Person): Promise<{ deleted: readonly string[]; neverThere: readonly string[] }> {
    const { ids } = this.connections;
    const fresh = { threadId: ids.next('thread'), runId: ids.next('run'), callId: ids.next('call') };
    return { deleted: await answersTo(person, this.#known), neverThere: await answersTo(person, fresh) };
  }

  /** The tables of the person's company in which something still names the thread, its run or the call. */
  async leftIn(person: Person): Promise<readonly string[]> {
    const { tenantId, userId } = await person.signIn();
    const ctx = vouchFor({ tenantId, userId, plan: 'enterprise', permissions: [] });
    const database = await this.connections.database();
    const wanted = Object.values(this.#known).map((id) => `%${id}%`);
    return database.transaction(ctx, async (tx) => {
      const left: string[] = [];
      for (const { name } of await tx.query(READABLE, tableRow)) {
        // A name that the catalogue gave.
        const table = raw(`"${name}"`);
        const found = await tx.execute(
          sql`select from ${table} t where to_jsonb(t)::text like any (${wanted}) limit 1`,
        );
        if (found.rows > 0) left.push(name);
      }
      return left;
    });
  }

  get #known(): Ids {
    if (this.#ids === null) throw new Error('no thread was deleted');
    return this.#ids;
  }
}

async function answersTo(person: Person, { threadId, runId, callId }: Ids): Promise<readonly string[]> {
  const http = await person.http();
  const thread = `/v1/threads/${threadId}`;
  const run = `/v1/runs/${runId}`;
  const asked = [
    ['get', thread],
    ['get', `${thread}/events`],
    ['patch', thread, { title: 'Q4 spend' }],
    ['post', `${thread}/messages`, { clientMessageId: 'again', text: 'Where does our money go?' }],
    ['delete', thread],
    ['get', run],
    ['get', `${run}/calls/${callId}`],
    ['post', `${run}/cancel`],
    ['post', `${run}/publication`],
    ['delete', `${run}/publication`],
    ['get', `/v1/reports?threadId=${threadId}`],
    ['get', `/v1/threads?before=${threadId}`],
  ] as const;
  const answers: string[] = [];
  for (const [method, path, body] of asked) {
    const answer = await http.send<Partial<Problem>>(method, path, body);
    const { code = JSON.stringify(answer.body), detail = '' } = answer.body;
    answers.push(`${method} ${path.replaceAll(/[a-z]+_[0-9a-z]{26}/g, '…')}: ${answer.status} ${code} ${detail}`);
  }
  return answers;
}
