import { PlatformError, vouchFor, type Id, type RunId, type TenantContext } from '../kernel';
import type { Catalogue } from './catalogue';
import type { HeldRun, Ports } from './contract';
import type { Why } from './interruption';
import { MOST_RUNNING } from './limits';
import type { Queued } from './queue';
import { RunExecution } from './run-execution';
import { take, questionOf } from './run-store';
import type { Wording } from './wording';

/** The runs that are in the hands of this instance. */
export class Workers {
  readonly #owner: Id<'inst'>;
  readonly #held = new Map<RunId, { execution: RunExecution; done: Promise<void> }>();
  #taking = 0;
  #handingOver = false;
  finished = 0;
  handedOver = 0;

  constructor(
    private readonly ports: Ports,
    private readonly catalogue: Catalogue,
    private readonly wording: Wording,
    /** One is over, and leaves room. */
    private readonly onOver: () => void,
  ) {
    this.#owner = ports.ids.next('inst');
  }

  get running(): number {
    return this.#held.size;
  }

  get room(): number {
    return MOST_RUNNING.instance - this.#held.size - this.#taking;
  }

  interrupt(id: RunId, why: Why): void {
    this.#held.get(id)?.execution.interrupt(why);
  }

  /** Whoever is taken meanwhile is handed over as well. */
  handOver(): void {
    this.#handingOver = true;
    for (const { execution } of this.#held.values()) execution.interrupt('handed_over');
  }

  async over(): Promise<void> {
    await Promise.all([...this.#held.values()].map(({ done }) => done));
  }

  /** Takes a run that waits or was left behind, if it is to be had, and works on it with its asker's rights. */
  async take(
    run: Queued,
    known?: { readonly ctx: TenantContext; readonly question: string },
  ): Promise<'taken' | 'left' | 'failed'> {
    const { db, logger: log, metrics } = this.ports;
    this.#taking++;
    try {
      const ctx = known?.ctx ?? (await this.asker(run));
      const question = known?.question ?? (await questionOf(db, ctx, run.runId));
      if (question === undefined) return 'left';
      const held = await take(db, run, this.#owner);
      if (held === undefined) return 'left';
      this.#perform({ ...held, question }, ctx);
      metrics.count('agent_runs_taken_total', { after: held.losses > 0 ? 'loss' : 'waiting' });
      return 'taken';
    } catch (error) {
      log.warn({ runId: run.runId, reason: String(error) }, 'a run could not be taken; the next search tries');
      return 'failed';
    } finally {
      this.#taking--;
    }
  }

  /** With the rights of this moment; who is no longer there has none, which is enough to end a story and no more. */
  async asker({ tenantId, userId }: Queued): Promise<TenantContext> {
    const { authority } = this.ports;
    try {
      return await authority.contextFor(tenantId, userId);
    } catch (error) {
      if (!(error instanceof PlatformError && error.code === 'not_found')) throw error;
      return vouchFor({ tenantId, userId, plan: 'free', permissions: [] });
    }
  }

  #perform(run: HeldRun, ctx: TenantContext): void {
    const { logger: log, metrics } = this.ports;
    const execution = new RunExecution(run, ctx, this.ports, this.catalogue, this.wording);
    const done = execution
      .perform()
      .then((conclusion) => {
        metrics.count('agent_runs_concluded_total', { conclusion });
        if (conclusion === 'ended') this.finished++;
        if (conclusion === 'handed_over') this.handedOver++;
      })
      .catch((error: unknown) => log.error({ runId: run.runId, err: error }, 'a run ended in disorder'))
      .finally(() => {
        this.#held.delete(run.runId);
        this.onOver();
      });
    this.#held.set(run.runId, { execution, done });
    if (this.#handingOver) execution.interrupt('handed_over');
  }
}
