import {
  sql,
  type AgentKind,
  type CallId,
  type EventData,
  type EventDraft,
  type EventType,
  type Json,
  type Sql,
  type TenantContext,
  type Transaction,
} from '../kernel';
import type { HeldRun, Ports, ToolName } from './contract';
import { type AgentError } from './errors';
import { Interrupted } from './interruption';
import { keep, openCalls } from './run-store';
import type { Report, Work } from './work';

const LONGEST_NOTE = 500;
const LONGEST_INPUT = 1_000;
const LONGEST_SUMMARY = 4_096;

/**
 * Everything a runner writes: state, events and checkpoints of one run, together in one turn, under the lease. A newer
 * epoch refuses it with `lease_lost`; a stop that was asked for meanwhile interrupts.
 */
export class RunWriter {
  constructor(
    private readonly ports: Ports,
    private readonly ctx: TenantContext,
    private readonly run: HeldRun,
  ) {}

  async started(): Promise<void> {
    const draft = this.#draft('agent_started', 'triage', { question: this.run.question });
    await this.#write([draft], { set: sql`started_at = ${this.#now()}` });
  }

  async thought(agent: AgentKind, note: string): Promise<void> {
    await this.#write([this.#draft('agent_thinking', agent, { step: agent, note: shortened(note, LONGEST_NOTE) })]);
  }

  async callBegun(agent: AgentKind, callId: CallId, tool: ToolName, args: object): Promise<void> {
    const input = JSON.stringify(args);
    const shown: Json =
      input.length > LONGEST_INPUT ? `${input.slice(0, LONGEST_INPUT)}…` : (JSON.parse(input) as Json);
    await this.#write([this.#draft('tool_executing', agent, { callId, tool, input: shown })], {
      also: (tx) =>
        tx.execute(sql`
          insert into tool_calls (tenant_id, run_id, call_id, agent, tool, args, started_at)
          values (${this.run.tenantId}, ${this.run.runId}, ${callId}, ${agent}, ${tool}, ${input}, ${this.#now()})`),
    });
  }

  async callEnded(
    agent: AgentKind,
    callId: CallId,
    outcome: 'ok' | 'failed',
    result: object,
    tookMs: number,
  ): Promise<void> {
    const whole = JSON.stringify(result);
    const more = whole.length > LONGEST_SUMMARY;
    const summary: Json = more ? `${whole.slice(0, LONGEST_SUMMARY)}…` : (JSON.parse(whole) as Json);
    await this.#write([this.#draft('tool_completed', agent, { callId, outcome, summary, more, tookMs })], {
      also: (tx) => this.#closeCall(tx, callId, outcome, whole),
    });
  }

  /** After a lost instance: what it left open is closed before the story goes on. */
  async closeLeftOver(): Promise<void> {
    await this.#write([], { also: (tx) => this.#closeOpen(tx) });
  }

  async stepFinished(agent: AgentKind, step: number, work: Work): Promise<void> {
    await this.#write([], { set: sql`step = ${step}`, also: (tx) => this.#save(tx, agent, step, work) });
  }

  async completed(agent: AgentKind, step: number, work: Work, report: Report): Promise<void> {
    await this.#write([this.#draft('agent_completed', agent, { report: asJson(report) })], {
      set: sql`step = ${step}, ${this.#ending('completed')}`,
      also: (tx) => this.#save(tx, agent, step, work, 'completed'),
    });
  }

  async failed(agent: AgentKind, error: AgentError): Promise<void> {
    const { code, message, retryable } = error;
    await this.#write([this.#draft('agent_failed', agent, { code, message, retryable })], {
      set: sql`error_code = ${code}, ${this.#ending('failed')}`,
      before: (tx) => this.#closeOpen(tx),
    });
  }

  async cancelled(agent: AgentKind): Promise<void> {
    await this.#write([this.#draft('agent_cancelled', agent, { userId: this.run.userId })], {
      set: this.#ending('cancelled'),
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
      set: sql`error_code = 'thread_not_found', ${this.#ending('failed')}`,
      evenWhenStopping: true,
    });
  }

  async #write(
    drafts: readonly EventDraft[],
    more: {
      set?: Sql;
      before?: (tx: Transaction) => Promise<unknown>;
      also?: (tx: Transaction) => Promise<unknown>;
      evenWhenStopping?: boolean;
    } = {},
  ): Promise<void> {
    const { db, log } = this.ports;
    await db.transaction(this.ctx, async (tx) => {
      const state = await keep(tx, this.run);
      if (state === undefined) throw new Interrupted('lease_lost');
      if (state === 'cancelling' && more.evenWhenStopping !== true) throw new Interrupted('stop_asked');
      await more.before?.(tx);
      if (more.set !== undefined) await tx.execute(sql`update runs set ${more.set} where id = ${this.run.runId}`);
      await more.also?.(tx);
      if (drafts.length > 0) await log.append(this.ctx, this.run.threadId, drafts, tx);
    });
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

  #save(tx: Transaction, agent: AgentKind, step: number, work: Work, ending?: 'completed'): Promise<void> {
    const { runId, threadId, epoch: fence } = this.run;
    const point = { runId, threadId, agent, fence, step, state: asJson(work), ...(ending && { ending }) };
    return this.ports.checkpoints.save(this.ctx, point, tx);
  }

  #ending(state: 'completed' | 'failed' | 'cancelled'): Sql {
    return sql`state = ${state}, ended_at = ${this.#now()}, lease_owner = null, lease_until = null`;
  }

  #draft<T extends EventType>(type: T, agent: AgentKind, data: EventData[T]): EventDraft {
    return { id: this.ports.ids.next('event'), type, runId: this.run.runId, agent, data } as EventDraft;
  }

  #now(): Date {
    return new Date(this.ports.clock.now());
  }
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
