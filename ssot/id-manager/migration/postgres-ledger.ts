import { z } from 'zod';
import { sql, type Id, type TenantContext, type Transaction, type Transactions } from '../../kernel';
import { ID_CODES } from '../errors';
import { ID_KINDS, type IdKind, type MigrationId } from '../kinds';
import type { BatchOutcome, LedgerEntry, LedgerTotals, LegacyRecord, MigrationLedger, Refusal } from './ledger';

/** What the ledger needs of a database; database-manager meets it. */
export type LedgerDb = Pick<Transactions, 'transaction'>;

const kind = z.enum(ID_KINDS);
const key = z.object({ kind, legacy: z.string() });
const refusal = z.object({ kind, legacy: z.string(), reason: z.enum(ID_CODES) });
const counts = z.object({ seen: z.coerce.number(), converted: z.coerce.number() });
const link = z.object({ kind, legacy: z.string(), parent_kind: kind, parent_legacy: z.string() });
const found = z.object({ new_id: z.string() });
const state = z.object({ state: z.enum(['open', 'cut_over']) });

/** A converted record whose parent is not among the converted. */
const ORPHANED = sql`outcome = 'converted' and parent_kind is not null and not exists (
  select from id_migration_item parent where parent.tenant_id = item.tenant_id and parent.kind = item.parent_kind
    and parent.legacy = item.parent_legacy and parent.outcome = 'converted')`;

/** The ledger in PostgreSQL, in the tables of `idSchemaChanges`. */
export function postgresLedger(db: LedgerDb): MigrationLedger {
  return new PostgresLedger(db);
}

class PostgresLedger implements MigrationLedger {
  constructor(private readonly db: LedgerDb) {}

  async open(ctx: TenantContext, { id, name, at }: { id: MigrationId; name: string; at: Date }): Promise<void> {
    await this.db.transaction(ctx, (tx) =>
      tx.execute(sql`insert into id_migration (tenant_id, id, name, opened_at)
        values (${ctx.tenantId}, ${id}, ${name}, ${at}) on conflict (tenant_id, name) do nothing`),
    );
  }

  add(ctx: TenantContext, name: string, entries: readonly LedgerEntry[], at: Date): Promise<BatchOutcome | 'closed'> {
    // One order for everybody, so that two workers on the same records wait for each other and never deadlock.
    const sorted = sortedUnique(entries);
    return this.db.transaction(ctx, async (tx) => {
      // Locked to the end: a cut-over waits for the batches under way, and batches after it see that it happened.
      const [migration] = await tx.query(sql`select state from id_migration where name = ${name} for share`, state);
      if (migration?.state !== 'open') return 'closed';
      const inserted = await insert(tx, ctx, sorted, at);
      const rest = without(sorted, inserted);
      const present = rest.length === 0 ? [] : await tx.query(selectPresent(rest), key);
      // What was neither inserted nor is in the tenant's own ledger has been imported by another tenant.
      const taken = without(rest, present).map((entry) => ({
        ...entry,
        newId: null,
        reason: 'id_legacy_taken' as const,
      }));
      if (taken.length > 0) await insert(tx, ctx, taken, at);
      const refusedNow = [...within(sorted, inserted).filter((entry) => entry.reason !== null), ...taken];
      return {
        converted: inserted.length + taken.length - refusedNow.length,
        already: entries.length - inserted.length - taken.length,
        refused: refusedNow.map(refusalOf),
      };
    });
  }

  find(ctx: TenantContext, kind: IdKind, legacy: string): Promise<Id | undefined> {
    return this.db.transaction(
      ctx,
      async (tx) => {
        const rows = await tx.query(
          sql`select new_id from id_migration_item
            where tenant_id = ${ctx.tenantId} and kind = ${kind} and legacy = ${legacy} and outcome = 'converted'`,
          found,
        );
        return rows[0]?.new_id as Id | undefined;
      },
      { readOnly: true },
    );
  }

  remove(ctx: TenantContext, kind: IdKind, legacy: string): Promise<boolean> {
    return this.db.transaction(ctx, async (tx) => {
      const { rows } = await tx.execute(sql`delete from id_migration_item item
        where tenant_id = ${ctx.tenantId} and kind = ${kind} and legacy = ${legacy}
          and (outcome = 'refused' or (${ORPHANED}))`);
      return rows === 1;
    });
  }

