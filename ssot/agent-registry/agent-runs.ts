import { z } from 'zod';
import {
  assertAllowed,
  PlatformError,
  sql,
  type EventDraft,
  type Id,
  type RunId,
  type TenantContext,
  type Transaction,
} from '../kernel';
import { createCatalogue } from './catalogue';
import type {
  AgentDefinition,
  AgentRuns,
  Ask,
  HeldRun,
  Ports,
  RegistryHealth,
  RunRecord,
  ToolDefinition,
  WakeNote,
} from './contract';
import { AgentError } from './errors';
import { RunExecution } from './run-execution';
import { hasEnded, runNext, type RunState } from './run-state';
import { findTakeable, readRun, take } from './run-store';
import { SPECIALISTS } from './specialists';
import { TOOLS } from './tools';

const LONGEST_QUESTION = 8_000;
const MOST_WAITING = 20;
const MOST_RUNNING = 50;
const SEARCH_MS = 5_000;

const knownRow = z.object({ id: z.custom<RunId>(), created_at: z.date() });
const countRow = z.object({ ahead: z.coerce.number(), waiting: z.coerce.number() });

/**
 * Takes questions, and works on those that wait, of every company, as far as this instance has room. A definition that
 * is refused is told by `health`, and keeps nobody else from working.
 */
export async function createAgentRuns(
  ports: Ports,
  agents: readonly AgentDefinition[] = SPECIALISTS,
  tools: readonly ToolDefinition[] = TOOLS,
): Promise<AgentRuns> {
  const runs = new Registry(ports, createCatalogue(agents, tools));
  await runs.listen();
  return runs;
}

class Registry implements AgentRuns {
  readonly #owner: Id<'inst'>;
  readonly #held = new Map<RunId, { execution: RunExecution; done: Promise<void> }>();
  #refusing = false;
  #looking: Promise<void> | undefined;
  #again = false;
  #search: Disposable | undefined;
  #word: AsyncDisposable | undefined;
  #finished = 0;
  #handedOver = 0;

  constructor(
    private readonly ports: Ports,
    private readonly known: ReturnType<typeof createCatalogue>,
  ) {
    this.#owner = ports.ids.next('inst');
  }

  async listen(): Promise<void> {
    const { wake, logger: log } = this.ports;
    try {
      this.#word = await wake.onWake((note) => this.#hear(note));
    } catch (error) {
      log.warn({ reason: String(error) }, 'no word from other instances; the search finds their runs');
    }
    this.#schedule();
    this.#look();
  }

