import { z } from 'zod';
import {
  PlatformError,
  Recurring,
  sql,
  type Clock,
  type Logger,
  type Metrics,
  type Plan,
  type TenantContext,
  type ThreadDependents,
  type ThreadId,
} from '../../../kernel';
import type { RetentionLimits } from '../../contract';
import { quietThreads, type QuietThreadsDeps } from './quiet-threads';

/** Soon after the start, so that instances that live for less than an hour do their part; then every hour. */
const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const EVENTS_AT_ONCE = 1_000;

const removedRow = z.object({ events: z.coerce.number(), is_empty: z.boolean() });

export interface ThreadRetentionDeps extends QuietThreadsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly plans: RetentionLimits;
  /** The modules whose rows hang on threads. */
  readonly dependents: readonly ThreadDependents[];
  /** For how many days the company keeps its threads where that is longer than its plan's; without it nobody does. */
  readonly keptDays?: (ctx: TenantContext) => Promise<number>;
  /** Hears of each thread after its last event was removed. */
  readonly onEmptied: (ctx: TenantContext, threadId: ThreadId) => Promise<void>;
}

/**
 * Begins to remove, hourly, the events of threads in which nothing has happened for as many days as the company's plan keeps them, and all that
 * hangs on these threads. The thread stays, and says where it begins now: `firstSeq` is behind its last event. Instances
 * share the work; what one has begun, the others leave to it. Disposing it lets the batch that is under way land.
 */
export function startThreadRetention(deps: ThreadRetentionDeps): AsyncDisposable {
  return new ThreadRetention(deps);
}

class ThreadRetention implements AsyncDisposable {
  readonly #turns: Recurring;

  constructor(private readonly deps: ThreadRetentionDeps) {
    const onFailure = (reason: string): void =>
      deps.logger.warn({ reason }, 'old events could not all be removed; they will be in an hour');
    const hourly = { firstAfterMs: FIRST_AFTER_MS, everyMs: EVERY_MS, onFailure };
    this.#turns = new Recurring(deps.clock, hourly, (closing) => this.#sweep(closing));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#turns[Symbol.asyncDispose]();
  }

  async #sweep(closing: AbortSignal): Promise<void> {
    const { plans, clock, logger } = this.deps;
    const now = clock.now();
    const quietSince = (plan: Plan): Date => new Date(now - plans[plan].threadRetentionDays * DAY_MS);
    const shortest = new Date(Math.max(...(Object.keys(plans) as Plan[]).map((plan) => quietSince(plan).getTime())));
    for await (const { ctx, thread } of quietThreads(this.deps, { service: 'thread-retention', since: shortest })) {
      if (closing.aborted) return;
      if (thread.last_event_at > quietSince(ctx.plan)) continue;
      try {
        const since = await this.#keptSince(ctx, quietSince(ctx.plan), now);
        if (thread.last_event_at <= since) await this.#empty(ctx, thread.thread_id, since, closing);
      } catch (error) {
        // The others do not wait for this one, which comes first each time.
        const { tenant_id: tenantId, thread_id: threadId } = thread;
        logger.warn({ tenantId, threadId, reason: String(error) }, 'what is in an old thread could not be removed');
      }
    }
    logger.debug({}, 'threads were looked through for old events');
  }

  /** A thread whose last event came later is kept: by the plan, or as long as the company has chosen. */
  async #keptSince(ctx: TenantContext, byPlan: Date, now: number): Promise<Date> {
    const ownDays = (await this.deps.keptDays?.(ctx)) ?? 0;
    return new Date(Math.min(byPlan.getTime(), now - ownDays * DAY_MS));
  }

  async #empty(ctx: TenantContext, threadId: ThreadId, since: Date, closing: AbortSignal): Promise<void> {
    const { metrics, logger, onEmptied } = this.deps;
    for (;;) {
      const removed = await this.#removeSome(ctx, threadId, since);
      if (removed === undefined) return;
      metrics.count('chat_events_expired_total', {}, removed.events);
      if (removed.is_empty) break;
      if (closing.aborted) return;
    }
    metrics.count('chat_threads_expired_total');
    logger.info(
      { tenantId: ctx.tenantId, threadId },
      'what was in a thread was removed, as nothing had happened in it for so long',
    );
    await onEmptied(ctx, threadId);
  }

  /** The next events from the beginning, with all that hangs on the thread; nothing when somebody has gone on in it, or another instance is at it. */
  async #removeSome(ctx: TenantContext, threadId: ThreadId, since: Date) {
    const { db, dependents } = this.deps;
    try {
      return await db.transaction(ctx, async (tx) => {
        // In the order in which whoever works on the thread locks: first what is worked on, then its head.
        for (const dependent of dependents) await dependent.deleteOfThread(ctx, threadId, tx);
        // Alone, so that what follows sees what whoever held the lock before has removed. An instance of an earlier release
        // does not note when an event came; the event itself tells.
        const { rows } = await tx.execute(
          sql`select from thread_heads where thread_id = ${threadId} and last_event_at <= ${since} and first_seq <= head_seq
                and ${since} >= all(select at from thread_events where thread_id = ${threadId} order by seq desc limit 1)
              for update skip locked`,
        );
        if (rows === 0) throw new LeftAlone();
        const [removed] = await tx.query(
          sql`with removed as (
                delete from thread_events where thread_id = ${threadId} and seq in (
                  select seq from thread_events where thread_id = ${threadId} order by seq limit ${EVENTS_AT_ONCE})
                returning seq
              ), sequences as (
                delete from run_sequences where thread_id = ${threadId}
              )
              update thread_heads set first_seq = coalesce((select max(seq) from removed), head_seq) + 1
              where thread_id = ${threadId}
              returning (select count(*) from removed) as events, first_seq > head_seq as is_empty`,
          removedRow,
        );
        return removed;
      });
    } catch (error) {
      if (error instanceof LeftAlone || isOnHold(error)) return undefined;
      throw error;
    }
  }
}

/** Undoes the transaction. */
class LeftAlone extends Error {}

/** A dependent has said that the law keeps it; it is asked again in an hour. */
function isOnHold(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'persistence_on_hold';
}
