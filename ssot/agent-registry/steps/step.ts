import {
  allows,
  pause,
  PlatformError,
  DeadlineExceeded,
  withAbortableDeadline,
  withDeadline,
  withRetries,
  type AgentKind,
  type TenantContext,
  type UserId,
} from '../../kernel';
import type {
  Agent,
  AgentDefinition,
  AgentRunsDeps,
  ClaimedRun,
  RememberedFilter,
  StepScope,
  ToolDefinition,
  ToolName,
} from '../contract';
import { AgentError } from '../errors';
import { toPublicError } from '../runs/public-error';
import { RunAborted } from '../runs/execution/run-aborted';
import type { RunWriter } from '../runs/store/run-writer';
import type { Analysis } from './analysis';
import type { Catalogue } from './catalogue';
import { watchRights } from './rights-watch';
import { limitOnceStopping } from './stopping-limit';
import { FORMER_COLLEAGUE } from './tools/tools';
import { asJson } from './tools/truncation';
import { UTC, type ConversationFilter } from '../questions';

const MAX_CALLS = 50;
const READ_RETRIES = { maxTries: 3, firstDelayMs: 100, maxDelayMs: 200, isRetryable: isPassing };
const MAX_CLEAN_UP_MS = 2_000;
const MAX_NAMES_MS = 1_000;

/** What a run's steps share. */
export interface StepDeps {
  readonly deps: AgentRunsDeps;
  readonly ctx: TenantContext;
  readonly catalogue: Catalogue;
  readonly writer: RunWriter;
  readonly signal: AbortSignal;
  /** Aborts when the instance is told to stop. */
  readonly stopping: AbortSignal;
  /** Leaves the run to another instance. */
  readonly release: () => void;
  /** Tools called, counted over the whole run. */
  readonly calls: { count: number };
}

/** All that an agent can reach during one step; closed when the step is over, so that nothing is written after it. */
class Step implements StepScope {
  readonly question: string;
  readonly asOf: Date;
  readonly userId: UserId;
  #isClosed = false;

  constructor(
    private readonly run: ClaimedRun,
    private readonly agent: AgentDefinition,
    private readonly shared: StepDeps,
  ) {
    this.question = run.question;
    this.asOf = run.asOf;
    this.userId = run.userId;
  }

  close(): void {
    this.#isClosed = true;
  }

