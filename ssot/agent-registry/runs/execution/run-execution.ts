import { allows, type AgentKind, type TenantContext, type Transactions } from '../../../kernel';
import type { Catalogue } from '../../steps/catalogue';
import type { ClaimedRun, AgentRunsDeps } from '../../contract';
import { AgentError } from '../../errors';
import { isOrphaned, isStoreAway, withReference } from '../public-error';
import { RunAborted, type AbortReason } from './run-aborted';
import { renewLeaseOf } from './lease-renewal';
import { renewLease } from '../store/run-store';
import { RunWriter } from '../store/run-writer';
import { runStep } from '../../steps/step';
import { routeAfter } from '../../steps/sufficiency';
import { analysis as analysisShape, type Analysis } from '../../steps/analysis';
import type { Wording } from '../../wording/wording';

const MAX_RUN_MS = 120_000;
const MAX_INTERRUPTIONS = 3;

export type Conclusion =
  | 'ended'
  | 'released'
  /** Nothing more can be written from here; whoever finds the lapsed lease goes on. */
  | 'dropped';

/** Carries out one claimed run, from its lease to its end. */
export class RunExecution {
  readonly #controller = new AbortController();
  readonly #writer: RunWriter;
  readonly #calls = { count: 0 };
  #kind: AgentKind = 'triage';

  constructor(
    private readonly run: ClaimedRun,
    private readonly ctx: TenantContext,
    private readonly deps: AgentRunsDeps,
    private readonly catalogue: Catalogue,
    private readonly wording: Wording,
    writes: Transactions,
    private readonly stopping: AbortSignal,
  ) {
    this.#writer = new RunWriter({ ...deps, db: writes }, ctx, run);
  }

  abort(reason: AbortReason): void {
    this.#controller.abort(new RunAborted(reason));
  }

  async perform(): Promise<Conclusion> {
    const { clock, db, logger } = this.deps;
    const renewal = renewLeaseOf(this.run.runId, {
      ...{ clock, logger, onAbort: (reason) => this.abort(reason) },
      renew: () => db.transaction(this.ctx, (tx) => renewLease(tx, this.run)),
    });
    // All attempts together: what a lost instance used up is not given again.
    const used = this.run.startedAt === null ? 0 : clock.now() - this.run.startedAt.getTime();
    using _limit = clock.after(MAX_RUN_MS - used, () => this.abort('run_timeout'));
    try {
      await this.#runSteps();
      return 'ended';
    } catch (error) {
      return await this.#conclude(error);
    } finally {
      renewal[Symbol.dispose]();
    }
  }

  async #runSteps(): Promise<void> {
    const { run, deps, catalogue } = this;
    if (run.interruptions >= MAX_INTERRUPTIONS) {
      throw new AgentError('run_interrupted', 'This question was interrupted three times. Ask it again.');
    }
    if (run.state === 'cancelling') throw new RunAborted('cancel_requested');
    if (!allows(this.ctx, 'chat:use')) {
      throw new AgentError('user_removed', 'Whoever asked this may ask no more. Nothing was read after that.');
    }
    // Kept to the end of the run, whatever the company changes meanwhile.
    const model = await this.wording.modelFor(this.ctx);
    let analysis: Analysis = {};
    let { step } = run;
    if (run.startedAt === null) await this.#writer.started();
    else {
      this.#calls.count = await this.#writer.closeOpenCalls();
      const known = step > 0 ? analysisShape.safeParse(await this.#writer.lastCheckpoint()).data : analysis;
      if (known === undefined) {
        await this.#writer.restarted();
        step = 0;
      } else {
        analysis = known;
        this.#kind = routeOf(analysis)[step] as AgentKind;
        await this.#writer.resumed(this.#kind);
      }
    }
    const shared = {
      deps,
      ctx: this.ctx,
      catalogue,
      writer: this.#writer,
      signal: this.#controller.signal,
      stopping: this.stopping,
      release: () => this.abort('released'),
      calls: this.#calls,
    };
    for (let route = routeOf(analysis); step < route.length; route = routeOf(analysis)) {
      this.#kind = route[step] as AgentKind;
      analysis = await runStep(run, this.#kind, analysis, shared);
      step++;
      if (step < routeOf(analysis).length) await this.#writer.stepFinished(this.#kind, step, analysis);
    }
    if (analysis.report === undefined) throw new AgentError('agent_invalid_result', 'The last step gave no report.');
    const report = await this.wording.of(analysis.report, this.#controller.signal, model);
    await this.#writer.completed(this.#kind, step, { ...analysis, report }, report);
  }

  /** Writes one ending, whatever aborted the run; a cancellation that comes in between wins over a failure. */
  async #conclude(
    error: unknown,
    cause: unknown = this.#controller.signal.aborted ? this.#controller.signal.reason : error,
  ): Promise<Conclusion> {
    const reason = cause instanceof RunAborted ? cause.reason : undefined;
    const { logger } = this.deps;
    const { runId } = this.run;
    try {
      if (reason === 'lease_lost' || isStoreAway(error)) {
        logger.warn(
          { runId, reason: String(error) },
          'a run was dropped; it is claimed again when its lease has lapsed',
        );
        return 'dropped';
      }
      if (isOrphaned(error)) await this.#writer.orphaned();
      else if (reason === 'cancel_requested') await this.#writer.cancelled(this.#kind);
      else if (reason === 'released') {
        await this.#writer.released();
        return 'released';
      } else await this.#writer.failed(this.#kind, this.#failure(reason, error));
      return 'ended';
    } catch (later) {
      if (later instanceof RunAborted && later.reason === 'cancel_requested') return this.#conclude(later, later);
      if (later instanceof RunAborted && later.reason === 'lease_lost') {
        logger.debug(
          { runId },
          'a run was deleted with its thread, or another instance holds it: nothing is left to end',
        );
        return 'dropped';
      }
      logger.warn(
        { runId, reason: String(later) },
        'a run could not be ended here; it is claimed again when its lease has lapsed',
      );
      return 'dropped';
    }
  }

  #failure(reason: AbortReason | undefined, error: unknown): AgentError {
    const { logger } = this.deps;
    if (reason === 'run_timeout') {
      return new AgentError('run_timeout', `The answer took longer than ${MAX_RUN_MS / 1000} seconds. Ask again.`);
    }
    if (error instanceof AgentError) {
      logger.warn({ runId: this.run.runId, code: error.code, err: error }, 'a run failed');
      return error;
    }
    logger.error({ runId: this.run.runId, err: error }, 'an agent threw');
    return withReference(this.run.runId, error);
  }
}

function routeOf(analysis: Analysis): readonly AgentKind[] {
  return ['triage', ...(analysis.verdict === undefined ? [] : routeAfter(analysis.verdict))];
}
