import { z } from 'zod';
import {
  assertAllowed,
  emptySql,
  lockOf,
  sql,
  type Clock,
  type Id,
  type Sql,
  type TenantContext,
  type ThreadDependents,
  type ThreadId,
  type Transaction,
  type Transactions,
} from '../../kernel';
import type { Thread, ThreadLimits, Threads } from '../contract';
import { ChatError, threadNotFound } from '../errors';

const threadColumns = z.object({ thread_id: z.custom<ThreadId>(), title: z.string(), created_at: z.date() });
const threadRow = threadColumns.transform(threadOf);
const madeRow = threadColumns.extend({ creation_title: z.string() });

const countsRow = z.object({ person: z.coerce.number(), company: z.coerce.number() });

export function createThreads(ports: {
  readonly db: Transactions;
  readonly clock: Clock;
  readonly ids: { next(kind: 'thread'): Id<'thread'> };
  readonly limits: ThreadLimits;
  /** The modules whose rows hang on threads. */
  readonly dependents?: readonly ThreadDependents[];
}): Threads {
  const { db, clock, ids, limits, dependents = [] } = ports;
  return {
    async create(ctx, title, key) {
      assertAllowed(ctx, 'chat:use');
      const thread: Thread = { threadId: ids.next('thread'), title, createdAt: new Date(clock.now()) };
      const inForce = await limits(ctx);
      return db.transaction(ctx, async (tx) => {
        lockOfCompany(tx, ctx);
        const known = key === undefined ? undefined : await madeBefore(tx, ctx, title, key);
        if (known !== undefined) return known;
        await assertRoom(tx, ctx, inForce);
        const createdWith = key === undefined ? null : title;
        tx.send(sql`
          with made as (
            insert into thread (tenant_id, thread_id, user_id, title, created_at, creation_key, creation_title)
            values (${ctx.tenantId}, ${thread.threadId}, ${ctx.userId}, ${title}, ${thread.createdAt}, ${key ?? null},
              ${createdWith})
            returning tenant_id, thread_id)
          insert into thread_heads (tenant_id, thread_id) select tenant_id, thread_id from made`);
        return thread;
      });
    },
    async list(ctx, { limit, before }) {
      assertAllowed(ctx, 'chat:use');
      // By the time column first: a name given by an instance whose clock was ahead decides no order (ID-02).
      return db.transaction(
        ctx,
        async (tx) => {
          const older = before === undefined ? emptySql : await olderThan(tx, ctx, before);
          return tx.query(
            sql`select thread_id, title, created_at from thread where user_id = ${ctx.userId} ${older}
                order by created_at desc, thread_id desc limit ${limit}`,
            threadRow,
          );
        },
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
    async rename(ctx, id, title) {
      assertAllowed(ctx, 'chat:use');
      const [thread] = await db.transaction(ctx, (tx) =>
        tx.query(
          sql`update thread set title = ${title} where thread_id = ${id} and user_id = ${ctx.userId}
              returning thread_id, title, created_at`,
          threadRow,
        ),
      );
      if (thread === undefined) throw threadNotFound();
      return thread;
    },
    async delete(ctx: TenantContext, id) {
      assertAllowed(ctx, 'chat:use');
      const deleteDependents = async (tx: Transaction): Promise<void> => {
        for (const dependent of dependents) await dependent.deleteOfThread(ctx, id, tx);
      };
      await db.transaction(ctx, async (tx) => {
        // In the order in which whoever works on the thread locks: first what is worked on, then the thread.
        await deleteDependents(tx);
        const { rows } = await tx.execute(sql`delete from thread where thread_id = ${id} and user_id = ${ctx.userId}`);
        if (rows === 0) throw threadNotFound();
        // What was stored until the thread's lock was had; nothing can be added to a thread that is gone.
        await deleteDependents(tx);
      });
    },
  };
}

/** Whoever asks behind a thread that is gone begins anew: an empty page would be the end of the list. */
async function olderThan(tx: Transaction, { userId }: TenantContext, before: ThreadId): Promise<Sql> {
  const [last] = await tx.query(
    sql`select created_at from thread where thread_id = ${before} and user_id = ${userId}`,
    threadColumns.pick({ created_at: true }),
  );
  if (last === undefined) throw threadNotFound('before');
  return sql`and (created_at, thread_id) < (${last.created_at}::timestamptz, ${before}::text)`;
}

/** Whoever creates a thread of a company holds the company's lock until it is counted: no two take the last place. */
function lockOfCompany(tx: Transaction, { tenantId }: TenantContext): void {
  tx.send(lockOf(`threads of ${tenantId}`));
}

/** The thread that this request made when it came first. */
async function madeBefore(
  tx: Transaction,
  ctx: TenantContext,
  title: string,
  key: string,
): Promise<Thread | undefined> {
  const [row] = await tx.query(
    sql`select thread_id, title, created_at, creation_title from thread
        where user_id = ${ctx.userId} and creation_key = ${key}`,
    madeRow,
  );
  if (row !== undefined && row.creation_title !== title) {
    throw new ChatError(
      'idempotency_key_reused',
      'This Idempotency-Key belongs to a thread with another title. Give each new thread its own.',
      { field: 'idempotency-key' },
    );
  }
  return row && threadOf(row);
}

async function assertRoom(
  tx: Transaction,
  ctx: TenantContext,
  limits: Awaited<ReturnType<ThreadLimits>>,
): Promise<void> {
  const [counts] = (await tx.query(
    sql`select coalesce(sum(threads) filter (where user_id = ${ctx.userId}), 0) as person,
          coalesce(sum(threads), 0) as company from thread_counts`,
    countsRow,
  )) as [z.infer<typeof countsRow>];
  const { threadsPerPerson, threadsPerTenant } = limits;
  if (counts.person >= threadsPerPerson) {
    throw new ChatError(
      'thread_limit',
      `You have ${threadsPerPerson} ${threadsPerPerson === 1 ? 'thread' : 'threads'}, as many as you may have. Delete one first.`,
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

function threadOf(row: z.infer<typeof threadColumns>): Thread {
  return { threadId: row.thread_id, title: row.title, createdAt: row.created_at };
}
