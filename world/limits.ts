import { sql, vouchFor, type UserId } from '../ssot/kernel';
import type { Connections } from './connections';
import type { Answer, Problem } from './http-client';
import type { Person } from './person';
import { COMPANIES } from './personas';
import type { Tenant } from './tenant';

const PEOPLE = 20;

/** What companies pile up, and what whoever adds to it is answered. */
export class Limits {
  answer: Answer<Problem> | null = null;

  constructor(private readonly connections: Connections) {}

  /** Stored for many colleagues at once, so that none of them has reached a limit of their own. */
  async fillWithThreads(tenant: Tenant, count: number): Promise<void> {
    const { ids } = this.connections;
    const people = Array.from({ length: PEOPLE }, () => ids.next('user'));
    const tenantId = await tenant.id();
    const context = vouchFor({
      tenantId,
      userId: people[0] as UserId,
      plan: COMPANIES[tenant.name].plan,
      permissions: [],
    });
    const threads = Array.from({ length: count }, (_, at) => ({
      thread_id: ids.next('thread'),
      user_id: people[at % PEOPLE],
    }));
    const database = await this.connections.database();
    await database.transaction(context, (tx) =>
      tx.execute(sql`
        insert into thread (tenant_id, thread_id, user_id, title, created_at)
        select ${tenantId}, t.thread_id, t.user_id, 'Offsite', now()
        from jsonb_to_recordset(${JSON.stringify(threads)}::jsonb) as t(thread_id text, user_id text)`),
    );
  }

  async tryToOpenThread(person: Person): Promise<void> {
    this.answer = await (await person.http()).send<Problem>('post', '/v1/threads', { title: 'One more' });
  }
}
