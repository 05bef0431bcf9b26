import { z } from 'zod';
import {
  servicePrincipal,
  sql,
  PLANS,
  type Plan,
  type RunId,
  type Sql,
  type TenantId,
  type ThreadId,
  type Transaction,
  type Transactions,
  type UserId,
} from '../kernel';
import type { RunLimits } from './contract';

export const REGISTRY = servicePrincipal('agent-registry');

export interface Queued {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly runId: RunId;
}
const queuedRow = z
  .object({ tenant_id: z.custom<TenantId>(), user_id: z.custom<UserId>(), id: z.custom<RunId>() })
  .transform((row): Queued => ({ tenantId: row.tenant_id, userId: row.user_id, runId: row.id }));
const lapseRow = z.object({ seconds: z.coerce.number() });
const aheadRow = z.object({
  thread: z.coerce.number(),
  person: z.coerce.number(),
  company: z.coerce.number(),
  queued_of_person: z.coerce.number(),
  queued_of_company: z.coerce.number(),
});

/** Leases are judged by PostgreSQL's clock, the only one all instances share; epochs keep two runners apart anyway. */
export const LEFT_BEHIND = sql`(r.state = 'interrupted'
  or (r.state in ('running', 'cancelling') and r.lease_until < clock_timestamp()))`;

/** A limit of every plan, as SQL looks it up by the run's plan. */
function byPlan(plans: RunLimits, limit: 'runsPerPerson' | 'runsPerTenant'): Sql {
  const values = Object.fromEntries(PLANS.map((plan) => [plan, plans[plan][limit]]));
  return sql`(${JSON.stringify(values)}::jsonb ->> plan)::int`;
}

/**
 * Waiting runs that may start now, each with its `turn`: how many of its company would then be under way. A place in a
 * limit counts those under way and, in order of asking, those that wait and would start before.
 */
export function startable(plans: RunLimits, of: Sql): Sql {
  const place = (scope: Sql): Sql => sql`count(*) filter (where not waits) over (partition by ${scope})
    + count(*) filter (where waits) over (partition by ${scope} order by created_at, id)`;
  return sql`
    with at_hand as (
      select tenant_id, thread_id, user_id, id, created_at, state = 'queued' as waits,
        ${byPlan(plans, 'runsPerPerson')} as most_of_person, ${byPlan(plans, 'runsPerTenant')} as most
      from runs where state in ('queued', 'running', 'cancelling', 'interrupted') and ${of}
    ), of_thread as (
      select *, ${place(sql`tenant_id, thread_id`)} as in_thread from at_hand
    ), of_person as (
      select *, ${place(sql`tenant_id, user_id`)} as of_person from of_thread where not waits or in_thread = 1
    ), of_company as (
      select *, ${place(sql`tenant_id`)} as turn from of_person where not waits or of_person <= most_of_person
    )
    select tenant_id, user_id, id, created_at, turn from of_company where waits and turn <= most`;
}

/**
 * What all companies' queues hold for an instance with room for `room` runs: companies take turns, the one with the fewest
 * under way first. `without`: companies of which a run is being claimed here already.
 */
export async function search(
  { db, plans }: { readonly db: Transactions; readonly plans: RunLimits },
  { room, askedBefore, without }: { room: number; askedBefore: Date; without: readonly TenantId[] },
): Promise<{ claimable: readonly Queued[]; overdue: readonly Queued[]; oldestLapseSeconds: number }> {
  return db.asService(
    REGISTRY,
    async (tx) => {
      const claimable = await tx.query(
        sql`select tenant_id, user_id, id from (
              select r.tenant_id, r.user_id, r.id, r.created_at, 0 as turn from runs r where ${LEFT_BEHIND}
              union all select * from (${startable(plans, sql`true`)}) s (tenant_id, user_id, id, created_at, turn)
            ) found where tenant_id <> all(${without})
            order by turn, created_at, id limit ${room}`,
        queuedRow,
      );
      const overdue = await tx.query(
        sql`select tenant_id, user_id, id from runs where state = 'queued' and created_at <= ${askedBefore}`,
        queuedRow,
      );
      const [{ seconds }] = (await tx.query(
        sql`select coalesce(extract(epoch from clock_timestamp() - min(lease_until)), 0) as seconds from runs
            where state in ('running', 'cancelling')`,
        lapseRow,
      )) as [z.infer<typeof lapseRow>];
      return { claimable, overdue, oldestLapseSeconds: seconds };
    },
    { readOnly: true },
  );
}

/** How many runs must end before a question may start, and how many wait; `before` it was asked. */
export async function ahead(
  tx: Transaction,
  plans: RunLimits,
  of: { readonly threadId: ThreadId; readonly userId: UserId; readonly plan: Plan },
  before: { readonly at: Date; readonly id: RunId } | undefined,
): Promise<{ ahead: number; queued: { readonly ofPerson: number; readonly ofCompany: number } }> {
  const earlier = before === undefined ? sql`true` : sql`(created_at, id) < (${before.at}, ${before.id})`;
  const rows = await tx.query(
    sql`select count(*) filter (where thread_id = ${of.threadId}) as thread,
          count(*) filter (where user_id = ${of.userId}) as person, count(*) as company,
          count(*) filter (where user_id = ${of.userId} and state = 'queued') as queued_of_person,
          count(*) filter (where state = 'queued') as queued_of_company
        from runs where state in ('queued', 'running', 'cancelling', 'interrupted') and ${earlier}`,
    aheadRow,
  );
  const [{ thread, person, company, ...queued }] = rows as [z.infer<typeof aheadRow>];
  const { runsPerPerson, runsPerTenant } = plans[of.plan];
  const beyond = (count: number, most: number): number => Math.max(0, count - most + 1);
  return {
    ahead: Math.max(thread, beyond(person, runsPerPerson), beyond(company, runsPerTenant)),
    queued: { ofPerson: queued.queued_of_person, ofCompany: queued.queued_of_company },
  };
}
