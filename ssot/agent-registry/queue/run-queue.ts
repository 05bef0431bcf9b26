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
  type UserId,
} from '../../kernel';
import type { AgentRunsDeps, RunLimits } from '../contract';
import { waitingNow } from './waiting-time';

export const REGISTRY = servicePrincipal('agent-registry');

export interface QueuedRun {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly runId: RunId;
}
const queuedRow = z
  .object({ tenant_id: z.custom<TenantId>(), user_id: z.custom<UserId>(), id: z.custom<RunId>() })
  .transform((row): QueuedRun => ({ tenantId: row.tenant_id, userId: row.user_id, runId: row.id }));
const lapseRow = z.object({ seconds: z.coerce.number() });
const positionRow = z.object({
  thread_open: z.coerce.number(),
  user_open: z.coerce.number(),
  tenant_open: z.coerce.number(),
  queued_of_user: z.coerce.number(),
  queued_of_tenant: z.coerce.number(),
});

/** Leases are judged by PostgreSQL's clock, the only one all instances share; epochs keep two runners apart anyway. */
export const LAPSED = sql`(r.state = 'interrupted'
  or (r.state in ('running', 'cancelling') and r.lease_until < clock_timestamp()))`;

/** A limit of every plan, as SQL looks it up by the run's plan. */
function byPlan(plans: RunLimits, limit: 'runsPerPerson' | 'runsPerTenant'): Sql {
  const values = Object.fromEntries(PLANS.map((plan) => [plan, plans[plan][limit]]));
  return sql`(${JSON.stringify(values)}::jsonb ->> plan)::int`;
}

/**
 * Waiting runs that may start now, each with its `turn`: how many of its tenant would then be running. A rank counts the running
 * ones and, in order of asking, those that wait and would start before.
 */
export function startable(plans: RunLimits, of: Sql): Sql {
  const rank = (scope: Sql): Sql => sql`count(*) filter (where not waits) over (partition by ${scope})
    + count(*) filter (where waits) over (partition by ${scope} order by created_at, id)`;
  return sql`
    with open_runs as (
      select tenant_id, thread_id, user_id, id, created_at, state = 'queued' as waits,
        ${byPlan(plans, 'runsPerPerson')} as max_of_user, ${byPlan(plans, 'runsPerTenant')} as max_of_tenant
      from runs where state in ('queued', 'running', 'cancelling', 'interrupted') and ${of}
    ), of_thread as (
      select *, ${rank(sql`tenant_id, thread_id`)} as in_thread from open_runs
    ), of_user as (
      select *, ${rank(sql`tenant_id, user_id`)} as of_user from of_thread where not waits or in_thread = 1
    ), of_tenant as (
      select *, ${rank(sql`tenant_id`)} as turn from of_user where not waits or of_user <= max_of_user
    )
    select tenant_id, user_id, id, created_at, turn from of_tenant where waits and turn <= max_of_tenant`;
}

/**
 * What an instance with `capacity` may claim, from the queues of all tenants: tenants take turns, the one with
 * the fewest running first. `without`: tenants of which a run is being claimed here already; `askedBeforeMs`: how long ago it
 * was asked at least. `overdue`: waited too long.
 */
export async function findClaimable(
  deps: Pick<AgentRunsDeps, 'db' | 'plans' | 'clock' | 'time'>,
  {
    capacity,
    longestWaitMs,
    without,
    askedBeforeMs,
  }: { capacity: number; longestWaitMs: number; without: readonly TenantId[]; askedBeforeMs: number },
): Promise<{ claimable: readonly QueuedRun[]; overdue: readonly QueuedRun[]; oldestLapseSeconds: number }> {
  const { db, plans } = deps;
  return db.asService(
    REGISTRY,
    async (tx) => {
      const claimable = await tx.query(
        sql`select tenant_id, user_id, id from (
              select r.tenant_id, r.user_id, r.id, r.created_at, 0 as turn from runs r where ${LAPSED}
              union all select * from (${startable(plans, sql`true`)}) s (tenant_id, user_id, id, created_at, turn)
            ) found where tenant_id <> all(${without}) and (${askedBeforeMs === 0}
              or created_at <= ${waitingNow(deps)} - ${askedBeforeMs} * interval '1 millisecond')
            order by turn, created_at, id limit ${capacity}`,
        queuedRow,
      );
      const overdue = await tx.query(
        sql`select tenant_id, user_id, id from runs 
            where state = 'queued' and created_at <= ${waitingNow(deps)} - ${longestWaitMs} * interval '1 millisecond'`,
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

/** How many runs must end before a question may start, and how many wait; of those that were asked `before`. */
export async function queuePosition(
  tx: Transaction,
  plans: RunLimits,
  of: { readonly threadId: ThreadId; readonly userId: UserId; readonly plan: Plan },
  before: { readonly at: Date; readonly id: RunId } | undefined,
): Promise<{ position: number; queued: { readonly ofUser: number; readonly ofTenant: number } }> {
  const earlier = before === undefined ? sql`true` : sql`(created_at, id) < (${before.at}, ${before.id})`;
  const rows = await tx.query(
    sql`select count(*) filter (where thread_id = ${of.threadId}) as thread_open,
          count(*) filter (where user_id = ${of.userId}) as user_open, count(*) as tenant_open,
          count(*) filter (where user_id = ${of.userId} and state = 'queued') as queued_of_user,
          count(*) filter (where state = 'queued') as queued_of_tenant
        from runs where state in ('queued', 'running', 'cancelling', 'interrupted') and ${earlier}`,
    positionRow,
  );
  const [open] = rows as [z.infer<typeof positionRow>];
  const { runsPerPerson, runsPerTenant } = plans[of.plan];
  const beyond = (count: number, most: number): number => Math.max(0, count - most + 1);
  return {
    position: Math.max(
      open.thread_open,
      beyond(open.user_open, runsPerPerson),
      beyond(open.tenant_open, runsPerTenant),
    ),
    queued: { ofUser: open.queued_of_user, ofTenant: open.queued_of_tenant },
  };
}
