import { z } from 'zod';
import {
  AGENT_KINDS,
  sql,
  type CallId,
  type Json,
  type Plan,
  type RunId,
  type TenantContext,
  type TenantId,
  type ThreadId,
  type Transaction,
  type Transactions,
  type UserId,
} from '../../../kernel';
import type { FullResult, ClaimedRun, OpenCall, RunLimits, RunRecord } from '../../contract';
import { LAPSED, REGISTRY, startable, type QueuedRun } from '../../queue/run-queue';
import { RUN_STATES, type RunState } from './run-state';

export const LEASE_MS = 15_000;

const stateRow = z.object({ state: z.enum(RUN_STATES) });
const recordRow = z
  .object({
    id: z.custom<RunId>(),
    thread_id: z.custom<ThreadId>(),
    question: z.string(),
    state: z.enum(RUN_STATES),
    error_code: z.string().nullable(),
    created_at: z.date(),
    started_at: z.date().nullable(),
    ended_at: z.date().nullable(),
  })
  .transform((row): RunRecord => ({
    runId: row.id,
    threadId: row.thread_id,
    question: row.question,
    state: row.state,
    errorCode: row.error_code,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
const claimedRow = z
  .object({
    id: z.custom<RunId>(),
    tenant_id: z.custom<TenantId>(),
    thread_id: z.custom<ThreadId>(),
    user_id: z.custom<UserId>(),
    as_of: z.date(),
    state: z.enum(RUN_STATES),
    step: z.number(),
    lease_epoch: z.number(),
    interruptions: z.number(),
    created_at: z.date(),
    started_at: z.date().nullable(),
  })
  .transform((row): Omit<ClaimedRun, 'question'> => ({
    runId: row.id,
    tenantId: row.tenant_id,
    threadId: row.thread_id,
    userId: row.user_id,
    asOf: row.as_of,
    state: row.state,
    step: row.step,
    epoch: row.lease_epoch,
    interruptions: row.interruptions,
    createdAt: row.created_at,
    startedAt: row.started_at,
  }));
const deletedRow = z.object({ id: z.custom<RunId>(), ended_at: z.date().nullable() });
const lockRow = z.object({ is_ours: z.boolean() });
const questionRow = z.object({ question: z.string() });
const callsRow = z.object({ calls: z.coerce.number() });
const resultRow = z
  .object({
    call_id: z.custom<CallId>(),
    tool: z.string(),
    outcome: z.enum(['ok', 'failed', 'interrupted']).nullable(),
    result: z.custom<Json>(),
  })
  .transform(({ call_id: callId, ...row }): FullResult => ({ callId, ...row }));
const callRow = z.object({ call_id: z.custom<CallId>(), agent: z.enum(AGENT_KINDS) });

const LEASE = sql`clock_timestamp() + make_interval(secs => ${LEASE_MS / 1000})`;

/**
 * Claims the lease with a new epoch. Whoever claims a run of a tenant holds the tenant's lock until it is counted, so that
 * no two instances both claim the last place. Nobody waits for that lock, nor for the run's row, because a connection would be
 * held meanwhile that other tenants need: `busy` says that another instance is claiming a run of the tenant, or ending this one,
 * at this moment; `lost_race` that the run was claimed by another, has ended, or may not start yet. The company's `plan` of this
 * moment, if it is known, holds for all of its questions that wait.
 */
export async function claim(
  { db, plans }: { readonly db: Transactions; readonly plans: RunLimits },
  { tenantId, runId }: QueuedRun,
  owner: string,
  plan?: Plan,
): Promise<Omit<ClaimedRun, 'question'> | 'busy' | 'lost_race'> {
  return db.asService(REGISTRY, async (tx) => {
    const [lock] = await tx.query(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`claiming ${tenantId}`}, 0)) as is_ours`,
      lockRow,
    );
    if (lock?.is_ours !== true) return 'busy';
    if (plan !== undefined) {
      const waiting = sql`state = 'queued' and tenant_id = ${tenantId} and plan <> ${plan}`;
      tx.send(sql`update runs set plan = ${plan} where (tenant_id, id) in (
        select tenant_id, id from runs where ${waiting} for no key update skip locked)`);
    }
    const mayStart = sql`select id from (${startable(plans, sql`tenant_id = ${tenantId}`)}) s`;
    const claimable = sql`from runs r where r.tenant_id = ${tenantId} and r.id = ${runId}
      and (${LAPSED} or (r.state = 'queued' and r.id in (${mayStart})))`;
    const [claimed] = await tx.query(
      sql`update runs r set
            state = case when r.state = 'cancelling' then 'cancelling' else 'running' end,
            interruptions = r.interruptions + case when r.state in ('running', 'cancelling') then 1 else 0 end,
            lease_owner = ${owner}, lease_epoch = r.lease_epoch + 1, lease_until = ${LEASE}
          where (r.tenant_id, r.id) in (select r.tenant_id, r.id ${claimable} for no key update skip locked)
          returning r.id, r.tenant_id, r.thread_id, r.user_id, r.as_of, r.state, r.step, r.lease_epoch, r.interruptions,
            r.created_at, r.started_at`,
      claimedRow,
    );
    if (claimed !== undefined) return claimed;
    const { rows: skipped } = await tx.execute(sql`select 1 ${claimable}`);
    return skipped > 0 ? 'busy' : 'lost_race';
  });
}

/** With the user's rights: the service login, which sees every tenant's queue, sees no questions. */
export async function questionOf(db: Transactions, ctx: TenantContext, runId: RunId): Promise<string | undefined> {
  const [row] = await db.transaction(
    ctx,
    (tx) => tx.query(sql`select question from runs where id = ${runId}`, questionRow),
    { readOnly: true },
  );
  return row?.question;
}

/** Renews the lease and returns the run's state; undefined when the lease is no longer ours. */
export async function renewLease(tx: Transaction, run: ClaimedRun): Promise<RunState | undefined> {
  const [row] = await tx.query(
    sql`update runs set lease_until = ${LEASE}
        where id = ${run.runId} and lease_epoch = ${run.epoch} and state in ('running', 'cancelling')
        returning state`,
    stateRow,
  );
  return row?.state;
}

export async function openCalls(tx: Transaction, runId: RunId): Promise<readonly OpenCall[]> {
  const rows = await tx.query(
    sql`select call_id, agent from tool_calls where run_id = ${runId} and ended_at is null order by call_id`,
    callRow,
  );
  return rows.map(({ call_id: callId, agent }) => ({ callId, agent }));
}

export async function callsMade(tx: Transaction, runId: RunId): Promise<number> {
  const rows = await tx.query(sql`select count(*) as calls from tool_calls where run_id = ${runId}`, callsRow);
  const [{ calls }] = rows as [z.infer<typeof callsRow>];
  return calls;
}

/** A tool call of a person's own run, with its result as it is kept. */
export async function readResult(
  tx: Transaction,
  of: { readonly runId: RunId; readonly callId: CallId; readonly userId: UserId },
): Promise<FullResult | undefined> {
  const [row] = await tx.query(
    sql`select c.call_id, c.tool, c.outcome, c.result from tool_calls c join runs r on r.id = c.run_id
        where r.id = ${of.runId} and r.user_id = ${of.userId} and c.call_id = ${of.callId}`,
    resultRow,
  );
  return row;
}

export async function readRun(
  tx: Transaction,
  id: RunId,
  userId: UserId,
  lock = false,
): Promise<RunRecord | undefined> {
  const mine = sql`select id, thread_id, question, state, error_code, created_at, started_at, ended_at
      from runs where id = ${id} and user_id = ${userId}`;
  const [row] = await tx.query(lock ? sql`${mine} for update` : mine, recordRow);
  return row;
}

/** With their calls and publications. Answers those that had not ended. */
export async function deleteRunsOf(tx: Transaction, threadId: ThreadId, userId: UserId): Promise<readonly RunId[]> {
  const runs = await tx.query(
    sql`delete from runs where thread_id = ${threadId} and user_id = ${userId} returning id, ended_at`,
    deletedRow,
  );
  return runs.filter(({ ended_at: endedAt }) => endedAt === null).map(({ id }) => id);
}
