import { allows, type AgentKind, type TenantContext, type Transactions } from '../kernel';
import type { Catalogue } from './catalogue';
import type { HeldRun, Ports } from './contract';
import { AgentError } from './errors';
import { isOrphaned, isStoreAway, withReference } from './failure';
import { Interrupted, type Why } from './interruption';
import { keep } from './run-store';
import { RunWriter } from './run-writer';
import { workOnStep } from './step-work';
import { routeAfter } from './verdict';
import { work as workShape, type Work } from './work';
import type { Wording } from './wording';

const RUN_MS = 120_000;
const RENEW_MS = 5_000;
const MOST_LOSSES = 3;

export type Conclusion =
  | 'ended'
  | 'handed_over'
  /** Nothing more can be written from here; whoever finds the lapsed lease goes on. */
  | 'dropped';

/** One run in the hands of this instance, from its lease to its ending. */
export class RunExecution {
  readonly #cut = new AbortController();
  readonly #writer: RunWriter;
  readonly #calls = { count: 0 };
  #version = 0;
  #kind: AgentKind = 'triage';

  constructor(
    private readonly run: HeldRun,
    private readonly ctx: TenantContext,
    private readonly ports: Ports,
    private readonly catalogue: Catalogue,
    private readonly wording: Wording,
    writes: Transactions,
  ) {
    this.#writer = new RunWriter({ ...ports, db: writes }, ctx, run);
  }

  interrupt(why: Why): void {
    this.#cut.abort(new Interrupted(why));
  }

  async perform(): Promise<Conclusion> {
    const { clock } = this.ports;
    const renewal = this.#renew();
    // All attempts together: what a lost instance used up is not given again.
    const used = this.run.startedAt === null ? 0 : clock.now() - this.run.startedAt.getTime();
    using _limit = clock.after(RUN_MS - used, () => this.interrupt('run_timeout'));
    try {
      await this.#work();
      return 'ended';
    } catch (error) {
      return await this.#conclude(error);
    } finally {
      renewal[Symbol.dispose]();
    }
  }

  async #work(): Promise<void> {
    const { run, ports, catalogue } = this;
    if (run.losses >= MOST_LOSSES) {
      throw new AgentError('run_interrupted', 'This question was interrupted three times. Ask it again.');
    }
    if (run.state === 'cancelling') throw new Interrupted('stop_asked');
    if (!allows(this.ctx, 'chat:use')) {
      throw new AgentError('asker_gone', 'Whoever asked this may ask no more. Nothing was read after that.');
    }
    let work: Work = {};
    let { step } = run;
    if (run.startedAt === null) await this.#writer.started();
    else {
      this.#calls.count = await this.#writer.closeLeftOver();
      const known = step > 0 ? await this.#lastCheckpoint() : work;
      if (known === undefined) {
        await this.#writer.startedOver();
        step = 0;
      } else {
        work = known;
        this.#kind = routeOf(work)[step] as AgentKind;
        await this.#writer.thought(this.#kind, 'Going on after an interruption, behind the last finished step.');
      }
    }
    const parts = {
      ports,
      ctx: this.ctx,
      catalogue,
      writer: this.#writer,
      signal: this.#cut.signal,
      calls: this.#calls,
    };
    for (let route = routeOf(work); step < route.length; route = routeOf(work)) {
      this.#kind = route[step] as AgentKind;
      work = await workOnStep(run, this.#kind, work, parts);
      step++;
      if (step < routeOf(work).length) await this.#writer.stepFinished(this.#kind, step, ++this.#version, work);
    }
    if (work.report === undefined) throw new AgentError('agent_invalid_result', 'The last step gave no report.');
    const report = await this.wording.of(work.report, this.#cut.signal);
    await this.#writer.completed(this.#kind, step, ++this.#version, { ...work, report }, report);
  }

  /** Undefined when this release cannot read it. */
  async #lastCheckpoint(): Promise<Work | undefined> {
    const { version, state } = await this.ports.checkpoints.load(this.ctx, this.run.runId);
    this.#version = version;
    return workShape.safeParse(state).data;
  }

  /** The lease is kept as long as PostgreSQL can be asked; who lost it stops by himself. */
  #renew(): Disposable {
    const { clock, db, logger: log } = this.ports;
    let timer: Disposable;
    const again = (): void => {
      timer = clock.after(RENEW_MS, () => {
        db.transaction(this.ctx, (tx) => keep(tx, this.run))
          .then((state) => {
            if (state === undefined) this.interrupt('lease_lost');
            else if (state === 'cancelling') this.interrupt('stop_asked');
            else again();
          })
          .catch((error: unknown) => {
            log.warn({ runId: this.run.runId, reason: String(error) }, 'a lease could not be renewed');
            again();
          });
      });
    };
    again();
    return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
  }

  /** One ending, whatever cut the run off; a stop that comes in between wins over a failure. */
  async #conclude(
    error: unknown,
    reason: unknown = this.#cut.signal.aborted ? this.#cut.signal.reason : error,
  ): Promise<Conclusion> {
    const why = reason instanceof Interrupted ? reason.why : undefined;
    const { logger: log } = this.ports;
    const { runId } = this.run;
    try {
      if (why === 'lease_lost' || isStoreAway(error)) {
        log.warn({ runId, reason: String(error) }, 'a run was let go; it goes on when its lease has lapsed');
        return 'dropped';
      }
      if (isOrphaned(error)) await this.#writer.orphaned();
      else if (why === 'stop_asked') await this.#writer.cancelled(this.#kind);
      else if (why === 'handed_over') {
        await this.#writer.handedOver();
        return 'handed_over';
      } else await this.#writer.failed(this.#kind, this.#failure(why, error));
      return 'ended';
    } catch (later) {
      if (later instanceof Interrupted && later.why === 'stop_asked') return this.#conclude(later, later);
      if (later instanceof Interrupted && later.why === 'lease_lost') {
        log.debug({ runId }, 'a run was deleted with its thread, or another instance holds it: nothing is left to end');
        return 'dropped';
      }
      log.warn({ runId, reason: String(later) }, 'a run could not be ended here; it goes on when its lease lapses');
      return 'dropped';
    }
  }

  #failure(why: Why | undefined, error: unknown): AgentError {
    const { logger: log } = this.ports;
    if (why === 'run_timeout') {
      return new AgentError('run_timeout', `The answer took longer than ${RUN_MS / 1000} seconds. Ask again.`);
    }
    if (error instanceof AgentError) {
      log.warn({ runId: this.run.runId, code: error.code, err: error }, 'a run failed');
      return error;
    }
    log.error({ runId: this.run.runId, err: error }, 'an agent threw');
    return withReference(this.run.runId, error);
  }
}

function routeOf(work: Work): readonly AgentKind[] {
  return ['triage', ...(work.verdict === undefined ? [] : routeAfter(work.verdict))];
}
