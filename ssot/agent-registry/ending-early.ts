import { z } from 'zod';
import { assertAllowed, sql, type EventDraft, type RunId, type TenantContext, type ThreadId } from '../kernel';
import type { Ports } from './contract';
import { AgentError, runNotFound } from './errors';
import { tellEnding } from './figures';
import { LONGEST_WAIT_MS } from './limits';
import { hasEnded, runNext, type RunState } from './run-state';
import { readRun } from './run-store';

const overdueRow = z.object({ thread_id: z.custom<ThreadId>(), created_at: z.date() });

/** A run that nobody works on ends here and now; one that is worked on is told to stop. `onAsked` hears after the commit. */
export async function stop(
  ports: Ports,
  ctx: TenantContext,
  id: RunId,
  onAsked: () => void,
): Promise<{ outcome: 'stopping' | 'already_ended'; state: RunState }> {
  assertAllowed(ctx, 'chat:use');
  const eventId = ports.ids.next('event');
  return ports.db.transaction(ctx, async (tx) => {
    const run = await readRun(tx, id, ctx.userId, true);
    if (run === undefined) throw runNotFound();
    if (hasEnded(run.state)) return { outcome: 'already_ended', state: run.state };
    const next = runNext(run.state, 'stop_asked');
    if (typeof next === 'object') return { outcome: 'stopping', state: run.state };
    const now = new Date(ports.clock.now());
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
      await ports.log.append(ctx, run.threadId, [draft], tx);
      tx.afterCommit(() => tellEnding(ports.metrics, run, 'cancelled', ended));
    }
    tx.afterCommit(onAsked);
    return { outcome: 'stopping', state: next };
  });
}

/** A run that waited too long ends as failed, unless somebody took or stopped it at this very moment. */
export async function giveUpWaiting(ports: Ports, ctx: TenantContext, id: RunId): Promise<void> {
  const now = new Date(ports.clock.now());
  await ports.db.transaction(ctx, async (tx) => {
    const [run] = await tx.query(
      sql`update runs set state = 'failed', error_code = 'run_queue_timeout', ended_at = ${now}
          where id = ${id} and state = 'queued' returning thread_id, created_at`,
      overdueRow,
    );
    if (run === undefined) return;
    const minutes = LONGEST_WAIT_MS / 60_000;
    const { code, message, retryable } = new AgentError(
      'run_queue_timeout',
      `This question waited ${minutes} minutes without a free place. Ask it again.`,
    );
    const data = { code, message, retryable };
    const draft: EventDraft = { id: ports.ids.next('event'), type: 'agent_failed', runId: id, agent: null, data };
    await ports.log.append(ctx, run.thread_id, [draft], tx);
    tx.afterCommit(() => tellEnding(ports.metrics, { createdAt: run.created_at, startedAt: null }, 'failed', now));
  });
}
