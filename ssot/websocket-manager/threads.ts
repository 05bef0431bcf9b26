import { z } from 'zod';
import {
  assertAllowed,
  sql,
  type Clock,
  type Id,
  type TenantContext,
  type ThreadId,
  type Transactions,
} from '../kernel';
import type { Thread, Threads } from './contract';
import { threadNotFound } from './errors';

const threadRow = z
  .object({ thread_id: z.custom<ThreadId>(), title: z.string(), created_at: z.date() })
  .transform((row): Thread => ({ threadId: row.thread_id, title: row.title, createdAt: row.created_at }));

export function createThreads(ports: {
  readonly db: Transactions;
  readonly clock: Clock;
  readonly ids: { next(kind: 'thread'): Id<'thread'> };
}): Threads {
  const { db, clock, ids } = ports;
  return {
    async create(ctx, title) {
      assertAllowed(ctx, 'chat:use');
      const thread: Thread = { threadId: ids.next('thread'), title, createdAt: new Date(clock.now()) };
      await db.transaction(ctx, (tx) =>
        tx.execute(sql`
          with made as (
            insert into thread (tenant_id, thread_id, user_id, title, created_at)
            values (${ctx.tenantId}, ${thread.threadId}, ${ctx.userId}, ${title}, ${thread.createdAt})
            returning tenant_id, thread_id)
          insert into thread_heads (tenant_id, thread_id) select tenant_id, thread_id from made`),
      );
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
