import {
  sql,
  type AgentKind,
  type CallId,
  type EventData,
  type EventDraft,
  type EventType,
  type TenantContext,
  type Transaction,
} from '../../../kernel';
import type { ClaimedRun, AgentRunsDeps, ToolName } from '../../contract';
import { type AgentError } from '../../errors';
import { recordEnd, recordStart } from '../metrics';
import { isOrphaned, isStoreAway } from '../public-error';
import { RunAborted } from '../execution/run-aborted';
import { textWithoutSecrets, withoutSecrets } from '../../steps/tools/redaction';
import { callsMade, openCalls } from './run-store';
import { asJson, truncate, truncateNote } from '../../steps/tools/truncation';
import type { Report, Analysis } from '../../steps/analysis';
import { storeWrites, type RunWrite } from './store-writes';
import { WriteQueue } from './write-queue';

/**
 * Writes state, events and checkpoints of one run, together in one transaction, under the lease. What is posted (its start, thoughts,
 * results, finished steps) is stored with what comes next, at the latest when the run waits for something; what is awaited is stored when it
 * resolves. Throws `RunAborted`: with `lease_lost` when another instance has claimed the run, with `cancel_requested` when it was
 * cancelled meanwhile.
 */
export class RunWriter {
  readonly #queue = new WriteQueue<RunWrite>(
    (batch) => this.#store(batch),
    (error) => !(error instanceof RunAborted || isStoreAway(error) || isOrphaned(error)),
  );
  #startedAt: Date | null;
  /** Of the last checkpoint that was saved. */
  #version = 0;

  constructor(
    private readonly deps: AgentRunsDeps,
    private readonly ctx: TenantContext,
    private readonly run: ClaimedRun,
  ) {
    this.#startedAt = run.startedAt;
  }

  async started(): Promise<void> {
    const at = this.#now();
    await this.#queue.post({
      drafts: [this.#draft('agent_started', 'triage', { question: this.run.question })],
      set: sql`started_at = ${at}`,
      onStored: () => {
        this.#startedAt = at;
        recordStart(this.deps.metrics, this.run, at);
      },
    });
  }

  async thought(agent: AgentKind, note: string): Promise<void> {
    const shown = truncateNote(textWithoutSecrets(note));
    await this.#queue.post({
      drafts: [this.#draft('agent_thinking', agent, { step: agent, note: shown })],
    });
  }

  /** Resolves when it is stored: no tool runs before its call can be seen. */
  async callBegun(agent: AgentKind, callId: CallId, tool: ToolName, args: object): Promise<void> {
    const input = withoutSecrets(asJson(args));
    const { shown } = truncate('input', input);
    const { tenantId, runId } = this.run;
    const at = this.#now();
    await this.#queue.add({
      drafts: [this.#draft('tool_executing', agent, { callId, tool, input: shown })],
      // Of a run that was deleted meanwhile, nothing is inserted.
      also: (tx) =>
        tx.send(sql`
          insert into tool_calls (tenant_id, run_id, call_id, agent, tool, args, started_at)
          select tenant_id, id, ${callId}, ${agent}, ${tool}, ${JSON.stringify(input)}::jsonb, ${at}::timestamptz
          from runs where tenant_id = ${tenantId} and id = ${runId}`),
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
    const kept = JSON.stringify(truncate('kept', whole).shown);
    await this.#queue.post({
      drafts: [this.#draft('tool_completed', agent, { callId, outcome, summary, more, tookMs })],
      also: (tx) => this.#closeCall(tx, callId, outcome, kept),
    });
  }

  /** After a lost instance: closes the calls that it left open. Returns how many calls were made so far. */
  async closeOpenCalls(): Promise<number> {
    let calls = 0;
    await this.#queue.add({
      also: async (tx) => {
        const drafts = await this.#closeOpen(tx);
        calls = await callsMade(tx, this.run.runId);
        return drafts;
      },
    });
    return calls;
  }

  /** What the last finished step left; undefined when this release cannot read it. */
  async lastCheckpoint(): Promise<unknown> {
    const { version, state } = await this.deps.checkpoints.load(this.ctx, this.run.runId);
    this.#version = version;
    return state;
  }

  /** Stored with what the next step does first, before anybody sees it: none of its tools runs before this step is kept. */
  async stepFinished(agent: AgentKind, step: number, analysis: Analysis): Promise<void> {
    await this.#queue.post({ set: sql`step = ${step}`, checkpoint: { agent, step, analysis } });
  }

  /** The last checkpoint cannot be read: the run begins again at its first step, in the same sequence of events. */
  async restarted(): Promise<void> {
    const note = 'Starting over: what was found before the interruption can no longer be read.';
    const drafts = [this.#draft('agent_thinking', 'triage', { step: 'triage', note })];
    await this.#queue.add({ drafts, set: sql`step = 0` });
  }

  /** After a lost instance, behind the last finished step. */
  async resumed(agent: AgentKind): Promise<void> {
    const note = 'Going on after an interruption, behind the last finished step.';
    await this.#queue.add({ drafts: [this.#draft('agent_thinking', agent, { step: agent, note })] });
  }

  /** Behind all that was found: whoever takes over at this moment has only to write the report again. */
  async completed(agent: AgentKind, step: number, analysis: Analysis, report: Report): Promise<void> {
    await this.#queue.stored();
    await this.#queue.add({
      drafts: [this.#draft('agent_completed', agent, { report: asJson(report) })],
      ends: 'completed',
      set: sql`step = ${step}, report = ${JSON.stringify(asJson(report))}::jsonb`,
      checkpoint: { agent, step, analysis },
    });
  }

  async failed(agent: AgentKind, error: AgentError): Promise<void> {
    const { code, retryable } = error;
    const message = textWithoutSecrets(error.message);
    await this.#conclude({
      drafts: [this.#draft('agent_failed', agent, { code, message, retryable })],
      ends: 'failed',
      set: sql`error_code = ${code}`,
      also: (tx) => this.#closeOpen(tx),
    });
  }

  async cancelled(agent: AgentKind): Promise<void> {
    await this.#conclude({
      drafts: [this.#draft('agent_cancelled', agent, { userId: this.run.userId })],
      ends: 'cancelled',
      also: (tx) => this.#closeOpen(tx),
      evenWhenStopping: true,
    });
  }

  /** Gives the lease back, so that another instance goes on at once. */
  async released(): Promise<void> {
    await this.#conclude({
      set: sql`state = 'interrupted', lease_until = null`,
      also: (tx) => this.#closeOpen(tx),
    });
  }

  /** The thread was deleted under the run: it ends without an event. */
  async orphaned(): Promise<void> {
    await this.#conclude({
      ends: 'failed',
      set: sql`error_code = 'thread_not_found'`,
      evenWhenStopping: true,
    });
  }

  /** Behind whatever was posted, stored or not. */
  async #conclude(write: RunWrite): Promise<void> {
    await this.#queue.reset();
    await this.#queue.add(write);
  }

  async #store(batch: readonly RunWrite[]): Promise<void> {
    const at = this.#now();
    const moment = { at, version: this.#version + 1 };
    const saved = await storeWrites({ ...this.deps, ctx: this.ctx, run: this.run }, batch, moment);
    if (saved) this.#version += 1;
    for (const write of batch) write.onStored?.();
    const ends = batch.find((write) => write.ends !== undefined)?.ends;
    if (ends !== undefined) {
      recordEnd(this.deps.metrics, { createdAt: this.run.createdAt, startedAt: this.#startedAt }, ends, at);
    }
  }

  async #closeOpen(tx: Transaction): Promise<readonly EventDraft[]> {
    const open = await openCalls(tx, this.run.runId);
    for (const { callId } of open) this.#closeCall(tx, callId, 'interrupted', null);
    return open.map(({ callId, agent }) =>
      this.#draft('tool_completed', agent, { callId, outcome: 'interrupted', summary: null, more: false, tookMs: 0 }),
    );
  }

  #closeCall(tx: Transaction, callId: CallId, outcome: string, result: string | null): void {
    tx.send(sql`
      update tool_calls set outcome = ${outcome}, result = ${result}, ended_at = ${this.#now()}
      where run_id = ${this.run.runId} and call_id = ${callId}`);
  }

  #draft<T extends EventType>(type: T, agent: AgentKind, data: EventData[T]): EventDraft {
    return { id: this.deps.ids.next('event'), type, runId: this.run.runId, agent, data } as EventDraft;
  }

  #now(): Date {
    return new Date(this.deps.clock.now());
  }
}
