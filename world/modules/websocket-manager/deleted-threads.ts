import { raw } from 'sql-template-tag';
import { z } from 'zod';
import { sql, vouchFor } from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import type { Person } from '../../actors/person';
import { answersTo, idsOf, idsOfNothing, type ThreadIds } from './thread-addresses';

const tableRow = z.object({ name: z.string() });
const READABLE = sql`
  select relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'r' and has_table_privilege(oid, 'select') order by relname`;

/** What is left of a thread that was deleted: for whoever asks for it at any address, and in PostgreSQL. */
export class DeletedThreads {
  #ids: ThreadIds | null = null;

  constructor(private readonly connections: Connections) {}

  /** Deletes the thread of their latest run. */
  async delete(person: Person, title: string): Promise<void> {
    this.#ids = idsOf(person, title);
    await person.deleteThread(title);
  }

  /** What every address answers: with the ids of the deleted thread, and with ids that never were. */
  async answers(person: Person): Promise<{ deleted: readonly string[]; neverThere: readonly string[] }> {
    const neverThere = await answersTo(person, idsOfNothing(this.connections));
    return { deleted: await answersTo(person, this.#known), neverThere };
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

  get #known(): ThreadIds {
    if (this.#ids === null) throw new Error('no thread was deleted');
    return this.#ids;
  }
}