  totals(ctx: TenantContext): Promise<LedgerTotals> {
    return this.db.transaction(ctx, (tx) => readTotals(tx, ctx), { isolation: 'repeatable read', readOnly: true });
  }

  close(
    ctx: TenantContext,
    name: string,
    mayClose: (totals: LedgerTotals) => boolean,
    at: Date,
  ): Promise<LedgerTotals> {
    return this.db.transaction(ctx, async (tx) => {
      await tx.query(sql`select state from id_migration where name = ${name} for update`, state);
      const totals = await readTotals(tx, ctx);
      if (mayClose(totals)) {
        await tx.execute(sql`update id_migration set state = 'cut_over', cut_over_at = ${at}
          where name = ${name} and state = 'open'`);
      }
      return totals;
    });
  }
}

type Key = { readonly kind: IdKind; readonly legacy: string };

/** Inserts the entries that are new and returns their keys. */
function insert(
  tx: Transaction,
  ctx: TenantContext,
  entries: readonly LedgerEntry[],
  at: Date,
): Promise<readonly Key[]> {
  return tx.query(
    sql`insert into id_migration_item
        (tenant_id, kind, legacy, new_id, parent_kind, parent_legacy, outcome, reason, at)
      select ${ctx.tenantId}, kind, legacy, new_id, parent_kind, parent_legacy,
        case when reason is null then 'converted' else 'refused' end, reason, ${at}
      from unnest(${column(entries, 'kind')}::text[], ${column(entries, 'legacy')}::text[],
        ${column(entries, 'newId')}::text[], ${column(entries, 'parentKind')}::text[],
        ${column(entries, 'parentLegacy')}::text[], ${column(entries, 'reason')}::text[])
        as entry (kind, legacy, new_id, parent_kind, parent_legacy, reason)
      on conflict do nothing returning kind, legacy`,
    key,
  );
}

/** Which of the entries are in the tenant's own ledger. */
function selectPresent(entries: readonly LedgerEntry[]): ReturnType<typeof sql> {
  return sql`select kind, legacy from id_migration_item
    join unnest(${column(entries, 'kind')}::text[], ${column(entries, 'legacy')}::text[]) as entry (kind, legacy)
    using (kind, legacy)`;
}

async function readTotals(tx: Transaction, ctx: TenantContext): Promise<LedgerTotals> {
  // Right after an import there are no statistics yet: the planner expects a handful of rows and would compare each
  // record with each to find parents.
  await tx.execute(sql`set local enable_nestloop = off`);
  const [sums] = await tx.query(
    sql`select count(*) as seen, count(*) filter (where outcome = 'converted') as converted
      from id_migration_item where tenant_id = ${ctx.tenantId}`,
    counts,
  );
  const refused = await tx.query(
    sql`select kind, legacy, reason from id_migration_item
      where tenant_id = ${ctx.tenantId} and outcome = 'refused' order by kind, legacy`,
    refusal,
  );
  const orphans = await tx.query(
    sql`select kind, legacy, parent_kind, parent_legacy from id_migration_item item
      where tenant_id = ${ctx.tenantId} and ${ORPHANED} order by kind, legacy`,
    link,
  );
  return { ...(sums as z.infer<typeof counts>), refused, orphans: orphans.map(recordOf) };
}

function recordOf(row: z.infer<typeof link>): LegacyRecord {
  return { kind: row.kind, legacy: row.legacy, parent: { kind: row.parent_kind, legacy: row.parent_legacy } };
}

function refusalOf({ kind, legacy, reason }: LedgerEntry): Refusal {
  return refusal.parse({ kind, legacy, reason });
}

function column(entries: readonly LedgerEntry[], name: keyof LedgerEntry): (string | null)[] {
  return entries.map((entry) => entry[name]);
}

function textOf({ kind, legacy }: Key): string {
  return `${kind} ${legacy}`;
}

function sortedUnique(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return [...new Map(entries.map((entry) => [textOf(entry), entry])).values()].sort((a, b) =>
    textOf(a) < textOf(b) ? -1 : 1,
  );
}

function within(entries: readonly LedgerEntry[], keys: readonly Key[]): readonly LedgerEntry[] {
  const wanted = new Set(keys.map(textOf));
  return entries.filter((entry) => wanted.has(textOf(entry)));
}

function without(entries: readonly LedgerEntry[], keys: readonly Key[]): readonly LedgerEntry[] {
  const unwanted = new Set(keys.map(textOf));
  return entries.filter((entry) => !unwanted.has(textOf(entry)));
}
