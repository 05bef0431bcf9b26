import { z } from 'zod';
import {
  servicePrincipal,
  sql,
  vouchFor,
  type Plan,
  type Sql,
  type TenantContext,
  type TenantId,
  type ThreadId,
  type Transactions,
  type UserId,
} from '../../../kernel';

const THREADS_AT_ONCE = 200;
const quietRow = z.object({
  tenant_id: z.custom<TenantId>(),
  thread_id: z.custom<ThreadId>(),
  user_id: z.custom<UserId>(),
  last_event_at: z.date(),
  archived_seq: z.coerce.number(),
  head_seq: z.coerce.number(),
});
export type QuietThread = z.infer<typeof quietRow>;

export interface QuietThreadsDeps {
  readonly db: Transactions;
  /** Met by auth; a company that is gone is not among them. */
  readonly plansOf: (tenants: readonly TenantId[]) => Promise<ReadonlyMap<TenantId, Plan>>;
}

/**
 * The threads of all companies in which nothing has happened since, quietest first, each with the context of its owner: those that
 * hold events and meet `where`, about `thread_heads h`. Ids only: services do not see what is in a thread.
 */
export async function* quietThreads(
  { db, plansOf }: QuietThreadsDeps,
  asked: { readonly service: string; readonly since: Date; readonly where?: Sql },
): AsyncGenerator<{ readonly ctx: TenantContext; readonly thread: QuietThread }> {
  let after: QuietThread | undefined;
  do {
    const page = await readPage(db, asked, after);
    const planOf = await plansOf([...new Set(page.map(({ tenant_id: tenantId }) => tenantId))]);
    for (const thread of page) {
      const { tenant_id: tenantId, user_id: userId } = thread;
      const plan = planOf.get(tenantId);
      if (plan !== undefined) yield { ctx: vouchFor({ tenantId, userId, plan, permissions: [] }), thread };
    }
    after = page.length < THREADS_AT_ONCE ? undefined : page.at(-1);
  } while (after !== undefined);
}

function readPage(
  db: Transactions,
  { service, since, where }: { readonly service: string; readonly since: Date; readonly where?: Sql },
  after: QuietThread | undefined,
): Promise<readonly QuietThread[]> {
  const beyond = after && sql`and (h.last_event_at, h.thread_id) > (${after.last_event_at}, ${after.thread_id})`;
  return db.asService(
    servicePrincipal(service),
    (tx) =>
      tx.query(
        sql`select h.tenant_id, h.thread_id, t.user_id, h.last_event_at, h.head_seq,
              greatest(h.archived_seq, h.first_seq - 1) as archived_seq
            from thread_heads h join thread t using (tenant_id, thread_id)
            where h.last_event_at <= ${since} and h.first_seq <= h.head_seq ${where ?? sql``} ${beyond ?? sql``}
            order by h.last_event_at, h.thread_id limit ${THREADS_AT_ONCE}`,
        quietRow,
      ),
    { readOnly: true },
  );
}
