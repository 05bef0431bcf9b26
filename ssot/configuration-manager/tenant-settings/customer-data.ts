import { z } from 'zod';
import {
  contextOfSubject,
  servicePrincipal,
  sql,
  type CustomerData,
  type ExportRecord,
  type Json,
  type Subject,
  type Transactions,
} from '../../kernel';

const ERASURE = servicePrincipal('settings-erasure');
/** What stands in the place of a reason whose writer was erased. The change itself is the company's. */
const ERASED = '(erased)';
const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const changeRow = z.object({ version: z.coerce.number(), actor_id: z.string(), reason: z.string(), at: z.date() });
const settingRow = z.object({ key: z.string(), value: z.custom<Json>() });

/** Settings and their history, as data of a person or a company. */
export function settingsCustomerData(db: Transactions): CustomerData {
  return {
    name: 'settings',
    erase: ({ tenantId, userId }) =>
      db.asService(ERASURE, async (tx) => {
        if (userId !== undefined) {
          await tx.execute(
            sql`update config_change set reason = ${ERASED} where tenant_id = ${tenantId} and actor_id = ${userId}`,
          );
          return;
        }
        for (const table of [sql`config_change_item`, sql`config_change`, sql`config_override`, sql`config_head`]) {
          await tx.execute(sql`delete from ${table} where tenant_id = ${tenantId}`);
        }
      }),
    count: ({ tenantId, userId }) =>
      db.asService(
        ERASURE,
        (tx) =>
          tx.query(
            userId === undefined
              ? sql`select 'config_change' as place, count(*) as rows from config_change where tenant_id = ${tenantId}
                    union all select 'config_change_item', count(*) from config_change_item where tenant_id = ${tenantId}
                    union all select 'config_override', count(*) from config_override where tenant_id = ${tenantId}
                    union all select 'config_head', count(*) from config_head where tenant_id = ${tenantId}`
              : sql`select 'config_change' as place, count(*) as rows from config_change
                    where tenant_id = ${tenantId} and actor_id = ${userId} and reason <> ${ERASED}`,
            countRow,
          ),
        { readOnly: true },
      ),
    export: (subject) => exported(db, subject),
  };
}

/** Credentials are shown to nobody, in no file either. */
async function* exported(db: Transactions, subject: Subject): AsyncGenerator<ExportRecord> {
  const { userId } = subject;
  const [changes, settings] = await db.transaction(
    contextOfSubject(subject),
    async (tx) =>
      [
        await tx.query(
          sql`select version, actor_id, reason, at from config_change
              where ${userId ?? null}::text is null or actor_id = ${userId ?? null} order by version`,
          changeRow,
        ),
        userId === undefined
          ? await tx.query(sql`select key, value from config_override where value is not null order by key`, settingRow)
          : [],
      ] as const,
    { readOnly: true },
  );
  for (const { actor_id: actorId, at, ...change } of changes) {
    yield { place: 'config_change', record: { ...change, actorId, at: at.toISOString() } };
  }
  for (const setting of settings) yield { place: 'config_override', record: setting };
}
