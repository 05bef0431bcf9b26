import { z } from 'zod';
import { assertAllowed, sql, type EventDraft, type RunId, type TenantContext, type ThreadId } from '../../kernel';
import type { AgentRunsDeps } from '../contract';
import { AgentError, runNotFound } from '../errors';
import { recordEnd } from './metrics';
import { MAX_QUEUE_WAIT_MS } from '../limits';
import { hasEnded, nextRunState, type RunState } from './store/run-state';
import { readRun } from './store/run-store';

const expiredRow = z.object({ thread_id: z.custom<ThreadId>(), created_at: z.date() });

/**
 * Cancels a run: one that nobody works on ends here and now, one that is worked on becomes `cancelling`. `onRequested` is
 * called after the commit. Throws `not_allowed`, `run_not_found`.
 */
export async function cancel(
  deps: AgentRunsDeps,
  ctx: TenantContext,
  id: RunId,
  onRequested: () => void,
): Promise<{ outcome: 'stopping' | 'already_ended'; state: RunState }> {
  assertAllowed(ctx, 'chat:use');
  const eventId = deps.ids.next('event');
  return deps.db.transaction(ctx, async (tx) => {
    const run = await readRun(tx, id, ctx.userId, true);
    if (run === undefined) throw runNotFound();
    if (hasEnded(run.state)) return { outcome: 'already_ended', state: run.state };
    const next = nextRunState(run.state, 'cancel_requested');
    if (typeof next === 'object') return { outcome: 'stopping', state: run.state };
    const now = new Date(deps.clock.now());
    const ended = hasEnded(next) ? now : null;
    await tx.execute(
      sql`update runs set state = ${next}, cancel_requested_at = ${now}, ended_at = ${ended} where id = ${id}`,
    );
    if (ended !== null) {
      const draft: EventDraft = {
        id: eventId,
        type: 'agent_cancelled',
        runId: id,
        agent: null,
        data: { userId: ctx.userId },
      };
      await deps.checkpoints.close(ctx, id, 'cancelled', tx);
      await deps.threadLog.append(ctx, run.threadId, [draft], tx);
      tx.afterCommit(() => recordEnd(deps.metrics, run, 'cancelled', ended));
    }
    tx.afterCommit(onRequested);
    return { outcome: 'stopping', state: next };
  });
}

/** Fails a run that waited too long, unless it was claimed or cancelled at this very moment. */
export async function expireQueued(deps: AgentRunsDeps, ctx: TenantContext, id: RunId): Promise<void> {
  const now = new Date(deps.clock.now());
  await deps.db.transaction(ctx, async (tx) => {
    const [run] = await tx.query(
      sql`update runs set state = 'failed', error_code = 'run_queue_timeout', ended_at = ${now}
          where id = ${id} and state = 'queued' returning thread_id, created_at`,
      expiredRow,
    );
    if (run === undefined) return;
    const minutes = MAX_QUEUE_WAIT_MS / 60_000;
    const { code, message, retryable } = new AgentError(
      'run_queue_timeout',
      `This question waited ${minutes} minutes without a free place. Ask it again.`,
    );
    const data = { code, message, retryable };
    const draft: EventDraft = { id: deps.ids.next('event'), type: 'agent_failed', runId: id, agent: null, data };
    await deps.threadLog.append(ctx, run.thread_id, [draft], tx);
    tx.afterCommit(() => recordEnd(deps.metrics, { createdAt: run.created_at, startedAt: null }, 'failed', now));
  });
}
