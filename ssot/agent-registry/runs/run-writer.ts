import {
  sql,
  type AgentKind,
  type CallId,
  type EventData,
  type EventDraft,
  type EventType,
  type Sql,
  type TenantContext,
  type Transaction,
} from '../../kernel';
import type { ClaimedRun, AgentRunsDeps, ToolName } from '../contract';
import { type AgentError } from '../errors';
import { recordEnd, recordStart } from './metrics';
import { RunAborted } from './run-aborted';
import { textWithoutSecrets, withoutSecrets } from '../steps/redaction';
import { callsMade, renewLease, openCalls } from './run-store';
import { asJson, truncate, truncateNote } from '../steps/truncation';
import type { Report, Analysis } from '../steps/analysis';

/**
 * Writes state, events and checkpoints of one run, together in one transaction, under the lease. Throws `RunAborted`: with
 * `lease_lost` when another instance has claimed the run, with `cancel_requested` when it was cancelled meanwhile.
 */
export class RunWriter {
  #startedAt: Date | null;

  constructor(
    private readonly deps: AgentRunsDeps,
    private readonly ctx: TenantContext,
    private readonly run: ClaimedRun,
  ) {
    this.#startedAt = run.startedAt;
  }

  async started(): Promise<void> {
    const draft = this.#draft('agent_started', 'triage', { question: this.run.question });
    const at = this.#now();
    await this.#write([draft], { set: sql`started_at = ${at}` });
    this.#startedAt = at;
    recordStart(this.deps.metrics, this.run, at);
  }

  async thought(agent: AgentKind, note: string): Promise<void> {
    const shown = truncateNote(textWithoutSecrets(note));
    await this.#write([this.#draft('agent_thinking', agent, { step: agent, note: shown })]);
  }

