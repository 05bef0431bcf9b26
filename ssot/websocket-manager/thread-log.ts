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
} from '../kernel';
import type { ThreadLogPorts } from './contract';
import { ChatError, threadNotFound } from './errors';
import { assertTravels } from './event-schema';
import { storyNext, untold, type Story } from './story';

const PAGE = 200;

type Stored = Pick<Appended, 'events' | 'repeated'>;

const headRow = z.object({ first_seq: z.coerce.number(), head_seq: z.coerce.number() });
const eventRow = z
  .object({
    seq: z.coerce.number(),
    id: z.string(),
    type: z.string(),
    thread_id: z.string(),
    run_id: z.string(),
    agent: z.string().nullable(),
    at: z.date(),
    data: z.unknown(),
  })
  .transform(
    ({ seq, id, type, thread_id: threadId, run_id: runId, agent, at, data }) =>
      // Checked on the way in, and the table's checks have kept it since.
      ({ v: 1, id, seq, type, threadId, runId, agent, at: at.toISOString(), data }) as ThreadEvent,
  );
const storyRow = z
  .object({
    run_id: z.custom<RunId>(),
    thread_id: z.custom<ThreadId>(),
    phase: z.enum(['asked', 'started', 'ended']),
    open_calls: z.array(z.custom<CallId>()),
  })
  .transform((row): Story => ({
    runId: row.run_id,
    threadId: row.thread_id,
    phase: row.phase,
    openCalls: row.open_calls,
  }));
const foundRow = z.object({ repeated: z.coerce.number(), stories: z.array(storyRow) });

/** Stories in PostgreSQL: numbered without gaps under the lock of the thread's head, told to nobody before the commit. */
export function createThreadLog(ports: ThreadLogPorts): ThreadLog {
  return new PostgresThreadLog(ports);
}

class PostgresThreadLog implements ThreadLog {
  constructor(private readonly ports: ThreadLogPorts) {}

  async append(
    ctx: TenantContext,
    threadId: ThreadId,
    drafts: readonly EventDraft[],
    tx?: Transaction,
  ): Promise<Appended> {
    assertVerified(ctx);
    for (const draft of drafts) assertTravels(draft);
    let announced: Promise<'now' | 'by_sweep'> | undefined;
    const announce = (events: readonly ThreadEvent[]): void => {
      announced = this.ports.announcements.announce(ctx, threadId, events);
    };
    const store = (within: Transaction): Promise<Stored> => this.#store(within, ctx, threadId, drafts, announce);
    if (tx !== undefined) return { ...(await store(tx)), announced: 'after_commit' };
    const stored = await this.ports.db.transaction(ctx, store);
    return { ...stored, announced: (await announced) ?? 'now' };
  }

  async read(
    ctx: TenantContext,
    threadId: ThreadId,
    afterSeq: number,
    limit = PAGE,
  ): Promise<{ events: readonly ThreadEvent[]; firstSeq: number; headSeq: number }> {
    assertVerified(ctx);
    return this.ports.db.transaction(
      ctx,
      async (tx) => {
        const { first_seq: firstSeq, head_seq: headSeq } = await head(tx, ctx, threadId);
        if (headSeq <= afterSeq) return { events: [], firstSeq, headSeq };
        const events = await tx.query(
          sql`select seq, id, type, thread_id, run_id, agent, at, data from thread_events
              where thread_id = ${threadId} and seq > ${afterSeq} and seq <= ${headSeq} order by seq limit ${limit}`,
          eventRow,
        );
        return { events, firstSeq, headSeq };
      },
      { readOnly: true },
    );
  }

