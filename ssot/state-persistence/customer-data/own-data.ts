import { z } from 'zod';
import { keyPart } from '../../id-manager';
import {
  contextOfSubject,
  ofSubject,
  sql,
  type CustomerData,
  type DurableStore,
  type Json,
  type Sql,
  type Subject,
  type Transactions,
} from '../../kernel';

const RUNS_AT_ONCE = 100;
const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const stateRow = z.object({ run_id: z.string(), agent: z.string(), step: z.number(), body: z.string() });

/** The progress of runs that PostgreSQL has not given up, and working state that lasts, as data of a person or a company. */
export function storedStateCustomerData(db: Transactions, workingState: DurableStore): CustomerData {
  return {
    name: 'stored-state',
    async erase(subject) {
      const ctx = contextOfSubject(subject);
      const { tenantId, userId } = subject;
      await db.transaction(ctx, (tx) => tx.execute(sql`delete from run_state where ${ofSubject(subject)}`));
      if (userId !== undefined) {
        await workingState.clear(ctx, keyPart(userId), '', true);
        return;
      }
      await db.transaction(ctx, async (tx) => {
        for (const table of WORKING) await tx.execute(sql`delete from ${table} where tenant_id = ${tenantId}`);
        await tx.execute(sql`delete from working_state_erased where tenant_id = ${tenantId}`);
      });
    },
    count: (subject) =>
      db.transaction(
        contextOfSubject(subject),
        (tx) =>
          tx.query(
            sql`select 'run_state' as place, count(*) as rows from run_state where ${ofSubject(subject)}
                union all select 'working_state', count(*) from working_state where ${ofOwner(subject)}
                union all select 'working_state_change', count(*) from working_state_change where ${ofOwner(subject)}
                union all select 'working_state_write', count(*) from working_state_write where ${ofOwner(subject)}`,
            countRow,
          ),
        { readOnly: true },
      ),
    async *export(subject) {
      for (let after = ''; ;) {
        const rows = await db.transaction(
          contextOfSubject(subject),
          (tx) =>
            tx.query(
              sql`select run_id, agent, step, body from run_state
                  where ${ofSubject(subject)} and run_id > ${after} and body is not null
                  order by run_id limit ${RUNS_AT_ONCE}`,
              stateRow,
            ),
          { readOnly: true },
        );
        for (const { run_id: runId, agent, step, body } of rows) {
          yield { place: 'run_state', record: { runId, agent, step, state: JSON.parse(body) as Json } };
        }
        after = rows.at(-1)?.run_id ?? after;
        if (rows.length < RUNS_AT_ONCE) return;
      }
    },
  };
}

const WORKING = [sql`working_state`, sql`working_state_change`, sql`working_state_write`];

/** As state-manager spells an owner. */
function ofOwner({ tenantId, userId }: Subject): Sql {
  if (userId === undefined) return sql`tenant_id = ${tenantId}`;
  return sql`tenant_id = ${tenantId} and owner = ${keyPart(userId)}`;
}
