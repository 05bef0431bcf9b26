import { z } from 'zod';
import {
  assertVerified,
  sql,
  type Appended,
  type CallId,
  type EventDraft,
  type RunId,
  type TenantContext,
  type ThreadEvent,
  type ThreadId,
  type ThreadLog,
  type Transaction,
} from '../../../kernel';
import type { ThreadLogDeps } from '../../contract';
import { ChatError, threadNotFound } from '../../errors';
import { eventColumns, eventIn, eventRow } from './event-row';
import { assertSerializable } from './event-schema';
import { nextInSequence, initialSequence, type RunSequence } from './run-sequence';
import { ThreadStates, type ThreadState } from './thread-states';
import { writeEvents, writeEventsAfter } from './write-events';

const PAGE = 200;
/** Of what events say, but for the last of a page: a thousand of the largest would be 32 MiB in memory for each who asks. */
const PAGE_BYTES = 1_024 * 1_024;

const headRow = z.object({ head_seq: z.coerce.number() });
const ends = { first_seq: z.coerce.number(), head_seq: z.coerce.number(), archived_seq: z.coerce.number() };
/** An event of a page, or that there is none, beside where its thread begins and ends. */
const pageRow = z.union([
  z.object({ ...ends, ...eventColumns }).transform((row) => ({ ...endsIn(row), event: eventIn(row) })),
  z.object({ ...ends, seq: z.null() }).transform((row) => ({ ...endsIn(row), event: null })),
]);
const sequenceRow = z
  .object({
    run_id: z.custom<RunId>(),
    thread_id: z.custom<ThreadId>(),
    phase: z.enum(['asked', 'started', 'ended']),
    open_calls: z.array(z.custom<CallId>()),
  })
  .transform((row): RunSequence => ({
    runId: row.run_id,
    threadId: row.thread_id,
    phase: row.phase,
    openCalls: row.open_calls,
  }));

/** Events in PostgreSQL: numbered without gaps under the lock of the thread's head, notified after the commit only. */
export function createThreadLog(deps: ThreadLogDeps): ThreadLog {
  return new PostgresThreadLog(deps);
}

class PostgresThreadLog implements ThreadLog {
  readonly #states = new ThreadStates();

  constructor(private readonly deps: ThreadLogDeps) {}

  async append(
    ctx: TenantContext,
    threadId: ThreadId,
    drafts: readonly EventDraft[],
    tx: Transaction,
  ): Promise<Appended> {
    assertVerified(ctx);
    for (const draft of drafts) assertSerializable(draft);
    const state = this.#states.take(ctx, threadId);
    const stored = state && this.#storeAfter(state, tx, ctx, threadId, drafts);
    if (stored !== undefined) return stored;
    const runIds = [...new Set(drafts.map(({ runId }) => runId))];
    // What follows the head runs when its lock is held: only then is seen what whoever held it before has written.
    const [before, sequences, known] = await Promise.all([
      lockHead(tx, ctx, threadId),
      tx.query(
        sql`select run_id, thread_id, phase, open_calls from run_sequences where run_id = any(${runIds})`,
        sequenceRow,
      ),
      storedBefore(tx, threadId, drafts),
    ]);
    const events = new Map(known.map((event) => [event.id, event]));
    const fresh = drafts.filter(({ id }) => !events.has(id));
    if (fresh.length > 0) {
      const numbered = this.#numbered(fresh, before, threadId);
      for (const event of numbered) events.set(event.id, event);
      const { changed, all } = advanceSequences(threadId, bySequence(sequences), fresh);
      writeEvents(tx, ctx, threadId, numbered, changed);
      this.#afterCommit(tx, ctx, threadId, { headSeq: before + fresh.length, sequences: all }, numbered);
    }
    return { events: drafts.map(({ id }) => events.get(id) as ThreadEvent), repeated: drafts.length - fresh.length };
  }

  async read(
    ctx: TenantContext,
    threadId: ThreadId,
    afterSeq: number,
    limit = PAGE,
  ): Promise<{ events: readonly ThreadEvent[]; firstSeq: number; headSeq: number }> {
    assertVerified(ctx);
    const { archivedSeq, ...page } = await this.#page(ctx, threadId, afterSeq, limit);
    const after = Math.max(afterSeq, page.firstSeq - 1);
    if (after >= archivedSeq) return page;
    // What follows is in the history; what comes after that is asked for next.
    const events = (await this.deps.archive?.read(ctx, threadId, after)) ?? [];
    return { ...page, events: events.slice(0, limit) };
  }