  async #store(
    tx: Transaction,
    ctx: TenantContext,
    threadId: ThreadId,
    drafts: readonly EventDraft[],
    announce: (events: readonly ThreadEvent[]) => void,
  ): Promise<Stored> {
    const { head_seq: before } = await head(tx, ctx, threadId, true);
    // Asked after the lock is held: only now does a question see what whoever held it before has written.
    const ids = drafts.map(({ id }) => id);
    const [found] = await tx.query(
      sql`select
        (select count(*) from thread_events where thread_id = ${threadId} and id = any(${ids})) as repeated,
        (select coalesce(jsonb_agg(to_jsonb(s)), '[]') from run_stories s
          where run_id = any(${[...new Set(drafts.map(({ runId }) => runId))]})) as stories`,
      foundRow,
    );
    const { repeated, stories } = found as z.infer<typeof foundRow>;
    const known = repeated === 0 ? [] : await this.#known(tx, threadId, ids);
    const events = new Map(known.map((event) => [event.id, event]));
    const fresh = drafts.filter(({ id }) => !events.has(id));
    if (fresh.length > 0) {
      const at = new Date(this.ports.clock.now()).toISOString();
      const numbered = fresh.map((draft, place) => eventOf(draft, before + place + 1, threadId, at));
      for (const event of numbered) events.set(event.id, event);
      await write(tx, ctx, threadId, numbered, told(threadId, stories, fresh));
      tx.afterCommit(() => announce(numbered));
    }
    return { events: drafts.map(({ id }) => events.get(id) as ThreadEvent), repeated: drafts.length - fresh.length };
  }

  async #known(tx: Transaction, threadId: ThreadId, ids: readonly string[]): Promise<readonly ThreadEvent[]> {
    return tx.query(
      sql`select seq, id, type, thread_id, run_id, agent, at, data from thread_events
          where thread_id = ${threadId} and id = any(${[...ids]})`,
      eventRow,
    );
  }
}

/** The stories of the runs concerned, gone on with by all drafts or by none. */
function told(threadId: ThreadId, before: readonly Story[], drafts: readonly EventDraft[]): readonly Story[] {
  const stories = new Map(before.map((story) => [story.runId, story]));
  for (const draft of drafts) {
    const story = stories.get(draft.runId) ?? untold(draft.runId, threadId);
    if (story.threadId !== threadId) throw new ChatError('story_violation', 'The run belongs to another thread.');
    const next = storyNext(story, draft);
    if ('broken' in next) throw new ChatError('story_violation', `${next.message} (${next.broken})`, { field: 'type' });
    stories.set(draft.runId, next);
  }
  return [...stories.values()];
}

function eventOf(draft: EventDraft, seq: number, threadId: ThreadId, at: string): ThreadEvent {
  const { id, type, runId, agent, data } = draft;
  return { v: 1, id, seq, type, threadId, runId, agent, at, data } as ThreadEvent;
}

async function head(
  tx: Transaction,
  ctx: TenantContext,
  threadId: ThreadId,
  lock = false,
): Promise<z.infer<typeof headRow>> {
  const mine = sql`select h.first_seq, h.head_seq from thread_heads h join thread t using (tenant_id, thread_id)
      where h.thread_id = ${threadId} and t.user_id = ${ctx.userId}`;
  const [row] = await tx.query(lock ? sql`${mine} for update of h` : mine, headRow);
  if (row === undefined) throw threadNotFound();
  return row;
}

/** Events, stories and head in one statement. */
async function write(
  tx: Transaction,
  ctx: TenantContext,
  threadId: ThreadId,
  events: readonly ThreadEvent[],
  stories: readonly Story[],
): Promise<void> {
  await tx.execute(sql`
    with event as (
      insert into thread_events (tenant_id, thread_id, seq, id, type, run_id, agent, at, data)
      select ${ctx.tenantId}, ${threadId}, e.seq, e.id, e.type, e."runId", e.agent, e.at, e.data
      from jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
        as e(seq bigint, id text, type text, "runId" text, agent text, at timestamptz, data jsonb)
    ), story as (
      insert into run_stories (tenant_id, run_id, thread_id, phase, open_calls)
      select ${ctx.tenantId}, s."runId", ${threadId}, s.phase, s."openCalls"
      from jsonb_to_recordset(${JSON.stringify(stories)}::jsonb) as s("runId" text, phase text, "openCalls" text[])
      on conflict (tenant_id, run_id) do update set phase = excluded.phase, open_calls = excluded.open_calls
    )
    update thread_heads set head_seq = ${events.at(-1)?.seq} where thread_id = ${threadId}`);
}
