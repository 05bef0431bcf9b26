import { z } from 'zod';
import {
  assertAllowed,
  lockOf,
  sql,
  textProblem,
  type EventDraft,
  type FairTurns,
  type RunId,
  type TenantContext,
  type Transaction,
} from '../../kernel';
import type { RunAccepted, RunRequest, AgentRunsDeps, RunLimits } from '../contract';
import { AgentError } from '../errors';
import { MAX_QUESTION } from '../limits';
import { queuePosition } from '../queue/run-queue';
import { waitingNow } from '../queue/waiting-time';
import { RUN_STATES } from './store/run-state';

/** How long a question waits until those that its tenant has sent before are stored. */
const MAX_TURN_WAIT_MS = 10_000;
const knownRow = z.object({
  id: z.custom<RunId>(),
  question: z.string(),
  created_at: z.date(),
  state: z.enum(RUN_STATES),
});

/**
 * Stores a question as a queued run, with its message, or nothing; `onStored` is called after the commit. Questions of a
 * tenant are stored one after the other, so that no two take the last place in its queue: those that reach one instance take
 * turns there, and hold one connection at most, and instances take turns by the tenant's advisory lock. Throws
 * `not_allowed`, `invalid_question`, `message_id_reused`, `run_queue_full` with the limit, `overloaded`.
 */
export async function submit(
  deps: AgentRunsDeps,
  turns: FairTurns,
  ctx: TenantContext,
  { threadId, clientMessageId, text }: RunRequest,
  onStored: (accepted: RunAccepted) => void,
): Promise<RunAccepted> {
  assertAllowed(ctx, 'chat:use');
  assertQuestion(text);
  const { ids, clock } = deps;
  const { tenantId, userId, plan } = ctx;
  const runId = ids.next('run');
  const id = ids.next('event');
  const now = new Date(clock.now());
  const store = async (tx: Transaction): Promise<RunAccepted> => {
    tx.send(lockOf(`asking ${tenantId}`));
    const [known] = await tx.query(
      sql`select id, question, created_at, state from runs where thread_id = ${threadId} and user_id = ${userId}
          and client_message_id = ${clientMessageId}`,
      knownRow,
    );
    if (known !== undefined && known.question !== text) {
      const words = 'This clientMessageId belongs to another message in this thread. Give each message its own.';
      throw new AgentError('message_id_reused', words, { field: 'clientMessageId' });
    }
    const before = known && { at: known.created_at, id: known.id };
    const { position, queued } = await queuePosition(tx, deps.plans, { threadId, userId, plan }, before);
    if (known !== undefined) {
      return { runId: known.id, waiting: known.state === 'queued' ? position : 0, repeated: true };
    }
    assertQueueHasRoom(queued, deps.plans[plan]);
    const data = { text, clientMessageId, userId, waiting: position };
    const draft: EventDraft = { id, type: 'user_message', runId, agent: null, data };
    // Whose thread it is comes first: in somebody else's, the message's id may be taken.
    await deps.threadLog.append(ctx, threadId, [draft], tx);
    await tx.execute(sql`
      insert into runs (tenant_id, id, thread_id, user_id, plan, client_message_id, question, as_of, state, created_at)
      values (${tenantId}, ${runId}, ${threadId}, ${userId}, ${plan}, ${clientMessageId}, ${text}, ${now},
        'queued', ${waitingNow(deps)})`);
    const accepted = { runId, waiting: position, repeated: false };
    tx.afterCommit(() => onStored(accepted));
    return accepted;
  };
  const turn = { ofOne: 1, limit: { ms: MAX_TURN_WAIT_MS, late: overloaded } };
  return turns.run(tenantId, turn, () => deps.db.transaction(ctx, store));
}

function assertQueueHasRoom(
  queued: { readonly ofUser: number; readonly ofTenant: number },
  { queuedPerPerson, queuedPerTenant }: RunLimits[TenantContext['plan']],
): void {
  if (queued.ofUser >= queuedPerPerson) {
    throw new AgentError('run_queue_full', `${queuedPerPerson} of your questions wait already. Ask again later.`, {
      limit: { name: 'queuedPerPerson', max: queuedPerPerson },
    });
  }
  if (queued.ofTenant >= queuedPerTenant) {
    throw new AgentError(
      'run_queue_full',
      `${queuedPerTenant} questions of your company wait already, as many as its plan allows. Ask again later.`,
      { limit: { name: 'queuedPerTenant', max: queuedPerTenant } },
    );
  }
}

function overloaded(): AgentError {
  return new AgentError('overloaded', 'Your company sends too many questions at this moment. Send this one again.', {
    retryAfterMs: 1_000,
  });
}

function assertQuestion(text: string): void {
  const problem = textProblem(text, MAX_QUESTION);
  if (problem !== undefined) throw new AgentError('invalid_question', `The question ${problem}.`, { field: 'text' });
}
