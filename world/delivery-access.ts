import { z } from 'zod';
import { joinSql, type PlatformError, sql, vouchFor, type Sql, type TenantContext } from '../ssot/kernel';
import type { Delivery } from './delivery';
import { RunInWords } from './delivery-words';
import type { PersonName } from './personas';

const TABLES = ['thread', 'thread_heads', 'thread_events', 'run_sequences'] as const;
const counted = z.object({ rows: z.coerce.number() });

/** Who may read and add to whose threads, tried through the module and past it. */
export class Access {
  /** Rows of each table, by whose rights they were counted. */
  readonly seen = new Map<string, readonly number[]>();
  pages: readonly (readonly string[])[] = [];
  foreign: readonly string[] = [];

  constructor(
    private readonly delivery: Delivery,
    private readonly minute: () => void,
    private readonly names: ConstructorParameters<typeof RunInWords>[0],
  ) {}

  async readAndAdd(context: TenantContext): Promise<void> {
    const { log } = this.delivery.instance();
    const threadId = this.delivery.thread();
    await this.delivery.refused(() => log.read(context, threadId, 0));
    await this.delivery.refused(() => log.append(context, threadId, new RunInWords(this.names).all('the question')));
    await this.delivery.db.settled();
  }

  /** With the person's rights, and whatever PostgreSQL lets through: the module is not asked. */
  async countPast(names: readonly PersonName[]): Promise<void> {
    const database = await this.delivery.database();
    for (const name of names) {
      const rows = await database.transaction(this.delivery.contextOf(name), (tx) =>
        tx.query(joinSql(TABLES.map(countOf(this.delivery.thread())), ' union all '), counted),
      );
      this.seen.set(
        name,
        rows.map((row) => row.rows),
      );
    }
  }

  /** Writes with one person's rights into another's company. */
  async writePast(name: PersonName, into: PersonName): Promise<void> {
    const database = await this.delivery.database();
    const { tenantId, userId } = this.delivery.contextOf(into);
    const threadId = this.delivery.thread();
    await this.delivery.refused(() =>
      database.transaction(this.delivery.contextOf(name), (tx) =>
        tx
          .execute(sql`update thread set title = 'taken' where thread_id = ${threadId} and tenant_id = ${tenantId}`)
          .then(({ rows }) => {
            if (rows > 0) throw new Error('a foreign row was changed');
            return tx.execute(sql`insert into thread (tenant_id, thread_id, user_id, title, created_at)
              values (${tenantId}, ${threadId.replace(/.$/, '0')}, ${userId}, 'planted', now())`);
          }),
      ),
    );
  }

  async openInTurn(name: PersonName, titles: readonly string[]): Promise<void> {
    for (const title of titles) {
      await this.delivery.threadOf(name, title);
      this.minute();
    }
  }

  async listInPages(name: PersonName, limit: number): Promise<void> {
    const threads = this.delivery.conversations();
    const context = this.delivery.contextOf(name);
    const first = await threads.list(context, { limit });
    const last = first.at(-1)?.threadId;
    const second = await threads.list(context, { limit, ...(last === undefined ? {} : { before: last }) });
    this.pages = [first, second].map((page) => page.map(({ title }) => title));
  }

  /** What others are told when they list, get and delete what is not theirs. */
  async tryAs(names: readonly PersonName[]): Promise<void> {
    const threads = this.delivery.conversations();
    for (const name of names) {
      const context = this.delivery.contextOf(name);
      this.foreign = [...this.foreign, ...(await threads.list(context, { limit: 100 })).map(({ title }) => title)];
      for (const threadId of this.delivery.threads.values()) {
        await this.delivery.refused(() => threads.get(context, threadId));
        await this.delivery.refused(() => threads.delete(context, threadId));
      }
    }
  }

  async withoutPermission(name: PersonName): Promise<void> {
    const threads = this.delivery.conversations();
    const context = vouchFor({ ...this.delivery.contextOf(name), permissions: ['usage:read'] });
    const threadId = this.delivery.thread();
    await this.delivery.refused(() => threads.create(context, 'more'));
    await this.delivery.refused(() => threads.list(context, { limit: 1 }));
    await this.delivery.refused(() => threads.get(context, threadId));
    await this.delivery.refused(() => threads.delete(context, threadId));
  }

  /** The thread as its owner gets it; the moment it was opened included. */
  async own(name: PersonName): Promise<object> {
    return this.delivery.conversations().get(this.delivery.contextOf(name), this.delivery.thread());
  }

  get codes(): readonly string[] {
    return this.delivery.refusals.map((refusal: PlatformError) => refusal.code);
  }
}

function countOf(threadId: string): (table: (typeof TABLES)[number]) => Sql {
  const of = {
    thread: sql`select count(*) as rows from thread where thread_id = ${threadId}`,
    thread_heads: sql`select count(*) as rows from thread_heads where thread_id = ${threadId}`,
    thread_events: sql`select count(*) as rows from thread_events where thread_id = ${threadId}`,
    run_sequences: sql`select count(*) as rows from run_sequences where thread_id = ${threadId}`,
  };
  return (table) => of[table];
}
