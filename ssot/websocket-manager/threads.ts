import { z } from 'zod';
import {
  assertAllowed,
  sql,
  type Clock,
  type Id,
  type Plan,
  type TenantContext,
  type ThreadId,
  type Transaction,
  type Transactions,
} from '../kernel';
import type { Thread, ThreadLimits, Threads } from './contract';
import { ChatError, threadNotFound } from './errors';

const threadRow = z
  .object({ thread_id: z.custom<ThreadId>(), title: z.string(), created_at: z.date() })
  .transform((row): Thread => ({ threadId: row.thread_id, title: row.title, createdAt: row.created_at }));

const countsRow = z.object({ person: z.coerce.number(), company: z.coerce.number() });

export function createThreads(ports: {
  readonly db: Transactions;
  readonly clock: Clock;
  readonly ids: { next(kind: 'thread'): Id<'thread'> };
  readonly plans: ThreadLimits;
}): Threads {
  const { db, clock, ids, plans } = ports;
  return {
    async create(ctx, title) {
      assertAllowed(ctx, 'chat:use');
      const thread: Thread = { threadId: ids.next('thread'), title, createdAt: new Date(clock.now()) };
      await db.transaction(ctx, async (tx) => {
        await assertRoom(tx, ctx, plans[ctx.plan]);
        tx.send(sql`
          with made as (
            insert into thread (tenant_id, thread_id, user_id, title, created_at)
            values (${ctx.tenantId}, ${thread.threadId}, ${ctx.userId}, ${title}, ${thread.createdAt})
            returning tenant_id, thread_id)
          insert into thread_heads (tenant_id, thread_id) select tenant_id, thread_id from made`);
      });
      return thread;
    },
    async list(ctx, { limit, before }) {
      assertAllowed(ctx, 'chat:use');
      // By the time column first: a name given by an instance whose clock was ahead decides no order (ID-02).
      return db.transaction(
        ctx,
        (tx) =>
          tx.query(
            sql`select thread_id, title, created_at from thread
                where user_id = ${ctx.userId} and (${before ?? null}::text is null or (created_at, thread_id) <
                  (select created_at, thread_id from thread where thread_id = ${before ?? null}))
                order by created_at desc, thread_id desc limit ${limit}`,
            threadRow,
          ),
        { readOnly: true },
      );
    },
    async get(ctx, id) {
      assertAllowed(ctx, 'chat:use');
      const [thread] = await db.transaction(
        ctx,
        (tx) =>
          tx.query(
            sql`select thread_id, title, created_at from thread where thread_id = ${id} and user_id = ${ctx.userId}`,
            threadRow,
          ),
        { readOnly: true },
      );
      if (thread === undefined) throw threadNotFound();
      return thread;
    },
    async delete(ctx: TenantContext, id) {
      assertAllowed(ctx, 'chat:use');
      const { rows } = await db.transaction(ctx, (tx) =>
        tx.execute(sql`delete from thread where thread_id = ${id} and user_id = ${ctx.userId}`),
      );
      if (rows === 0) throw threadNotFound();
    },
  };
}

/** Whoever creates a thread of a company holds the company's lock until it is counted: no two take the last place. */
async function assertRoom(tx: Transaction, ctx: TenantContext, limits: ThreadLimits[Plan]): Promise<void> {
  tx.send(sql`select pg_advisory_xact_lock(hashtextextended(${`threads of ${ctx.tenantId}`}, 0))`);
  const [counts] = (await tx.query(
    sql`select coalesce(sum(threads) filter (where user_id = ${ctx.userId}), 0) as person,
          coalesce(sum(threads), 0) as company from thread_counts`,
    countsRow,
  )) as [z.infer<typeof countsRow>];
  const { threadsPerPerson, threadsPerTenant } = limits;
  if (counts.person >= threadsPerPerson) {
    throw new ChatError(
      'thread_limit',
      `You have ${threadsPerPerson} threads, as many as your plan allows. Delete one first.`,
      {
        limit: { name: 'threadsPerPerson', max: threadsPerPerson },
      },
    );
  }
  if (counts.company >= threadsPerTenant) {
    throw new ChatError(
      'thread_limit',
      `Your company has ${threadsPerTenant} threads, as many as its plan allows. Delete one first, or ask for a larger plan.`,
      { limit: { name: 'threadsPerTenant', max: threadsPerTenant } },
    );
  }
}
