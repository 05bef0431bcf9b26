import { z } from 'zod';
import { servicePrincipal, sql, type DurableChange, type Sql, type TenantId, type Transactions } from '../kernel';
import { changeRow } from './working-state-rows';

const SWEEPER = servicePrincipal('working-state-sweep');
const AT_ONCE = 500;
const ended = changeRow.omit({ tenant_id: true, op: true, age: true });

/** Removes what has expired in one tenant and enqueues the changes; forgets what need not be remembered any more. */
export function sweep(
  warm: Transactions,
  tenantId: TenantId,
  now: Sql,
): Promise<{ changes: DurableChange[]; isEmpty: boolean }> {
  return warm.asService(SWEEPER, async (tx) => {
    const rows = await tx.query(
      sql`with gone as (
            delete from working_state where tenant_id = ${tenantId} and expires_at <= ${now} and (owner, name) in (
              select owner, name from working_state where tenant_id = ${tenantId} and expires_at <= ${now}
              order by expires_at limit ${AT_ONCE})
            returning owner, name, version)
          insert into working_state_change (tenant_id, stamp, owner, name, op, version)
          select ${tenantId}, nextval('working_state_stamp'), owner, name, 'expired', version from gone
          returning owner, name, version, stamp`,
      ended,
    );
    for (const table of [sql`working_state_write`, sql`working_state_erased`]) {
      await tx.execute(sql`delete from ${table} where tenant_id = ${tenantId} and until <= ${now}`);
    }
    const [left] = await tx.query(
      sql`select not exists(select from working_state where tenant_id = ${tenantId}) as "isEmpty"`,
      z.object({ isEmpty: z.boolean() }),
    );
    const changes = rows.map((row): DurableChange => ({ tenantId, ...row, op: 'expired', current: null }));
    return { changes, isEmpty: left?.isEmpty ?? true };
  });
}
