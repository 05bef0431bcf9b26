import { z } from 'zod';
import type { Archive } from '../../analytics';
import {
  Recurring,
  servicePrincipal,
  sql,
  type Clock,
  type Logger,
  type Sql,
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
/** As many as go in one rewrite of the history. */
const AT_ONCE = 1_000;
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
  await deleteParts(tx, sql`subject = any(${subjects}) and user_id = ${ctx.userId}`, now);
}

/** The same for one kind of content, of whomever in a company. */
export async function deleteArchivedOf(
  tx: Transaction,
  { tenantId, kind }: { readonly tenantId: TenantId; readonly kind: 'thread' | 'run' },
  subjects: readonly string[],
  now: Date,
): Promise<void> {
  await deleteParts(tx, sql`tenant_id = ${tenantId} and kind = ${kind} and subject = any(${subjects})`, now);
}

async function deleteParts(tx: Transaction, which: Sql, now: Date): Promise<void> {
  await tx.execute(sql`
    with gone as (delete from archive_part where ${which} returning tenant_id, subject, user_id)
    insert into archive_purge (tenant_id, subject, user_id, due_at)
    select distinct tenant_id, subject, user_id, ${now}::timestamptz from gone
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
  return new Recurring(deps.clock, regularly, async (closing) => {
    while (!closing.aborted && (await purge(deps)) === AT_ONCE);
  });
}

/** Resolves with how many were due. Killed anywhere, it is repeated a minute later by whoever is there. */
async function purge({ db, archive, clock }: PurgeDeps): Promise<number> {
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
  if (due.length === 0) return 0;
  await archive.erase(
    ...due.map(({ tenant_id: tenantId, user_id: userId, subject }) => ({ tenantId, userId, subject })),
  );
  const [second, first] = [due.filter((one) => one.is_second), due.filter((one) => !one.is_second)];
  await db.asService(RELAY, async (tx) => {
    await tx.execute(sql`delete from archive_purge p using ${listOf(second)} where ${IS_LISTED} and p.is_second`);
    await tx.execute(sql`update archive_purge p set is_second = true, due_at = ${new Date(now.getTime() + LAST_COPIES_MS)}
                         from ${listOf(first)} where ${IS_LISTED}`);
  });
  return due.length;
}

const IS_LISTED = sql`p.tenant_id = d.tenant_id and p.subject = d.subject`;

function listOf(due: readonly z.infer<typeof purgeRow>[]): Sql {
  const column = <K extends 'tenant_id' | 'subject'>(name: K) => due.map((one) => one[name]);
  return sql`unnest(${column('tenant_id')}::text[], ${column('subject')}::text[]) as d (tenant_id, subject)`;
}