  #page(
    ctx: TenantContext,
    threadId: ThreadId,
    afterSeq: number,
    limit: number,
  ): Promise<ReturnType<typeof endsIn> & { readonly events: readonly ThreadEvent[] }> {
    return this.deps.db.transaction(
      ctx,
      async (tx) => {
        const rows = await tx.query(
          sql`select h.first_seq, h.head_seq, h.archived_seq, e.* from thread_heads h join thread t using (tenant_id, thread_id)
              left join lateral (
                select * from (
                  select seq, id, type, thread_id, run_id, agent, at, data, coalesce(sum(octet_length(data::text))
                    over (order by seq rows between unbounded preceding and 1 preceding), 0) as bytes_before
                  from thread_events
                  where tenant_id = h.tenant_id and thread_id = h.thread_id and seq > ${afterSeq} order by seq limit ${limit}
                ) as page where bytes_before < ${PAGE_BYTES}
              ) e on true
              where h.thread_id = ${threadId} and t.user_id = ${ctx.userId} order by e.seq`,
          pageRow,
        );
        const [first] = rows;
        if (first === undefined) throw threadNotFound();
        const { event: _, ...ends } = first;
        return { ...ends, events: rows.map(({ event }) => event).filter((event) => event !== null) };
      },
      { readOnly: true },
    );
  }

  /**
   * Without asking first where the thread stands: when it is not as this instance has left it, the transaction is done again, and
   * asks. Undefined when that is needed anyway.
   */
  #storeAfter(
    { headSeq, sequences }: ThreadState,
    tx: Transaction,
    ctx: TenantContext,
    threadId: ThreadId,
    drafts: readonly EventDraft[],
  ): Appended | undefined {
    if (!drafts.every(({ runId }) => sequences.has(runId))) return undefined;
    let advanced;
    try {
      advanced = advanceSequences(threadId, sequences, drafts);
    } catch {
      // A repeat, or a thread that has changed: who asks where it stands can tell.
      return undefined;
    }
    const events = this.#numbered(drafts, headSeq, threadId);
    writeEventsAfter(headSeq, tx, ctx, threadId, events, advanced.changed);
    this.#afterCommit(tx, ctx, threadId, { headSeq: headSeq + events.length, sequences: advanced.all }, events);
    return { events, repeated: 0 };
  }

  #afterCommit(
    tx: Transaction,
    ctx: TenantContext,
    threadId: ThreadId,
    state: ThreadState,
    events: readonly ThreadEvent[],
  ): void {
    tx.afterCommit(() => {
      this.#states.put(ctx, threadId, state);
      void this.deps.notifier.notify(ctx, threadId, events);
    });
  }

  #numbered(drafts: readonly EventDraft[], headSeq: number, threadId: ThreadId): readonly ThreadEvent[] {
    const at = new Date(this.deps.clock.now()).toISOString();
    return drafts.map((draft, index) => eventOf(draft, headSeq + index + 1, threadId, at));
  }
}

/** Those of the drafts that were handed in before. */
function storedBefore(
  tx: Transaction,
  threadId: ThreadId,
  drafts: readonly EventDraft[],
): Promise<readonly ThreadEvent[]> {
  return tx.query(
    sql`select seq, id, type, thread_id, run_id, agent, at, data from thread_events
        where thread_id = ${threadId} and id = any(${drafts.map(({ id }) => id)})`,
    eventRow,
  );
}

function endsIn(row: z.infer<z.ZodObject<typeof ends>>): { firstSeq: number; headSeq: number; archivedSeq: number } {
  return { firstSeq: row.first_seq, headSeq: row.head_seq, archivedSeq: row.archived_seq };
}

function bySequence(sequences: readonly RunSequence[]): ReadonlyMap<RunId, RunSequence> {
  return new Map(sequences.map((sequence) => [sequence.runId, sequence]));
}

/** The sequences as they stand after the drafts. Throws `sequence_violation` when one draft does not fit. */
function advanceSequences(
  threadId: ThreadId,
  before: ReadonlyMap<RunId, RunSequence>,
  drafts: readonly EventDraft[],
): { readonly changed: readonly RunSequence[]; readonly all: ReadonlyMap<RunId, RunSequence> } {
  const all = new Map(before);
  for (const draft of drafts) {
    const sequence = all.get(draft.runId) ?? initialSequence(draft.runId, threadId);
    if (sequence.threadId !== threadId) throw new ChatError('sequence_violation', 'The run belongs to another thread.');
    const next = nextInSequence(sequence, draft);
    if ('reason' in next)
      throw new ChatError('sequence_violation', `${next.message} (${next.reason})`, { field: 'type' });
    all.set(draft.runId, next);
  }
  return { changed: [...all.values()].filter((sequence) => before.get(sequence.runId) !== sequence), all };
}

function eventOf(draft: EventDraft, seq: number, threadId: ThreadId, at: string): ThreadEvent {
  const { id, type, runId, agent, data } = draft;
  return { v: 1, id, seq, type, threadId, runId, agent, at, data } as ThreadEvent;
}

/** Held until the transaction is over. */
async function lockHead(tx: Transaction, ctx: TenantContext, threadId: ThreadId): Promise<number> {
  const [row] = await tx.query(
    sql`select h.head_seq from thread_heads h join thread t using (tenant_id, thread_id)
        where h.thread_id = ${threadId} and t.user_id = ${ctx.userId} for update of h`,
    headRow,
  );
  if (row === undefined) throw threadNotFound();
  return row.head_seq;
}
