import {
  emptySql,
  sql,
  type Sql,
  type TenantContext,
  type ThreadEvent,
  type ThreadId,
  type Transaction,
} from '../../../kernel';
import type { RunSequence } from './run-sequence';

/** Events, sequences and head in one statement. The head's lock is held. */
export function writeEvents(
  tx: Transaction,
  { tenantId }: TenantContext,
  threadId: ThreadId,
  events: readonly ThreadEvent[],
  sequences: readonly RunSequence[],
): void {
  const { seq, at } = events.at(-1) as ThreadEvent;
  tx.send(sql`
    with event as (
      insert into thread_events (tenant_id, thread_id, seq, id, type, run_id, agent, at, data)
      select ${tenantId}, ${threadId}, ${eventColumns} from ${recordsOf(events)}
    )${sequenceWrite(tenantId, threadId, sequences, emptySql)}
    update thread_heads set head_seq = ${seq}, last_event_at = ${at} where thread_id = ${threadId}`);
}

/**
 * The same, as long as the thread's last number is still this one and none of the events is there already. Otherwise the transaction
 * fails as one that met another does, and is done again.
 */
export function writeEventsAfter(
  headSeq: number,
  tx: Transaction,
  { tenantId }: TenantContext,
  threadId: ThreadId,
  events: readonly ThreadEvent[],
  sequences: readonly RunSequence[],
): void {
  const { seq, at } = events.at(-1) as ThreadEvent;
  tx.send(sql`
    with head as (
      update thread_heads set head_seq = ${seq}, last_event_at = ${at}
      where thread_id = ${threadId} and head_seq = ${headSeq} returning true
    ), event as (
      insert into thread_events (tenant_id, thread_id, seq, id, type, run_id, agent, at, data)
      select ${tenantId}, ${threadId}, ${eventColumns} from head, ${recordsOf(events)}
      on conflict do nothing returning true
    )${sequenceWrite(tenantId, threadId, sequences, sql`head,`)}
    select refuse_stale_append() where (select count(*) from event) < ${events.length}`);
}

const eventColumns = sql`e.seq, e.id, e.type, e."runId", e.agent, e.at, e.data`;

function recordsOf(events: readonly ThreadEvent[]): Sql {
  return sql`jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
    as e(seq bigint, id text, type text, "runId" text, agent text, at timestamptz, data jsonb)`;
}

/** Most events leave the sequence of their run as it is. */
function sequenceWrite(tenantId: string, threadId: ThreadId, sequences: readonly RunSequence[], provided: Sql): Sql {
  if (sequences.length === 0) return emptySql;
  return sql`, sequence as (
      insert into run_sequences (tenant_id, run_id, thread_id, phase, open_calls)
      select ${tenantId}, s."runId", ${threadId}, s.phase, s."openCalls"
      from ${provided} jsonb_to_recordset(${JSON.stringify(sequences)}::jsonb)
        as s("runId" text, phase text, "openCalls" text[])
      on conflict (tenant_id, run_id) do update set phase = excluded.phase, open_calls = excluded.open_calls
    )`;
}
