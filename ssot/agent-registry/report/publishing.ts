import { z } from 'zod';
import {
  assertAllowed,
  sql,
  type Clock,
  type Json,
  type RunId,
  type TenantContext,
  type Transactions,
  type UserId,
} from '../../kernel';
import type { PublishedPage, PublishedReport } from '../contract';
import { AgentError, runNotFound } from '../errors';

const USUAL_SHOWN = 50;
const publishedRow = z
  .object({ run_id: z.custom<RunId>(), user_id: z.custom<UserId>(), published_at: z.date(), report: z.custom<Json>() })
  .transform((row): PublishedReport => ({
    runId: row.run_id,
    userId: row.user_id,
    publishedAt: row.published_at,
    report: row.report,
  }));
const sharedRow = z.object({ published_at: z.date().nullable() });

/**
 * Shares the report of one's own run with everybody in the company; again, it stays shared since the first time. Throws
 * `run_not_found`, `report_missing` when the run has no report, `not_allowed`.
 */
export async function publish(
  { db, clock }: { readonly db: Transactions; readonly clock: Clock },
  ctx: TenantContext,
  id: RunId,
): Promise<{ publishedAt: Date }> {
  assertAllowed(ctx, 'reports:publish');
  const at = new Date(clock.now());
  return db.transaction(ctx, async (tx) => {
    // Held, so that a run that is being deleted is not shared.
    const [run] = await tx.query(
      sql`select case when report is null then null else ${at}::timestamptz end as published_at
          from runs where id = ${id} and user_id = ${ctx.userId} for share`,
      sharedRow,
    );
    if (run === undefined) throw runNotFound();
    if (run.published_at === null) {
      throw new AgentError('report_missing', 'This question has no report that could be shared.', { field: 'runId' });
    }
    await tx.execute(sql`
      insert into published_reports (tenant_id, run_id, user_id, report, published_at)
      select tenant_id, id, user_id, report, ${at} from runs where id = ${id}
      on conflict (tenant_id, run_id) do nothing`);
    const [published] = await tx.query(
      sql`select published_at from published_reports where run_id = ${id}`,
      z.object({ published_at: z.date() }),
    );
    return { publishedAt: published?.published_at ?? at };
  });
}

/** Takes it back: nobody else can read it any more. Of a run that is not shared, nothing changes. Throws `run_not_found`. */
export async function unpublish(db: Transactions, ctx: TenantContext, id: RunId): Promise<void> {
  assertAllowed(ctx, 'chat:use');
  await db.transaction(ctx, async (tx) => {
    const { rows } = await tx.execute(sql`select from runs where id = ${id} and user_id = ${ctx.userId}`);
    if (rows === 0) throw runNotFound();
    await tx.execute(sql`delete from published_reports where run_id = ${id} and user_id = ${ctx.userId}`);
  });
}

/**
 * What the company shares, newest first, so many at most; with `threadId`, what the asker has shared of this thread of theirs;
 * with `before`, what was shared before that one. Throws `run_not_found` when that one is not shared, or no more.
 */
export async function listPublished(
  db: Transactions,
  ctx: TenantContext,
  { threadId, before, limit = USUAL_SHOWN }: PublishedPage = {},
): Promise<readonly PublishedReport[]> {
  const ofThread = threadId ?? null;
  return db.transaction(
    ctx,
    async (tx) => {
      const [last] =
        before === undefined
          ? [{ published_at: null }]
          : await tx.query(sql`select published_at from published_reports where run_id = ${before}`, sharedRow);
      if (last === undefined) throw runNotFound('before');
      return tx.query(
        sql`select run_id, user_id, report, published_at from published_reports
            where (${ofThread}::text is null
                or run_id in (select id from runs where thread_id = ${ofThread} and user_id = ${ctx.userId}))
              and (${before ?? null}::text is null
                or (published_at, run_id) < (${last.published_at}::timestamptz, ${before ?? null}::text))
            order by published_at desc, run_id desc limit ${limit}`,
        publishedRow,
      );
    },
    { readOnly: true },
  );
}
