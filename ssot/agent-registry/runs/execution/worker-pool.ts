import {
  PlatformError,
  vouchFor,
  type Id,
  type RunId,
  type TenantContext,
  type TenantId,
  type Transactions,
} from '../../../kernel';
import type { Catalogue } from '../../steps/catalogue';
import type { ClaimedRun, AgentRunsDeps } from '../../contract';
import { fairWrites } from '../../queue/fair-writes';
import type { AbortReason } from './run-aborted';
import { MAX_RUNNING_HERE, PLACES_FOR_FIRST_RUNS } from '../../limits';
import type { QueuedRun } from '../../queue/run-queue';
import { RunExecution } from './run-execution';
import { claim, questionOf } from '../store/run-store';
import type { Wording } from '../../wording/wording';

/** The runs that this instance has claimed, with a limit of how many. */
export class WorkerPool {
  readonly #owner: Id<'inst'>;
  readonly #writes: Transactions;
  readonly #claimed = new Map<RunId, { tenantId: TenantId; execution: RunExecution; done: Promise<void> }>();
  /**
   * Companies of which a run is being claimed, one at a time: a crowd of one company holds one connection. `isAwaited`: others
   * of its runs were passed over meanwhile.
   */
  readonly #claiming = new Map<TenantId, { isAwaited: boolean }>();
  readonly #stopping = new AbortController();
  #releasing = false;
  finished = 0;
  released = 0;

  constructor(
    private readonly deps: AgentRunsDeps,
    private readonly catalogue: Catalogue,
    private readonly wording: Wording,
    /** There may be something to claim: a run is over and leaves capacity, or a company's runs were passed over. */
    private readonly onCapacity: () => void,
  ) {
    this.#owner = deps.ids.next('inst');
    this.#writes = fairWrites(deps.db, deps.clock, deps.foreground);
  }

  get running(): number {
    return this.#claimed.size;
  }

  get capacity(): number {
    return MAX_RUNNING_HERE - this.#claimed.size - this.#claiming.size;
  }

  /** Whether a run of this company may begin here: who has none at work gets one of the last places, too. */
  hasRoomFor(tenantId: TenantId): boolean {
    return this.capacity > (this.#busyCompanies().has(tenantId) ? PLACES_FOR_FIRST_RUNS : 0);
  }

  /** Companies that a poll passes over: `onCapacity` is called when the claim is over, or a run that leaves room for them. */
  passOver(): readonly TenantId[] {
    for (const claiming of this.#claiming.values()) claiming.isAwaited = true;
    return this.capacity > PLACES_FOR_FIRST_RUNS ? [...this.#claiming.keys()] : [...this.#busyCompanies()];
  }

  #busyCompanies(): ReadonlySet<TenantId> {
    return new Set([...this.#claiming.keys(), ...[...this.#claimed.values()].map(({ tenantId }) => tenantId)]);
  }

  abort(id: RunId, reason: AbortReason): void {
    this.#claimed.get(id)?.execution.abort(reason);
  }

  /** The instance stops: runs of which a reading takes longer than a moment are released, others end by themselves. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Gives the leases back, so that another instance goes on; a run that is claimed meanwhile is released as well. */
  release(): void {
    this.#releasing = true;
    for (const { execution } of this.#claimed.values()) execution.abort('released');
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#claimed.values()].map(({ done }) => done));
  }

  /**
   * Claims a run that waits or whose lease has lapsed, if it still can be claimed, and works on it with its user's rights. `passed_over`:
   * another of its company is being claimed here, and `onCapacity` follows; `busy`: at this moment on another
   * instance, or the run is being ended.
   */
  async claim(
    run: QueuedRun,
    known?: { readonly ctx: TenantContext; readonly question: string },
  ): Promise<'claimed' | 'lost_race' | 'passed_over' | 'busy' | 'failed'> {
    const { logger, metrics } = this.deps;
    const other = this.#claiming.get(run.tenantId);
    if (other !== undefined) {
      other.isAwaited = true;
      return 'passed_over';
    }
    const claiming = { isAwaited: false };
    this.#claiming.set(run.tenantId, claiming);
    try {
      const outcome = await this.#claim(run, known);
      if (outcome === 'busy') metrics.count('agent_run_claims_busy_total', {});
      return outcome;
    } catch (error) {
      logger.warn({ runId: run.runId, reason: String(error) }, 'a run could not be claimed; the next poll tries again');
      return 'failed';
    } finally {
      this.#claiming.delete(run.tenantId);
      if (claiming.isAwaited) this.onCapacity();
    }
  }

  async #claim(
    run: QueuedRun,
    known?: { readonly ctx: TenantContext; readonly question: string },
  ): Promise<'claimed' | 'lost_race' | 'busy'> {
    const { deps } = this;
    const ctx = known?.ctx ?? (await this.contextOf(run));
    const question = known?.question ?? (await questionOf(deps.db, ctx, run.runId));
    if (question === undefined) return 'lost_race';
    // Of somebody who was removed, and may nothing, the company's plan is not known.
    const plan = ctx.permissions.length > 0 ? ctx.plan : undefined;
    const claimed = await claim(deps, run, this.#owner, plan);
    if (typeof claimed === 'string') return claimed;
    this.#execute({ ...claimed, question }, ctx);
    deps.metrics.count('agent_runs_claimed_total', { after: claimed.interruptions > 0 ? 'interruption' : 'waiting' });
    return 'claimed';
  }

  /** With the rights of this moment; a removed user has none, which is enough to end the run and no more. */
  async contextOf({ tenantId, userId }: QueuedRun): Promise<TenantContext> {
    const { authority } = this.deps;
    try {
      return await authority.contextFor(tenantId, userId);
    } catch (error) {
      if (!(error instanceof PlatformError && error.code === 'not_found')) throw error;
      return vouchFor({ tenantId, userId, plan: 'free', permissions: [] });
    }
  }

  #execute(run: ClaimedRun, ctx: TenantContext): void {
    const { logger, metrics } = this.deps;
    const execution = new RunExecution(
      run,
      ctx,
      this.deps,
      this.catalogue,
      this.wording,
      this.#writes,
      this.#stopping.signal,
    );
    const done = execution
      .perform()
      .then((conclusion) => {
        metrics.count('agent_runs_concluded_total', { conclusion });
        if (conclusion === 'ended') this.finished++;
        if (conclusion === 'released') this.released++;
      })
      .catch((error: unknown) => logger.error({ runId: run.runId, err: error }, 'a run ended without a conclusion'))
      .finally(() => {
        // It may have lapsed and been claimed here once more meanwhile.
        if (this.#claimed.get(run.runId)?.execution === execution) this.#claimed.delete(run.runId);
        this.onCapacity();
      });
    this.#claimed.get(run.runId)?.execution.abort('lease_lost');
    this.#claimed.set(run.runId, { tenantId: run.tenantId, execution, done });
    if (this.#releasing) execution.abort('released');
  }
}