  async start(ctx: TenantContext, ask: Ask): Promise<{ runId: RunId; waiting: number; repeated: boolean }> {
    assertAllowed(ctx, 'chat:use');
    assertQuestion(ask.text);
    const { db, ids, clock } = this.ports;
    const runId = ids.next('run');
    const id = ids.next('event');
    const now = new Date(clock.now());
    return db.transaction(ctx, async (tx) => {
      // Two devices may ask at one moment: who comes second waits here, and sees the first.
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${ask.threadId}, 0))`);
      const [known] = await tx.query(
        sql`select id, created_at from runs where thread_id = ${ask.threadId} and user_id = ${ctx.userId}
            and client_message_id = ${ask.clientMessageId}`,
        knownRow,
      );
      const { ahead: waiting, waiting: ofPerson } = await counts(tx, ctx, ask, known?.created_at);
      if (known !== undefined) return { runId: known.id, waiting, repeated: true };
      if (ofPerson >= MOST_WAITING) {
        throw new AgentError('run_queue_full', `${MOST_WAITING} of your questions wait already. Ask again later.`);
      }
      await tx.execute(sql`
        insert into runs (tenant_id, id, thread_id, user_id, client_message_id, question, as_of, state, created_at)
        values (${ctx.tenantId}, ${runId}, ${ask.threadId}, ${ctx.userId}, ${ask.clientMessageId}, ${ask.text}, ${now},
          'queued', ${now})`);
      const data = { text: ask.text, clientMessageId: ask.clientMessageId, userId: ctx.userId, waiting };
      const draft: EventDraft = { id, type: 'user_message', runId, agent: null, data };
      await this.ports.log.append(ctx, ask.threadId, [draft], tx);
      tx.afterCommit(() => (waiting === 0 ? this.#begin(runId) : undefined));
      return { runId, waiting, repeated: false };
    });
  }

  async get(ctx: TenantContext, id: RunId): Promise<RunRecord> {
    assertAllowed(ctx, 'chat:use');
    const run = await this.ports.db.transaction(ctx, (tx) => readRun(tx, id, ctx.userId), { readOnly: true });
    if (run === undefined) throw runNotFound();
    return run;
  }

  async cancel(ctx: TenantContext, id: RunId): Promise<{ outcome: 'stopping' | 'already_ended'; state: RunState }> {
    assertAllowed(ctx, 'chat:use');
    const eventId = this.ports.ids.next('event');
    return this.ports.db.transaction(ctx, async (tx) => {
      const run = await readRun(tx, id, ctx.userId, true);
      if (run === undefined) throw runNotFound();
      if (hasEnded(run.state)) return { outcome: 'already_ended', state: run.state };
      const next = runNext(run.state, 'stop_asked');
      if (typeof next === 'object') return { outcome: 'stopping', state: run.state };
      const now = new Date(this.ports.clock.now());
      const ended = hasEnded(next) ? now : null;
      await tx.execute(
        sql`update runs set state = ${next}, cancel_requested_at = ${now}, ended_at = ${ended} where id = ${id}`,
      );
      if (ended !== null) {
        const data = { userId: ctx.userId };
        const draft: EventDraft = { id: eventId, type: 'agent_cancelled', runId: id, agent: null, data };
        await this.ports.log.append(ctx, run.threadId, [draft], tx);
      }
      tx.afterCommit(() => this.#stopEverywhere(id));
      return { outcome: 'stopping', state: next };
    });
  }

  refuse(): void {
    this.#refusing = true;
    this.#search?.[Symbol.dispose]();
  }

  async drain(finishBy: AbortSignal): Promise<{ finished: number; handedOver: number }> {
    this.refuse();
    const handOver = (): void => {
      for (const { execution } of this.#held.values()) execution.interrupt('handed_over');
    };
    if (finishBy.aborted) handOver();
    finishBy.addEventListener('abort', handOver, { once: true });
    const finished = this.#finished;
    await this.#looking;
    await Promise.all([...this.#held.values()].map(({ done }) => done));
    finishBy.removeEventListener('abort', handOver);
    return { finished: this.#finished - finished, handedOver: this.#handedOver };
  }

  health(): RegistryHealth {
    return {
      kinds: this.known.catalogue.kinds,
      refused: this.known.refused.map(({ message }) => message),
      running: this.#held.size,
      draining: this.#refusing,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(AbortSignal.abort());
    await this.#word?.[Symbol.asyncDispose]();
  }

  /** A question that nothing is ahead of begins at once, here or, when this instance stops, elsewhere. */
  #begin(id: RunId): void {
    if (this.#refusing || this.#held.size >= MOST_RUNNING) this.#wake({ is: 'look' });
    else void this.#takeOne(id);
  }

  #hear(note: WakeNote): void {
    if (note.is === 'stop') this.#held.get(note.runId)?.execution.interrupt('stop_asked');
    else this.#look();
  }

  #stopEverywhere(id: RunId): void {
    this.#held.get(id)?.execution.interrupt('stop_asked');
    this.#wake({ is: 'stop', runId: id });
    this.#look();
  }

  #wake(note: WakeNote): void {
    const { wake, logger: log } = this.ports;
    wake.wake(note).catch((error: unknown) => {
      log.debug({ reason: String(error) }, 'other instances could not be woken; their search finds it');
    });
  }

  #schedule(): void {
    if (this.#refusing) return;
    this.#search = this.ports.clock.after(SEARCH_MS, () => {
      this.#look();
      this.#schedule();
    });
  }

  /** One search at a time; one that is asked for meanwhile follows. */
  #look(): void {
    if (this.#refusing) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    const { logger: log } = this.ports;
    this.#looking = this.#takeWaiting()
      .catch((error: unknown) => {
        log.warn({ reason: String(error) }, 'waiting runs could not be searched; the next search tries');
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#again) {
          this.#again = false;
          this.#look();
        }
      });
  }

  async #takeWaiting(): Promise<void> {
    const room = MOST_RUNNING - this.#held.size;
    if (room <= 0) return;
    for (const id of await findTakeable(this.ports.db, room)) if (!this.#refusing) await this.#takeOne(id);
  }

  async #takeOne(id: RunId): Promise<void> {
    const { db, authority, logger: log, metrics } = this.ports;
    try {
      const run = await take(db, id, this.#owner);
      if (run === undefined) return;
      const ctx = await authority.contextFor(run.tenantId, run.userId);
      this.#perform(run, ctx);
      metrics.count('agent_runs_taken_total', { after: run.losses > 0 ? 'loss' : 'waiting' });
    } catch (error) {
      // Another run of the thread was quicker: it waits for that one's end.
      const raced = error instanceof PlatformError && error.code === 'database_constraint';
      if (!raced) log.warn({ runId: id, reason: String(error) }, 'a run could not be taken; the next search tries');
    }
  }

  #perform(run: HeldRun, ctx: TenantContext): void {
    const { logger: log, metrics } = this.ports;
    const execution = new RunExecution(run, ctx, this.ports, this.known.catalogue);
    const done = execution
      .perform()
      .then((conclusion) => {
        metrics.count('agent_runs_concluded_total', { conclusion });
        if (conclusion === 'ended') this.#finished++;
        if (conclusion === 'handed_over') this.#handedOver++;
      })
      .catch((error: unknown) => log.error({ runId: run.runId, err: error }, 'a run ended in disorder'))
      .finally(() => {
        this.#held.delete(run.runId);
        // The thread's next question, or what was handed over, begins now.
        if (this.#refusing) this.#wake({ is: 'look' });
        else this.#look();
      });
    this.#held.set(run.runId, { execution, done });
    if (this.#refusing) execution.interrupt('handed_over');
  }
}

async function counts(
  tx: Transaction,
  ctx: TenantContext,
  ask: Ask,
  before: Date | undefined,
): Promise<{ ahead: number; waiting: number }> {
  const [row] = await tx.query(
    sql`select count(*) filter (where thread_id = ${ask.threadId} and created_at < coalesce(${before ?? null}::timestamptz, 'infinity')) as ahead,
          count(*) filter (where state = 'queued') as waiting
        from runs where user_id = ${ctx.userId} and state in ('queued', 'running', 'cancelling', 'interrupted')`,
    countRow,
  );
  return row ?? { ahead: 0, waiting: 0 };
}

function assertQuestion(text: string): void {
  const problem =
    text.trim() === ''
      ? 'is blank'
      : text.length > LONGEST_QUESTION
        ? `has more than ${LONGEST_QUESTION} characters`
        : text.includes('\0')
          ? 'contains a NUL character'
          : undefined;
  if (problem !== undefined) throw new AgentError('invalid_question', `The question ${problem}.`, { field: 'text' });
}

function runNotFound(): AgentError {
  return new AgentError('run_not_found', 'There is no such run.', { field: 'runId' });
}
