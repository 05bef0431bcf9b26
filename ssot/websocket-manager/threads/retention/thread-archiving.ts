import {
  Recurring,
  sql,
  type Clock,
  type Logger,
  type Metrics,
  type TenantContext,
  type ThreadArchive,
  type ThreadEvent,
  type ThreadId,
  type ThreadSegment,
  type Transaction,
} from '../../../kernel';
import { eventRow } from '../log/event-row';
import { quietThreads, type QuietThread, type QuietThreadsDeps } from './quiet-threads';

const DAY_MS = 86_400_000;
/** Given up by PostgreSQL after so many quiet days, and copied a month before: until then a history that is lost is filled again. */
const MOVED_AFTER_DAYS = 90;
const COPIED_AFTER_DAYS = 60;
const FIRST_AFTER_MS = 90_000;
const EVERY_MS = 3_600_000;
const EVENTS_AT_ONCE = 500;
const MAX_SEGMENT_BYTES = 4 * 1_024 * 1_024;

export interface ThreadArchivingDeps extends QuietThreadsDeps {
  readonly archive: ThreadArchive;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** For how many days after its last event the company keeps a thread; what goes on the day it would be moved is not copied. */
  readonly keptDays: (ctx: TenantContext) => Promise<number>;
}

/**
 * Moves, hourly, the events of threads in which nothing has happened for 90 days to the history: copied, read back and compared,
 * and only then given up here. Killed anywhere, the next turn goes on from what is stored. Disposing it lets the step that is under
 * way land.
 */
export function startThreadArchiving(deps: ThreadArchivingDeps): AsyncDisposable {
  return new ThreadArchiving(deps);
}

class ThreadArchiving implements AsyncDisposable {
  readonly #turns: Recurring;

  constructor(private readonly deps: ThreadArchivingDeps) {
    const onFailure = (reason: string): void =>
      deps.logger.warn({ reason }, 'quiet threads could not be looked through; they will be in an hour');
    const hourly = { firstAfterMs: FIRST_AFTER_MS, everyMs: EVERY_MS, onFailure };
    this.#turns = new Recurring(deps.clock, hourly, (closing) => this.#sweep(closing));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#turns[Symbol.asyncDispose]();
  }

  async #sweep(closing: AbortSignal): Promise<void> {
    const { clock, logger, metrics, keptDays } = this.deps;
    const now = clock.now();
    const since = new Date(now - COPIED_AFTER_DAYS * DAY_MS);
    const where = sql`and h.archived_seq < h.head_seq`;
    for await (const { ctx, thread } of quietThreads(this.deps, { service: 'thread-archiving', since, where })) {
      if (closing.aborted) return;
      try {
        if ((await keptDays(ctx)) > MOVED_AFTER_DAYS) await this.#archive(ctx, thread, now, closing);
      } catch (error) {
        // Of this thread nothing was given up; the others do not wait for it.
        metrics.count('chat_threads_archiving_failed_total');
        const { tenant_id: tenantId, thread_id: threadId } = thread;
        const reason = String(error);
        logger.warn({ tenantId, threadId, reason }, 'a quiet thread could not be moved to the history');
      }
    }
    logger.debug({}, 'quiet threads were looked through');
  }

  async #archive(ctx: TenantContext, thread: QuietThread, now: number, closing: AbortSignal): Promise<void> {
    const { archive, metrics, logger } = this.deps;
    const { thread_id: threadId, head_seq: head, archived_seq: archived } = thread;
    const mayMove = thread.last_event_at.getTime() <= now - MOVED_AFTER_DAYS * DAY_MS;
    if (!mayMove && (await archive.isCopied(ctx, threadId, archived, head))) return;
    for (let after = archived; after < head && !closing.aborted;) {
      const events = await this.#segment(ctx, threadId, after);
      const last = events.at(-1)?.seq;
      // Moved meanwhile by another instance, or removed.
      if (last === undefined || events[0]?.seq !== after + 1) return;
      await archive.copy(ctx, { threadId, events }, (tx) => holds(tx, { threadId, events }));
      if (mayMove && !(await this.#giveUp(ctx, threadId, after, events, thread.last_event_at))) return;
      after = last;
    }
    if (!mayMove) return;
    metrics.count('chat_threads_archived_total');
    logger.info({ tenantId: ctx.tenantId, threadId }, 'a quiet thread was moved to the history');
  }

  /** As many as go together. */
  async #segment(ctx: TenantContext, threadId: ThreadId, after: number): Promise<readonly ThreadEvent[]> {
    const events = await this.deps.db.transaction(
      ctx,
      (tx) =>
        tx.query(
          sql`select seq, id, type, thread_id, run_id, agent, at, data from thread_events
              where thread_id = ${threadId} and seq > ${after} order by seq limit ${EVENTS_AT_ONCE}`,
          eventRow,
        ),
      { readOnly: true },
    );
    let bytes = 0;
    const end = events.findIndex((event, index) => {
      bytes += Buffer.byteLength(JSON.stringify(event));
      return bytes > MAX_SEGMENT_BYTES && index > 0;
    });
    return end < 0 ? events : events.slice(0, end);
  }

  /** Exactly what was copied, if nobody has gone on in the thread and nobody else was quicker. */
  async #giveUp(
    ctx: TenantContext,
    threadId: ThreadId,
    after: number,
    events: readonly ThreadEvent[],
    lastEventAt: Date,
  ): Promise<boolean> {
    const last = events.at(-1)?.seq ?? after;
    return this.deps.db.transaction(ctx, async (tx) => {
      const { rows } = await tx.execute(
        sql`select from thread_heads where thread_id = ${threadId} and greatest(archived_seq, first_seq - 1) = ${after}
              and last_event_at <= ${lastEventAt} for update skip locked`,
      );
      if (rows === 0) return false;
      await this.deps.archive.markMoved(ctx, { threadId, events }, tx);
      const gone = await tx.execute(
        sql`delete from thread_events where thread_id = ${threadId} and seq > ${after} and seq <= ${last}`,
      );
      if (gone.rows !== events.length) throw new Error('the thread holds other events than were copied');
      await tx.execute(sql`update thread_heads set archived_seq = ${last} where thread_id = ${threadId}`);
      return true;
    });
  }
}

/** Waits for whoever is deleting the thread now, and may have looked for copies before this one was noted. */
async function holds(tx: Transaction, { threadId, events }: ThreadSegment): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`select from thread_heads where thread_id = ${threadId} and first_seq <= ${events[0]?.seq ?? 0} for key share`,
  );
  return rows > 0;
}
