import { pause, type AgentKind, type TenantContext } from '../kernel';
import type { Catalogue } from './catalogue';
import type { Agent, HeldRun, Ports } from './contract';
import { AgentError } from './errors';
import { limited } from './limited';
import type { RunWriter } from './run-writer';
import { Step } from './step';
import type { Work } from './work';

const CLEAN_UP_MS = 2_000;

/** What a run's steps share. */
export interface StepParts {
  readonly ports: Ports;
  readonly ctx: TenantContext;
  readonly catalogue: Catalogue;
  readonly writer: RunWriter;
  readonly signal: AbortSignal;
  /** Tools called, counted over the whole run. */
  readonly calls: { count: number };
}

/**
 * One step by an agent of its own: what was known before, with what it found. Neither side can change later what the
 * other was handed, as both sides get copies.
 */
export async function workOnStep(run: HeldRun, kind: AgentKind, work: Work, parts: StepParts): Promise<Work> {
  const { ports, catalogue, signal } = parts;
  const definition = catalogue.agent(kind);
  const { limitMs: ms } = definition;
  const scope = new Step(run, definition, parts);
  const late = (): AgentError =>
    new AgentError('step_timeout', `The step "${kind}" took longer than ${ms / 1000} seconds.`);
  let agent: Agent | undefined;
  try {
    const given = structuredClone(work);
    const found = await limited(ports.clock, { ms, late }, signal, async () => {
      agent = await definition.create(scope);
      return agent.run(given);
    });
    if ((found as unknown) == null) throw new AgentError('agent_empty_result', `The step "${kind}" gave no result.`);
    const read = definition.output.safeParse(found);
    if (!read.success) {
      throw new AgentError('agent_invalid_result', `The step "${kind}" gave no usable result.`, { cause: read.error });
    }
    return structuredClone({ ...work, ...read.data });
  } finally {
    scope.close();
    await cleanUp(run, agent, ports);
  }
}

/** However an agent clears up, its answer stands: what hangs is left, and what throws is for operators. */
async function cleanUp(run: HeldRun, agent: Agent | undefined, { clock, logger }: Ports): Promise<void> {
  if (agent?.[Symbol.asyncDispose] === undefined) return;
  const enough = new AbortController();
  const waited = pause(clock, CLEAN_UP_MS, enough.signal).then(
    () => logger.warn({ runId: run.runId }, 'an agent has not cleared up in time and was left'),
    () => undefined,
  );
  const cleared = (async () => agent[Symbol.asyncDispose]?.())().catch((error: unknown) =>
    logger.warn({ runId: run.runId, err: error }, 'an agent could not clear up'),
  );
  await Promise.race([waited, cleared]);
  enough.abort();
}
