import { z } from 'zod';
import {
  PlatformError,
  servicePrincipal,
  sql,
  vouchFor,
  type Clock,
  type Logger,
  type Metrics,
  type Plan,
  type TenantContext,
  type TenantId,
  type ThreadDependents,
  type ThreadId,
  type Transactions,
  type UserId,
} from '../../kernel';
import type { RetentionLimits } from '../contract';

/** Soon after the start, so that instances that live for less than an hour do their part; then every hour. */
const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const THREADS_AT_ONCE = 200;
const EVENTS_AT_ONCE = 1_000;

const quietRow = z.object({
  tenant_id: z.custom<TenantId>(),
  thread_id: z.custom<ThreadId>(),
  user_id: z.custom<UserId>(),
  last_event_at: z.date(),
});
type QuietThread = z.infer<typeof quietRow>;
const removedRow = z.object({ events: z.coerce.number(), is_empty: z.boolean() });

export interface ThreadRetentionDeps {
  readonly db: Transactions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly plans: RetentionLimits;
  /** The modules whose rows hang on threads. */
  readonly dependents: readonly ThreadDependents[];
  /** Met by auth; a company that is gone is not among them. */
  readonly plansOf: (tenants: readonly TenantId[]) => Promise<ReadonlyMap<TenantId, Plan>>;
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
  #timer: Disposable;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(private readonly deps: ThreadRetentionDeps) {
    this.#timer = this.#after(FIRST_AFTER_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer[Symbol.dispose]();
    await this.#turn;
  }

  #after(ms: number): Disposable {
    return this.deps.clock.after(ms, () => {
      this.#turn = this.#sweep()
        .catch((error: unknown) => {
          const reason = String(error);
          this.deps.logger.warn({ reason }, 'old events could not all be removed; they will be in an hour');
        })
        .then(() => {
          if (!this.#isClosed) this.#timer = this.#after(EVERY_MS);
        });
    });
  }

  async #sweep(): Promise<void> {
    const { plans, plansOf, clock } = this.deps;
    const now = clock.now();
    const quietSince = (plan: Plan): Date => new Date(now - plans[plan].threadRetentionDays * DAY_MS);
    const shortest = new Date(Math.max(...(Object.keys(plans) as Plan[]).map((plan) => quietSince(plan).getTime())));
    let after: QuietThread | undefined;
    do {
      const page = await this.#quiet(shortest, after);
      const planOf = await plansOf([...new Set(page.map(({ tenant_id: tenantId }) => tenantId))]);
      for (const thread of page) {
        if (this.#isClosed) return;
        const plan = planOf.get(thread.tenant_id);
        if (plan === undefined || thread.last_event_at > quietSince(plan)) continue;
        const { tenant_id: tenantId, user_id: userId } = thread;
        const ctx = vouchFor({ tenantId, userId, plan, permissions: [] });
        const ownDays = (await this.deps.keptDays?.(ctx)) ?? 0;
        const since = new Date(Math.min(quietSince(plan).getTime(), now - ownDays * DAY_MS));
        if (thread.last_event_at <= since) await this.#empty(ctx, thread.thread_id, since);
      }
      after = page.length < THREADS_AT_ONCE ? undefined : page.at(-1);
    } while (after !== undefined && !this.#isClosed);
    this.deps.logger.debug({}, 'threads were looked through for old events');
  }

  /** Ids only: services do not see what is in a thread. */
  #quiet(since: Date, after: QuietThread | undefined): Promise<readonly QuietThread[]> {
    const beyond = after && sql`and (h.last_event_at, h.thread_id) > (${after.last_event_at}, ${after.thread_id})`;
    return this.deps.db.asService(
      servicePrincipal('thread-retention'),
      (tx) =>
        tx.query(
          sql`select h.tenant_id, h.thread_id, t.user_id, h.last_event_at
              from thread_heads h join thread t using (tenant_id, thread_id)
              where h.last_event_at <= ${since} and h.first_seq <= h.head_seq ${beyond ?? sql``}
              order by h.last_event_at, h.thread_id limit ${THREADS_AT_ONCE}`,
          quietRow,
        ),
      { readOnly: true },
    );
  }

  async #empty(ctx: TenantContext, threadId: ThreadId, since: Date): Promise<void> {
    const { metrics, logger, onEmptied } = this.deps;
    for (;;) {
      const removed = await this.#removeSome(ctx, threadId, since);
      if (removed === undefined) return;
      metrics.count('chat_events_expired_total', {}, removed.events);
      if (removed.is_empty) break;
      if (this.#isClosed) return;
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
