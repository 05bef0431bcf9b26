import { z } from 'zod';
import { assertAllowed, sql, textProblem, type EventDraft, type RunId, type TenantContext } from '../kernel';
import type { Accepted, Ask, Ports } from './contract';
import { AgentError } from './errors';
import { MAX_QUESTION, MOST_WAITING } from './limits';
import { ahead } from './queue';
import { RUN_STATES } from './run-state';

const knownRow = z.object({
  id: z.custom<RunId>(),
  question: z.string(),
  created_at: z.date(),
  state: z.enum(RUN_STATES),
});

/** Stores a question with its message, or nothing; `onStored` hears of it after the commit. */
export async function accept(
  ports: Ports,
  ctx: TenantContext,
  ask: Ask,
  onStored: (runId: RunId) => void,
): Promise<Accepted> {
  assertAllowed(ctx, 'chat:use');
  assertQuestion(ask.text);
  const { db, ids, clock } = ports;
  const { userId, plan } = ctx;
  const { threadId, clientMessageId, text } = ask;
  const runId = ids.next('run');
  const id = ids.next('event');
  const now = new Date(clock.now());
  return db.transaction(ctx, async (tx) => {
    // A person's devices may ask at one moment: who comes second waits here, and sees and counts the first.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`asking ${userId}`}, 0))`);
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
    const { ahead: waiting, waiting: ofPerson } = await ahead(tx, { threadId, userId, plan }, before);
    if (known !== undefined) {
      return { runId: known.id, waiting: known.state === 'queued' ? waiting : 0, repeated: true };
    }
    if (ofPerson >= MOST_WAITING) {
      throw new AgentError('run_queue_full', `${MOST_WAITING} of your questions wait already. Ask again later.`);
    }
    await tx.execute(sql`
      insert into runs (tenant_id, id, thread_id, user_id, plan, client_message_id, question, as_of, state, created_at)
      values (${ctx.tenantId}, ${runId}, ${threadId}, ${userId}, ${plan}, ${clientMessageId}, ${text}, ${now},
        'queued', ${now})`);
    const data = { text, clientMessageId, userId, waiting };
    const draft: EventDraft = { id, type: 'user_message', runId, agent: null, data };
    await ports.log.append(ctx, threadId, [draft], tx);
    tx.afterCommit(() => onStored(runId));
    return { runId, waiting, repeated: false };
  });
}

function assertQuestion(text: string): void {
  const problem = textProblem(text, MAX_QUESTION);
  if (problem !== undefined) throw new AgentError('invalid_question', `The question ${problem}.`, { field: 'text' });
}