  async think(note: string): Promise<void> {
    this.#assertOpen();
    await this.shared.writer.thought(this.#kind, note);
  }

  async timeZone(): Promise<string> {
    this.#assertOpen();
    return (await this.shared.deps.zoneOf?.(this.run.tenantId)) ?? UTC;
  }

  async featureNames(): Promise<readonly string[]> {
    const { usage } = this.shared.deps;
    return (await this.#ifReadable(async (ctx) => usage.featureNames?.(ctx))) ?? [];
  }

  async colleagues(words: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { authority } = this.shared.deps;
    return (await this.#ifReadable((ctx) => authority.findByName(ctx, words))) ?? new Map<string, string>();
  }

  async namesOf(ids: readonly string[]): Promise<readonly string[]> {
    this.#assertOpen();
    if (ids.length === 0) return [];
    const names = await this.shared.deps.authority.namesOf(this.shared.ctx, ids);
    return ids.map((id) => names.get(id) ?? FORMER_COLLEAGUE);
  }

  async loadConversation(): Promise<RememberedFilter> {
    this.#assertOpen();
    return this.shared.deps.memory.load(this.shared.ctx, this.run.threadId);
  }

  async saveConversation(filter: ConversationFilter, before: RememberedFilter): Promise<void> {
    this.#assertOpen();
    await this.shared.deps.memory.save(this.shared.ctx, this.run.threadId, filter, before);
  }

  async call(name: ToolName, args: object): Promise<object> {
    this.#assertOpen();
    const { deps, catalogue, writer, calls } = this.shared;
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
    if (++calls.count > MAX_CALLS) {
      throw new AgentError('tool_call_limit', `A run may use tools ${MAX_CALLS} times; this one was stopped.`);
    }
    const callId = deps.ids.next('call');
    const began = deps.clock.monotonic();
    const tookMs = (): number => Math.round(deps.clock.monotonic() - began);
    const rights = this.#assertAllowed(tool);
    // Heard below, when the call can be seen.
    rights.catch(() => undefined);
    await writer.callBegun(this.#kind, callId, name, args);
    try {
      // As it travels, so that what agents make of it travels as well.
      const result = asJson(await this.#execute(tool, await rights, read.data)) as object;
      await writer.callEnded(this.#kind, callId, 'ok', result, tookMs());
      return result;
    } catch (error) {
      // Cut off from outside: whoever concludes the run closes the call as interrupted.
      if (error instanceof RunAborted || this.shared.signal.aborted) throw error;
      const known = toPublicError(error, this.run.runId);
      await writer.callEnded(this.#kind, callId, 'failed', { code: known.code, message: known.message }, tookMs());
      throw known;
    }
  }

  async #execute(tool: ToolDefinition, ctx: TenantContext, args: unknown): Promise<object> {
    const { deps, signal, stopping, release } = this.shared;
    const withdrawn = new AbortController();
    using _watch = watchRights(
      deps,
      () => this.#assertAllowed(tool),
      (refusal) => withdrawn.abort(refusal),
    );
    using _limit = limitOnceStopping(deps.clock, stopping, release);
    const toolDeps = { usage: deps.usage, authority: deps.authority };
    const late = (): AgentError =>
      new AgentError('tool_timeout', `Reading your usage took longer than ${tool.limitMs / 1000} seconds. Ask again.`);
    const outer = AbortSignal.any([signal, withdrawn.signal]);
    // Tools only read, so that trying again does nothing twice.
    return await withAbortableDeadline(deps.clock, { ms: tool.limitMs, late, signal: outer }, (inTime) =>
      withRetries(deps, { ...READ_RETRIES, signal: inTime }, () => tool.execute(toolDeps, ctx, args, inTime)),
    );
  }

  /** Rights may have been withdrawn since the question; a tool obeys those of this moment. */
  async #assertAllowed(tool: ToolDefinition): Promise<TenantContext> {
    const ctx = await this.shared.deps.authority.contextFor(this.run.tenantId, this.run.userId);
    if (allows(ctx, tool.permission)) return ctx;
    throw new AgentError('tool_not_allowed', `This needs the permission "${tool.permission}". Ask an administrator.`);
  }

  /** For what an answer can do without; nothing for whoever may read no usage. */
  async #ifReadable<T>(read: (ctx: TenantContext) => Promise<T>): Promise<T | undefined> {
    this.#assertOpen();
    const { authority, clock } = this.shared.deps;
    const ctx = await authority.contextFor(this.run.tenantId, this.run.userId);
    if (!allows(ctx, 'usage:read')) return undefined;
    try {
      return await withDeadline(clock, MAX_NAMES_MS, read(ctx));
    } catch (error) {
      // The reading that the answer cannot do without comes next, and fails in the open.
      if (error instanceof DeadlineExceeded || isPassing(error)) return undefined;
      throw error;
    }
  }

  get #kind(): AgentKind {
    return this.agent.kind;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new AgentError('agent_threw', 'This step is over.');
    this.shared.signal.throwIfAborted();
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof PlatformError && error.retryable;
}

/**
 * One step by an agent of its own: what was known before, with what it found. Neither side can change later what the
 * other was handed, as both sides get copies.
 */
export async function runStep(
  run: ClaimedRun,
  kind: AgentKind,
  analysis: Analysis,
  shared: StepDeps,
): Promise<Analysis> {
  const { deps, catalogue, signal } = shared;
  const definition = catalogue.agent(kind);
  const { limitMs: ms } = definition;
  const scope = new Step(run, definition, shared);
  const late = (): AgentError =>
    new AgentError('step_timeout', `The step "${kind}" took longer than ${ms / 1000} seconds.`);
  let agent: Agent | undefined;
  try {
    const given = structuredClone(analysis);
    const found = await withAbortableDeadline(deps.clock, { ms, late, signal }, async () => {
      agent = await definition.create(scope);
      return agent.run(given);
    });
    if ((found as unknown) == null) throw new AgentError('agent_empty_result', `The step "${kind}" gave no result.`);
    const read = definition.output.safeParse(found);
    if (!read.success) {
      throw new AgentError('agent_invalid_result', `The step "${kind}" gave no usable result.`, { cause: read.error });
    }
    return structuredClone({ ...analysis, ...read.data });
  } finally {
    scope.close();
    await cleanUp(run, agent, deps);
  }
}

/** However an agent clears up, its answer stands: what hangs is left, and what throws is for operators. */
async function cleanUp(run: ClaimedRun, agent: Agent | undefined, { clock, logger }: AgentRunsDeps): Promise<void> {
  if (agent?.[Symbol.asyncDispose] === undefined) return;
  const enough = new AbortController();
  const waited = pause(clock, MAX_CLEAN_UP_MS, enough.signal).then(
    () => logger.warn({ runId: run.runId }, 'an agent has not cleared up in time and was left'),
    () => undefined,
  );
  const cleared = (async () => agent[Symbol.asyncDispose]?.())().catch((error: unknown) =>
    logger.warn({ runId: run.runId, err: error }, 'an agent could not clear up'),
  );
  await Promise.race([waited, cleared]);
  enough.abort();
}
