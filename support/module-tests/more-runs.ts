import { sql, type RunId, type TenantContext, type Transactions } from '../../ssot/kernel';
import { stores } from './stores';

/** So many more runs that have saved what this one has, which would take a second each thousand by the module itself. */
export async function moreRuns(db: Transactions, ctx: TenantContext, like: RunId, count: number): Promise<void> {
  const runIds = Array.from({ length: count }, () => stores.ids.next('run'));
  await db.transaction(ctx, (tx) =>
    tx.execute(sql`
      insert into run_state (tenant_id, run_id, user_id, thread_id, agent, version, fence, step, phase, shape, ending, body,
        created_at, saved_at, ended_at)
      select tenant_id, other, user_id, thread_id, agent, version, fence, step, phase, shape, ending, body,
        created_at, saved_at, ended_at
      from run_state, unnest(${runIds}::text[]) as other where run_id = ${like}`),
  );
}