  async callBegun(agent: AgentKind, callId: CallId, tool: ToolName, args: object): Promise<void> {
    const input = withoutSecrets(asJson(args));
    const { shown } = truncate('input', input);
    await this.#write([this.#draft('tool_executing', agent, { callId, tool, input: shown })], {
      also: (tx) =>
        tx.execute(sql`
          insert into tool_calls (tenant_id, run_id, call_id, agent, tool, args, started_at)
          values (${this.run.tenantId}, ${this.run.runId}, ${callId}, ${agent}, ${tool}, ${JSON.stringify(input)},
            ${this.#now()})`),
    });
  }

  async callEnded(
    agent: AgentKind,
    callId: CallId,
    outcome: 'ok' | 'failed',
    result: object,
    tookMs: number,
  ): Promise<void> {
    const whole = withoutSecrets(asJson(result));
    const { shown: summary, more } = truncate('result', whole);
    await this.#write([this.#draft('tool_completed', agent, { callId, outcome, summary, more, tookMs })], {
      also: (tx) => this.#closeCall(tx, callId, outcome, JSON.stringify(truncate('kept', whole).shown)),
    });
  }

  /** After a lost instance: closes the calls that it left open. Returns how many calls were made so far. */
  async closeOpenCalls(): Promise<number> {
    let calls = 0;
    await this.#write([], {
      also: async (tx) => {
        await this.#closeOpen(tx);
        calls = await callsMade(tx, this.run.runId);
      },
    });
    return calls;
  }

  async stepFinished(agent: AgentKind, step: number, version: number, analysis: Analysis): Promise<void> {
    await this.#write([], { set: sql`step = ${step}`, also: (tx) => this.#save(tx, agent, step, version, analysis) });
  }

  /** The last checkpoint cannot be read: the run begins again at its first step, in the same sequence of events. */
  async restarted(): Promise<void> {
    const note = 'Starting over: what was found before the interruption can no longer be read.';
    await this.#write([this.#draft('agent_thinking', 'triage', { step: 'triage', note })], { set: sql`step = 0` });
  }

  async completed(agent: AgentKind, step: number, version: number, analysis: Analysis, report: Report): Promise<void> {
    await this.#write([this.#draft('agent_completed', agent, { report: asJson(report) })], {
      ends: 'completed',
      set: sql`step = ${step}, report = ${JSON.stringify(asJson(report))}::jsonb`,
      also: (tx) => this.#save(tx, agent, step, version, analysis, 'completed'),
    });
  }

  async failed(agent: AgentKind, error: AgentError): Promise<void> {
    const { code, retryable } = error;
    const message = textWithoutSecrets(error.message);
    await this.#write([this.#draft('agent_failed', agent, { code, message, retryable })], {
      ends: 'failed',
      set: sql`error_code = ${code}`,
      before: (tx) => this.#closeOpen(tx),
    });
  }

  async cancelled(agent: AgentKind): Promise<void> {
    await this.#write([this.#draft('agent_cancelled', agent, { userId: this.run.userId })], {
      ends: 'cancelled',
      before: (tx) => this.#closeOpen(tx),
      evenWhenStopping: true,
    });
  }

  /** Gives the lease back, so that another instance goes on at once. */
  async released(): Promise<void> {
    await this.#write([], {
      set: sql`state = 'interrupted', lease_until = null`,
      also: (tx) => this.#closeOpen(tx),
    });
  }

  /** The thread was deleted under the run: it ends without an event. */
  async orphaned(): Promise<void> {
    await this.#write([], {
      ends: 'failed',
      set: sql`error_code = 'thread_not_found'`,
      evenWhenStopping: true,
    });
  }

  async #write(
    drafts: readonly EventDraft[],
    more: {
      set?: Sql;
      ends?: 'completed' | 'failed' | 'cancelled';
      before?: (tx: Transaction) => Promise<unknown>;
      also?: (tx: Transaction) => Promise<unknown>;
      evenWhenStopping?: boolean;
    } = {},
  ): Promise<void> {
    const { db, threadLog: log, metrics } = this.deps;
    const { runId, threadId } = this.run;
    const { set, ends } = more;
    const at = this.#now();
    await db.transaction(this.ctx, async (tx) => {
      const state = await renewLease(tx, this.run);
      if (state === undefined) throw new RunAborted('lease_lost');
      if (state === 'cancelling' && more.evenWhenStopping !== true) throw new RunAborted('cancel_requested');
      await more.before?.(tx);
      if (set !== undefined) await tx.execute(sql`update runs set ${set} where id = ${runId}`);
      if (ends !== undefined) {
        await tx.execute(
          sql`update runs set state = ${ends}, ended_at = ${at}, lease_owner = null, lease_until = null where id = ${runId}`,
        );
      }
      await more.also?.(tx);
      if (drafts.length > 0) await log.append(this.ctx, threadId, drafts, tx);
    });
    if (ends !== undefined) {
      recordEnd(metrics, { createdAt: this.run.createdAt, startedAt: this.#startedAt }, ends, at);
    }
  }

  async #closeOpen(tx: Transaction): Promise<void> {
    const open = await openCalls(tx, this.run.runId);
    if (open.length === 0) return;
    const drafts = open.map(({ callId, agent }) =>
      this.#draft('tool_completed', agent, { callId, outcome: 'interrupted', summary: null, more: false, tookMs: 0 }),
    );
    for (const { callId } of open) await this.#closeCall(tx, callId, 'interrupted', null);
    await this.deps.threadLog.append(this.ctx, this.run.threadId, drafts, tx);
  }

  #closeCall(tx: Transaction, callId: CallId, outcome: string, result: string | null): Promise<unknown> {
    return tx.execute(sql`
      update tool_calls set outcome = ${outcome}, result = ${result}, ended_at = ${this.#now()}
      where run_id = ${this.run.runId} and call_id = ${callId}`);
  }

  #save(
    tx: Transaction,
    agent: AgentKind,
    step: number,
    version: number,
    analysis: Analysis,
    ending?: 'completed',
  ): Promise<void> {
    const { runId, threadId, epoch: fence } = this.run;
    const point = { runId, threadId, agent, fence, step, version, state: asJson(analysis), ...(ending && { ending }) };
    return this.deps.checkpoints.save(this.ctx, point, tx);
  }

  #draft<T extends EventType>(type: T, agent: AgentKind, data: EventData[T]): EventDraft {
    return { id: this.deps.ids.next('event'), type, runId: this.run.runId, agent, data } as EventDraft;
  }

  #now(): Date {
    return new Date(this.deps.clock.now());
  }
}
