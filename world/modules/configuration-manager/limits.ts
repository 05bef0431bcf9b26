import { sql, vouchFor, type UserId } from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import type { Answer, HttpClient, Problem } from '../../clients/http-client';
import { aroundNow, callOf } from '../analytics/analytics-under-test';
import type { Person } from '../../actors/person';
import { COMPANIES } from '../../actors/personas';
import type { Tenant } from '../../actors/tenant';

const PEOPLE = 20;

export type NameKind = 'feature' | 'model';

/** What companies pile up, and what whoever adds to it is answered. */
export class Limits {
  answer: Answer<Problem> | null = null;
  #kind: NameKind = 'feature';

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

  async reportNames(person: Person, count: number, kind: NameKind): Promise<void> {
    this.#kind = kind;
    const events = Array.from({ length: count }, (_, at) => callOf(`${kind} ${at}`, { [kind]: `${kind}-${at}` }));
    await (await this.#reporter(person)).require('post', '/v1/usage', { events });
  }

  async tryToReportAnother(person: Person): Promise<void> {
    const events = [callOf('one more', { [this.#kind]: 'one more' })];
    this.answer = await (await this.#reporter(person)).send<Problem>('post', '/v1/usage', { events });
  }

  async callsOf(person: Person): Promise<number> {
    const { from, to } = aroundNow();
    const path = `/v1/usage/coverage?from=${from}&to=${to}`;
    return (await (await this.#reporter(person)).require<{ calls: number }>('get', path)).calls;
  }

  /** Whoever may report the usage of the person's company. */
  #reporter({ tenant }: Person): Promise<HttpClient> {
    return tenant.administrator();
  }

  /** Why the latest thread or call was not taken. */
  get refusal(): Problem | null {
    return this.answer === null || this.answer.status < 300 ? null : this.answer.body;
  }

  async tryToOpenThread(person: Person): Promise<void> {
    this.answer = await (await person.http()).send<Problem>('post', '/v1/threads', { title: 'One more' });
  }
}
