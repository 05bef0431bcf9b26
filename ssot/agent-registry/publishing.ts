import { z } from 'zod';
import { sql, type Json, type RunId, type TenantContext, type Transactions, type UserId } from '../kernel';
import type { PublishedReport, ToolMeans } from './contract';
import type { Report } from './work';

const MOST_SHOWN = 50;
const publishedRow = z
  .object({ run_id: z.custom<RunId>(), user_id: z.custom<UserId>(), published_at: z.date(), report: z.custom<Json>() })
  .transform((row): PublishedReport => ({
    runId: row.run_id,
    userId: row.user_id,
    publishedAt: row.published_at,
    report: row.report,
  }));

/** Shares a report with everybody in the company; again under the same `effect` changes nothing. */
export async function publish(
  { db, clock, run, effect }: ToolMeans,
  ctx: TenantContext,
  report: Report,
): Promise<void> {
  const at = new Date(clock.now());
  await db.transaction(ctx, (tx) =>
    tx.execute(sql`
      insert into published_reports (tenant_id, effect, run_id, user_id, report, published_at)
      values (${ctx.tenantId}, ${effect}, ${run.runId}, ${ctx.userId}, ${JSON.stringify(report)}, ${at})
      on conflict (tenant_id, effect) do nothing`),
  );
}

export async function published(db: Transactions, ctx: TenantContext): Promise<readonly PublishedReport[]> {
  return db.transaction(
    ctx,
    (tx) =>
      tx.query(
        sql`select run_id, user_id, report, published_at from published_reports
            order by published_at desc, effect desc limit ${MOST_SHOWN}`,
        publishedRow,
      ),
    { readOnly: true },
  );
}
