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
} from '../kernel';
import type { HeldRun, Ports, ToolName } from './contract';
import { type AgentError } from './errors';
import { tellEnding, tellStart } from './figures';
import { Interrupted } from './interruption';
import { textWithoutSecrets, withoutSecrets } from './redaction';
import { callsMade, keep, openCalls } from './run-store';
import { asJson, cutTo, shownNote } from './shown';
import type { Report, Work } from './work';

/**
 * Everything a runner writes: state, events and checkpoints of one run, together in one turn, under the lease. A newer
 * epoch refuses it with `lease_lost`; a stop that was asked for meanwhile interrupts.
 */
export class RunWriter {
  #startedAt: Date | null;

  constructor(
    private readonly ports: Ports,
    private readonly ctx: TenantContext,
    private readonly run: HeldRun,
  ) {
    this.#startedAt = run.startedAt;
  }

  async started(): Promise<void> {
    const draft = this.#draft('agent_started', 'triage', { question: this.run.question });
    const at = this.#now();
    await this.#write([draft], { set: sql`started_at = ${at}` });
    this.#startedAt = at;
    tellStart(this.ports.metrics, this.run, at);
  }

  async thought(agent: AgentKind, note: string): Promise<void> {
    const told = shownNote(textWithoutSecrets(note));
    await this.#write([this.#draft('agent_thinking', agent, { step: agent, note: told })]);
  }

  async callBegun(agent: AgentKind, callId: CallId, tool: ToolName, args: object): Promise<void> {
    const input = withoutSecrets(asJson(args));
    const { shown } = cutTo('input', input);
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
    const { shown: summary, more } = cutTo('result', whole);
    await this.#write([this.#draft('tool_completed', agent, { callId, outcome, summary, more, tookMs })], {
      also: (tx) => this.#closeCall(tx, callId, outcome, JSON.stringify(cutTo('kept', whole).shown)),
    });
  }

  /** After a lost instance: what it left open is closed before the story goes on. Says how many calls were made so far. */
  async closeLeftOver(): Promise<number> {
    let calls = 0;
    await this.#write([], {
      also: async (tx) => {
        await this.#closeOpen(tx);
        calls = await callsMade(tx, this.run.runId);
      },
    });
    return calls;
  }

  async stepFinished(agent: AgentKind, step: number, version: number, work: Work): Promise<void> {
    await this.#write([], { set: sql`step = ${step}`, also: (tx) => this.#save(tx, agent, step, version, work) });
  }

  /** What was found cannot be read any more: the work begins again, in the same story. */
  async startedOver(): Promise<void> {
    const note = 'Starting over: what was found before the interruption can no longer be read.';
    await this.#write([this.#draft('agent_thinking', 'triage', { step: 'triage', note })], { set: sql`step = 0` });
  }

  async completed(agent: AgentKind, step: number, version: number, work: Work, report: Report): Promise<void> {
    await this.#write([this.#draft('agent_completed', agent, { report: asJson(report) })], {
      ends: 'completed',
      set: sql`step = ${step}, report = ${JSON.stringify(asJson(report))}::jsonb`,
      also: (tx) => this.#save(tx, agent, step, version, work, 'completed'),
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
  async handedOver(): Promise<void> {
    await this.#write([], {
      set: sql`state = 'interrupted', lease_until = null`,
      also: (tx) => this.#closeOpen(tx),
    });
  }

  /** The thread was deleted under the run: it ends untold. */
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
    const { db, log, metrics } = this.ports;
    const { runId, threadId } = this.run;
    const { set, ends } = more;
    const at = this.#now();
    await db.transaction(this.ctx, async (tx) => {
      const state = await keep(tx, this.run);
      if (state === undefined) throw new Interrupted('lease_lost');
      if (state === 'cancelling' && more.evenWhenStopping !== true) throw new Interrupted('stop_asked');
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
      tellEnding(metrics, { createdAt: this.run.createdAt, startedAt: this.#startedAt }, ends, at);
    }
  }

  async #closeOpen(tx: Transaction): Promise<void> {
    const open = await openCalls(tx, this.run.runId);
    if (open.length === 0) return;
    const drafts = open.map(({ callId, agent }) =>
      this.#draft('tool_completed', agent, { callId, outcome: 'interrupted', summary: null, more: false, tookMs: 0 }),
    );
    for (const { callId } of open) await this.#closeCall(tx, callId, 'interrupted', null);
    await this.ports.log.append(this.ctx, this.run.threadId, drafts, tx);
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
    work: Work,
    ending?: 'completed',
  ): Promise<void> {
    const { runId, threadId, epoch: fence } = this.run;
    const point = { runId, threadId, agent, fence, step, version, state: asJson(work), ...(ending && { ending }) };
    return this.ports.checkpoints.save(this.ctx, point, tx);
  }

  #draft<T extends EventType>(type: T, agent: AgentKind, data: EventData[T]): EventDraft {
    return { id: this.ports.ids.next('event'), type, runId: this.run.runId, agent, data } as EventDraft;
  }

  #now(): Date {
    return new Date(this.ports.clock.now());
  }
}
