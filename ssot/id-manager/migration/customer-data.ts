import { z } from 'zod';
import { contextOfSubject, sql, type CustomerData, type Sql, type Subject, type Transactions } from '../../kernel';

const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const itemRow = z.object({ kind: z.string(), legacy: z.string(), new_id: z.string().nullable() });

/** What a person was called before the move to ids, and what was theirs then; of a company, everybody's. */
export function idCustomerData(db: Transactions): CustomerData {
  return {
    name: 'ids',
    erase: (subject) =>
      db.transaction(contextOfSubject(subject), async (tx) => {
        await tx.execute(
          sql`with recursive ${mine(subject)} delete from id_migration_item i using mine m
              where (i.tenant_id, i.kind, i.legacy) = (m.tenant_id, m.kind, m.legacy)`,
        );
        if (subject.userId === undefined)
          await tx.execute(sql`delete from id_migration where tenant_id = ${subject.tenantId}`);
      }),
    count: (subject) =>
      db.transaction(
        contextOfSubject(subject),
        (tx) =>
          tx.query(
            sql`with recursive ${mine(subject)} select 'id_migration_item' as place, count(*) as rows from mine
                union all select 'id_migration', count(*) from id_migration
                  where tenant_id = ${subject.tenantId} and ${subject.userId === undefined}`,
            countRow,
          ),
        { readOnly: true },
      ),
    async *export(subject) {
      const rows = await db.transaction(
        contextOfSubject(subject),
        (tx) =>
          tx.query(sql`with recursive ${mine(subject)} select kind, legacy, new_id from mine order by 1, 2`, itemRow),
        { readOnly: true },
      );
      for (const { new_id: id, ...item } of rows) yield { place: 'id_migration_item', record: { ...item, id } };
    },
  };
}

/** The person's own entry, and what hangs on it; `union` ends at a link that goes round. */
function mine({ tenantId, userId }: Subject): Sql {
  if (userId === undefined)
    return sql`mine as (select tenant_id, kind, legacy, new_id from id_migration_item where tenant_id = ${tenantId})`;
  return sql`mine as (
    select tenant_id, kind, legacy, new_id from id_migration_item where tenant_id = ${tenantId} and new_id = ${userId}
    union
    select i.tenant_id, i.kind, i.legacy, i.new_id from id_migration_item i
    join mine m on (i.tenant_id, i.parent_kind, i.parent_legacy) = (m.tenant_id, m.kind, m.legacy))`;
}
