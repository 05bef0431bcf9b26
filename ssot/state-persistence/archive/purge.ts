import { z } from 'zod';
import type { Archive } from '../../analytics';
import {
  Recurring,
  servicePrincipal,
  sql,
  type Clock,
  type Logger,
  type TenantContext,
  type TenantId,
  type Transaction,
  type Transactions,
  type UserId,
} from '../../kernel';

const RELAY = servicePrincipal('archive-purge');
const EVERY_MS = 30_000;
const RETRY_MS = 60_000;
/** Longer than anybody copies something into the history: what was on its way when its thread was deleted is there by then. */
const LAST_COPIES_MS = 120_000;
const AT_ONCE = 100;
const purgeRow = z.object({
  tenant_id: z.custom<TenantId>(),
  subject: z.string(),
  user_id: z.custom<UserId>(),
  is_second: z.boolean(),
});

/** What the history holds of a thread and its runs is nobody's to read from the commit on, and goes from there soon after. */
export async function deleteArchived(
  tx: Transaction,
  ctx: TenantContext,
  subjects: readonly string[],
  now: Date,
): Promise<void> {
  const { tenantId, userId } = ctx;
  await tx.execute(sql`
    with gone as (
      delete from archive_part where subject = any(${subjects}) and user_id = ${userId} returning subject)
    insert into archive_purge (tenant_id, subject, user_id, due_at)
    select distinct ${tenantId}, subject, ${userId}, ${now}::timestamptz from gone
    on conflict (tenant_id, subject) do update set due_at = excluded.due_at, is_second = false`);
}

export interface PurgeDeps {
  readonly db: Transactions;
  readonly archive: Archive;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Removes from the history what was deleted in PostgreSQL, and looks once more when nothing can be on its way there. */
export function startPurge(deps: PurgeDeps): AsyncDisposable {
  const onFailure = (reason: string): void =>
    deps.logger.warn({ reason }, 'what was deleted could not all be removed from the history; it will be');
  const regularly = { firstAfterMs: EVERY_MS, everyMs: EVERY_MS, onFailure };
  return new Recurring(deps.clock, regularly, (closing) => purge(deps, closing));
}

async function purge({ db, archive, clock }: PurgeDeps, closing: AbortSignal): Promise<void> {
  const now = new Date(clock.now());
  const due = await db.asService(RELAY, (tx) =>
    tx.query(
      sql`update archive_purge set due_at = ${new Date(now.getTime() + RETRY_MS)}
            where (tenant_id, subject) in (
              select tenant_id, subject from archive_purge where due_at <= ${now}
              order by due_at limit ${AT_ONCE} for update skip locked)
            returning tenant_id, subject, user_id, is_second`,
      purgeRow,
    ),
  );
  for (const { tenant_id: tenantId, subject, user_id: userId, is_second: isSecond } of due) {
    if (closing.aborted) return;
    await archive.erase({ tenantId, userId, subject });
    await db.asService(RELAY, (tx) =>
      tx.execute(
        isSecond
          ? sql`delete from archive_purge where tenant_id = ${tenantId} and subject = ${subject} and is_second`
          : sql`update archive_purge set is_second = true, due_at = ${new Date(now.getTime() + LAST_COPIES_MS)}
                  where tenant_id = ${tenantId} and subject = ${subject}`,
      ),
    );
  }
}
