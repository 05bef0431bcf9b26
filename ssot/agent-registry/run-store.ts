import { z } from 'zod';
import {
  AGENT_KINDS,
  servicePrincipal,
  sql,
  type CallId,
  type RunId,
  type TenantId,
  type ThreadId,
  type Transaction,
  type Transactions,
  type UserId,
} from '../kernel';
import type { HeldRun, OpenCall, RunRecord } from './contract';
import { RUN_STATES, type RunState } from './run-state';

const REGISTRY = servicePrincipal('agent-registry');
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
const heldRow = z
  .object({
    id: z.custom<RunId>(),
    tenant_id: z.custom<TenantId>(),
    thread_id: z.custom<ThreadId>(),
    user_id: z.custom<UserId>(),
    question: z.string(),
    as_of: z.date(),
    state: z.enum(RUN_STATES),
    step: z.number(),
    lease_epoch: z.number(),
    losses: z.number(),
    started_at: z.date().nullable(),
  })
  .transform((row): HeldRun => ({
    runId: row.id,
    tenantId: row.tenant_id,
    threadId: row.thread_id,
    userId: row.user_id,
    question: row.question,
    asOf: row.as_of,
    state: row.state,
    step: row.step,
    epoch: row.lease_epoch,
    losses: row.losses,
    started: row.started_at !== null,
  }));
const callRow = z.object({ call_id: z.custom<CallId>(), agent: z.enum(AGENT_KINDS) });

/** Leases are judged by PostgreSQL's clock, the only one all instances share; epochs keep two runners apart anyway. */
const TAKEABLE = sql`(
  r.state = 'interrupted'
  or (r.state in ('running', 'cancelling') and r.lease_until < clock_timestamp())
  or (r.state = 'queued' and not exists (
    select from runs o where o.tenant_id = r.tenant_id and o.thread_id = r.thread_id
      and (o.state in ('running', 'cancelling', 'interrupted') or (o.state = 'queued' and (o.created_at, o.id) < (r.created_at, r.id))))))`;
const LEASE = sql`clock_timestamp() + make_interval(secs => ${LEASE_MS / 1000})`;

/** Runs of all companies that wait for an instance, oldest first. */
export async function findTakeable(db: Transactions, most: number): Promise<readonly RunId[]> {
  const rows = await db.asService(
    REGISTRY,
    (tx) =>
      tx.query(
        sql`select r.id from runs r where r.state in ('queued', 'running', 'cancelling', 'interrupted') and ${TAKEABLE}
            order by r.created_at, r.id limit ${most}`,
        z.object({ id: z.custom<RunId>() }),
      ),
    { readOnly: true },
  );
  return rows.map(({ id }) => id);
}

/** Takes the lease with a new epoch, or finds that somebody else was quicker. */
export async function take(db: Transactions, id: RunId, owner: string): Promise<HeldRun | undefined> {
  const [held] = await db.asService(REGISTRY, (tx) =>
    tx.query(
      sql`update runs r set
            state = case when r.state = 'cancelling' then 'cancelling' else 'running' end,
            losses = r.losses + case when r.state in ('running', 'cancelling') then 1 else 0 end,
            lease_owner = ${owner}, lease_epoch = r.lease_epoch + 1, lease_until = ${LEASE}
          where r.id = (select r.id from runs r where r.id = ${id} and ${TAKEABLE} for update skip locked)
          returning r.id, r.tenant_id, r.thread_id, r.user_id, r.question, r.as_of, r.state, r.step, r.lease_epoch,
            r.losses, r.started_at`,
      heldRow,
    ),
  );
  return held;
}

/** Lengthens the lease and says how the run stands; undefined when the lease is no longer ours. */
export async function keep(tx: Transaction, run: HeldRun): Promise<RunState | undefined> {
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
