import { allows, pause, PlatformError, type AgentKind, type TenantContext, type UserId } from '../kernel';
import type { AgentDefinition, HeldRun, Recalled, StepScope, ToolDefinition, ToolName } from './contract';
import { AgentError } from './errors';
import { shownOf } from './failure';
import { Interrupted } from './interruption';
import { limited } from './limited';
import { asJson } from './shown';
import type { StepParts } from './step-work';
import type { ConversationFilter } from './questions';

const MOST_CALLS = 50;
const READ_TRIES = 3;
const FIRST_PAUSE_MS = 100;

/** What one step of one run can reach; closed when the step is over, so that nobody speaks after the end. */
export class Step implements StepScope {
  readonly question: string;
  readonly asOf: Date;
  readonly userId: UserId;
  #over = false;

  constructor(
    private readonly run: HeldRun,
    private readonly agent: AgentDefinition,
    private readonly parts: StepParts,
  ) {
    this.question = run.question;
    this.asOf = run.asOf;
    this.userId = run.userId;
  }

  close(): void {
    this.#over = true;
  }

  async think(note: string): Promise<void> {
    this.#assertOpen();
    await this.parts.writer.thought(this.#kind, note);
  }

  async recall(): Promise<Recalled> {
    this.#assertOpen();
    return this.parts.ports.notes.recall(this.parts.ctx, this.run.threadId);
  }

  async settle(settled: ConversationFilter): Promise<void> {
    this.#assertOpen();
    await this.parts.ports.notes.settle(this.parts.ctx, this.run.threadId, settled);
  }

  async call(name: ToolName, args: object): Promise<object> {
    this.#assertOpen();
    const { ports, catalogue, writer, calls } = this.parts;
    const tool = catalogue.tool(name);
    if (!this.agent.tools.includes(name)) {
      throw new AgentError('tool_not_allowed', `The agent "${this.#kind}" may not use the tool "${name}".`);
    }
    const read = tool.args.safeParse(args);
    if (!read.success) {
      throw new AgentError('tool_input_invalid', `The tool "${name}" was called with input it does not know.`, {
        cause: read.error,
      });
    }
    if (++calls.count > MOST_CALLS) {
      throw new AgentError('tool_call_limit', `A run may use tools ${MOST_CALLS} times; this one was stopped.`);
    }
    const callId = ports.ids.next('call');
    const began = ports.clock.monotonic();
    const tookMs = (): number => Math.round(ports.clock.monotonic() - began);
    await writer.callBegun(this.#kind, callId, name, args);
    try {
      // As it travels, so that what agents make of it travels as well.
      const result = asJson(await this.#execute(tool, read.data)) as object;
      await writer.callEnded(this.#kind, callId, 'ok', result, tookMs());
      return result;
    } catch (error) {
      // Cut off from outside: whoever concludes the run closes the call as interrupted.
      if (error instanceof Interrupted || this.parts.signal.aborted) throw error;
      const known = shownOf(error, this.run.runId);
      await writer.callEnded(this.#kind, callId, 'failed', { code: known.code, message: known.message }, tookMs());
      throw known;
    }
  }

  async #execute(tool: ToolDefinition, args: unknown): Promise<object> {
    const { ports, signal } = this.parts;
    const ctx = await this.#rightsNow(tool);
    const means = { usage: ports.usage, authority: ports.authority };
    const late = (): AgentError =>
      new AgentError('tool_timeout', `Reading your usage took longer than ${tool.limitMs / 1000} seconds. Ask again.`);
    return limited(ports.clock, { ms: tool.limitMs, late }, signal, async (inTime) => {
      for (let tries = 1; ; tries++) {
        try {
          return await tool.execute(means, ctx, args, inTime);
        } catch (error) {
          // Tools only read, so that trying again does nothing twice.
          const again = tries < READ_TRIES && isPassing(error) && !inTime.aborted;
          if (!again) throw error;
          await pause(ports.clock, FIRST_PAUSE_MS * tries, inTime);
        }
      }
    });
  }

  /** Rights may have been withdrawn since the question; a tool obeys those of this moment. */
  async #rightsNow(tool: ToolDefinition): Promise<TenantContext> {
    const ctx = await this.parts.ports.authority.contextFor(this.run.tenantId, this.run.userId);
    if (allows(ctx, tool.permission)) return ctx;
    throw new AgentError('tool_not_allowed', `This needs the permission "${tool.permission}". Ask an administrator.`);
  }

  get #kind(): AgentKind {
    return this.agent.kind;
  }

  #assertOpen(): void {
    if (this.#over) throw new AgentError('agent_threw', 'This step is over.');
    this.parts.signal.throwIfAborted();
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof PlatformError && error.retryable;
}
