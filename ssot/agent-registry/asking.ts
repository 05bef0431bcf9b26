import { z } from 'zod';
import {
  assertAllowed,
  sql,
  textProblem,
  type EventDraft,
  type FairTurns,
  type RunId,
  type TenantContext,
  type Transaction,
} from '../kernel';
import type { Accepted, Ask, Ports, RunLimits } from './contract';
import { AgentError } from './errors';
import { MAX_QUESTION } from './limits';
import { ahead } from './queue';
import { RUN_STATES } from './run-state';

/** How long a question waits until those that its company has sent before are stored. */
const LONGEST_TURN_MS = 10_000;
const knownRow = z.object({
  id: z.custom<RunId>(),
  question: z.string(),
  created_at: z.date(),
  state: z.enum(RUN_STATES),
});

/**
 * Stores a question with its message, or nothing; `onStored` hears of it after the commit. Questions of a company are stored
 * one after the other, so that no two take its last place in the queue: those that come to one instance take turns there,
 * and hold one connection at most, and instances take turns by the company's lock. Throws `run_queue_full` with the limit.
 */
export async function accept(
  ports: Ports,
  turns: FairTurns,
  ctx: TenantContext,
  ask: Ask,
  onStored: (accepted: Accepted) => void,
): Promise<Accepted> {
  assertAllowed(ctx, 'chat:use');
  assertQuestion(ask.text);
  const { ids, clock } = ports;
  const { tenantId, userId, plan } = ctx;
  const { threadId, clientMessageId, text } = ask;
  const runId = ids.next('run');
  const id = ids.next('event');
  const now = new Date(clock.now());
  const store = async (tx: Transaction): Promise<Accepted> => {
    tx.send(sql`select pg_advisory_xact_lock(hashtextextended(${`asking ${tenantId}`}, 0))`);
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
    const { ahead: waiting, queued } = await ahead(tx, ports.plans, { threadId, userId, plan }, before);
    if (known !== undefined) {
      return { runId: known.id, waiting: known.state === 'queued' ? waiting : 0, repeated: true };
    }
    assertRoom(queued, ports.plans[plan]);
    await tx.execute(sql`
      insert into runs (tenant_id, id, thread_id, user_id, plan, client_message_id, question, as_of, state, created_at)
      values (${tenantId}, ${runId}, ${threadId}, ${userId}, ${plan}, ${clientMessageId}, ${text}, ${now},
        'queued', ${now})`);
    const data = { text, clientMessageId, userId, waiting };
    const draft: EventDraft = { id, type: 'user_message', runId, agent: null, data };
    await ports.log.append(ctx, threadId, [draft], tx);
    const accepted = { runId, waiting, repeated: false };
    tx.afterCommit(() => onStored(accepted));
    return accepted;
  };
  const turn = { ofOne: 1, limit: { ms: LONGEST_TURN_MS, late: overloaded } };
  return turns.run(tenantId, turn, () => ports.db.transaction(ctx, store));
}

function assertRoom(
  queued: { readonly ofPerson: number; readonly ofCompany: number },
  { queuedPerPerson, queuedPerTenant }: RunLimits[TenantContext['plan']],
): void {
  if (queued.ofPerson >= queuedPerPerson) {
    throw new AgentError('run_queue_full', `${queuedPerPerson} of your questions wait already. Ask again later.`, {
      limit: { name: 'queuedPerPerson', max: queuedPerPerson },
    });
  }
  if (queued.ofCompany >= queuedPerTenant) {
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
