import { PlatformError, type AgentKind, type TenantContext } from '../kernel';
import type { Catalogue } from './catalogue';
import type { HeldRun, Ports } from './contract';
import { AgentError } from './errors';
import { Interrupted, type Why } from './interruption';
import { limited } from './limited';
import { keep } from './run-store';
import { RunWriter } from './run-writer';
import { Step } from './step';
import { routeAfter } from './verdict';
import { work as workShape, type Work } from './work';

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
  #kind: AgentKind = 'triage';

  constructor(
    private readonly run: HeldRun,
    private readonly ctx: TenantContext,
    private readonly ports: Ports,
    private readonly catalogue: Catalogue,
  ) {
    this.#writer = new RunWriter(ports, ctx, run);
  }

  interrupt(why: Why): void {
    this.#cut.abort(new Interrupted(why));
  }

  async perform(): Promise<Conclusion> {
    const renewal = this.#renew();
    using _limit = this.ports.clock.after(RUN_MS, () => this.interrupt('run_timeout'));
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
    const { run } = this;
    if (run.losses >= MOST_LOSSES) {
      throw new AgentError('run_interrupted', 'This question was interrupted three times. Ask it again.');
    }
    if (run.state === 'cancelling') throw new Interrupted('stop_asked');
    if (run.started) await this.#writer.closeLeftOver();
    else await this.#writer.started();
    let work = run.step > 0 ? await this.#lastCheckpoint() : {};
    let route = routeOf(work);
    if (run.started) {
      this.#kind = route[run.step] ?? 'reporting';
      await this.#writer.thought(this.#kind, 'Going on after an interruption, behind the last finished step.');
    }
    for (let step = run.step; step < route.length; step++) {
      this.#kind = route[step] as AgentKind;
      work = await this.#step(this.#kind, work);
      route = routeOf(work);
      if (step + 1 < route.length) await this.#writer.stepFinished(this.#kind, step + 1, work);
      else await this.#end(step + 1, work);
    }
  }

  /** Neither side can change later what the other was handed: both sides get copies. */
  async #step(kind: AgentKind, work: Work): Promise<Work> {
    const { ports, catalogue } = this;
    const definition = catalogue.agent(kind);
    const signal = this.#cut.signal;
    const scope = new Step(this.run, definition, {
      ports,
      catalogue,
      writer: this.#writer,
      signal,
      calls: this.#calls,
    });
    const late = (): AgentError =>
      new AgentError('step_timeout', `The step "${kind}" took longer than ${definition.limitMs / 1000} seconds.`);
    try {
      const given = structuredClone(work);
      const found = await limited(ports.clock, { ms: definition.limitMs, late }, signal, () =>
        definition.create(scope).run(given),
      );
      if ((found as unknown) == null) {
        throw new AgentError('agent_empty_result', `The step "${kind}" gave no result.`);
      }
      const read = definition.output.safeParse(found);
      if (!read.success) {
        throw new AgentError('agent_invalid_result', `The step "${kind}" gave no usable result.`, {
          field: read.error.issues[0]?.path.join('.') ?? '',
        });
      }
      return structuredClone({ ...work, ...read.data });
    } finally {
      scope.close();
    }
  }

  async #end(step: number, work: Work): Promise<void> {
    if (work.report === undefined) throw new AgentError('agent_invalid_result', 'The last step gave no report.');
    await this.#writer.completed(this.#kind, step, work, work.report);
  }

  async #lastCheckpoint(): Promise<Work> {
    const { state } = await this.ports.checkpoints.load(this.ctx, this.run.runId);
    return workShape.parse(state);
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
  async #conclude(error: unknown): Promise<Conclusion> {
    const reason: unknown = this.#cut.signal.aborted ? this.#cut.signal.reason : error;
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
      if (later instanceof Interrupted && later.why === 'stop_asked' && why !== 'stop_asked') {
        return this.#conclude(new Interrupted('stop_asked'));
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
    return new AgentError('agent_threw', `Something went wrong on our side; our reference is ${this.run.runId}.`);
  }
}

function routeOf(work: Work): readonly AgentKind[] {
  return ['triage', ...(work.verdict === undefined ? [] : routeAfter(work.verdict))];
}

function isStoreAway(error: unknown): boolean {
  return error instanceof PlatformError && error.code.startsWith('database_');
}

function isOrphaned(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'thread_not_found';
}
