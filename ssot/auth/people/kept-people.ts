import { z } from 'zod';
import { sql, type ExportRecord, type TenantId, type Transaction, type UserId } from '../../kernel';
import type { AuthDeps } from '../contract';
import { recordsOf } from '../customer-data';

const keptRow = z.object({ user_id: z.custom<UserId>() });

/**
 * Before somebody is removed whom the law holds: what goes with them is kept as they would take it along, where nobody signs in with
 * it, and where no list of the company shows it.
 */
export async function keepPerson(
  tx: Transaction,
  { tenantId, userId }: { readonly tenantId: TenantId; readonly userId: UserId },
): Promise<void> {
  const records: ExportRecord[] = [];
  for await (const one of recordsOf((body) => body(tx), { tenantId, userId })) records.push(one);
  await tx.execute(sql`
    insert into kept_person (tenant_id, user_id, number, place, record)
    select ${tenantId}, ${userId}, r.number, r.value ->> 'place', r.value -> 'record'
    from jsonb_array_elements(${JSON.stringify(records)}::jsonb) with ordinality as r (value, number)`);
}

/** After a hold was lifted: of whom no other hold speaks nothing is kept any longer. */
export async function releasePeople(
  tx: Transaction,
  { isHeld }: Pick<AuthDeps, 'isHeld'>,
  tenantId: TenantId,
): Promise<void> {
  const kept = await tx.query(
    sql`select distinct user_id from kept_person where tenant_id = ${tenantId} order by user_id`,
    keptRow,
  );
  for (const { user_id: userId } of kept) {
    if ((await isHeld?.(tx, { tenantId, userId })) === true) continue;
    await tx.execute(sql`delete from kept_person where tenant_id = ${tenantId} and user_id = ${userId}`);
  }
}
