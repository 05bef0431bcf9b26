import {
  PlatformError,
  vouchFor,
  type Id,
  type RunId,
  type TenantContext,
  type TenantId,
  type Transactions,
} from '../kernel';
import type { Catalogue } from './catalogue';
import type { HeldRun, Ports } from './contract';
import { fairWrites } from './fair-writes';
import type { Why } from './interruption';
import { MAX_RUNNING_HERE } from './limits';
import type { Queued } from './queue';
import { RunExecution } from './run-execution';
import { claim, questionOf } from './run-store';
import type { Wording } from './wording';

/** The runs that are in the hands of this instance. */
export class Workers {
  readonly #owner: Id<'inst'>;
  readonly #writes: Transactions;
  readonly #held = new Map<RunId, { execution: RunExecution; done: Promise<void> }>();
  /**
   * Companies of which a run is being claimed, one at a time: a crowd of one company holds one connection. `isAwaited`: others
   * of its runs were passed over meanwhile.
   */
  readonly #claiming = new Map<TenantId, { isAwaited: boolean }>();
  #handingOver = false;
  finished = 0;
  handedOver = 0;

  constructor(
    private readonly ports: Ports,
    private readonly catalogue: Catalogue,
    private readonly wording: Wording,
    /** There may be something to claim: a run is over and leaves room, or a company's runs were passed over. */
    private readonly onRoom: () => void,
  ) {
    this.#owner = ports.ids.next('inst');
    this.#writes = fairWrites(ports.db, ports.clock);
  }

  get running(): number {
    return this.#held.size;
  }

  get room(): number {
    return MAX_RUNNING_HERE - this.#held.size - this.#claiming.size;
  }

  /** For a search that passes them over: `onRoom` is called when the claim is over. */
  passOver(): readonly TenantId[] {
    for (const claiming of this.#claiming.values()) claiming.isAwaited = true;
    return [...this.#claiming.keys()];
  }

  interrupt(id: RunId, why: Why): void {
    this.#held.get(id)?.execution.interrupt(why);
  }

  /** Whoever is claimed meanwhile is handed over as well. */
  handOver(): void {
    this.#handingOver = true;
    for (const { execution } of this.#held.values()) execution.interrupt('handed_over');
  }

  async over(): Promise<void> {
    await Promise.all([...this.#held.values()].map(({ done }) => done));
  }

  /**
   * Claims a run that waits or was left behind, if it is to be had, and works on it with its asker's rights. `passed_over`:
   * another of its company is being claimed here, and `onRoom` follows; `busy`: at this moment on another
   * instance, or the run is being ended.
   */
  async claim(
    run: Queued,
    known?: { readonly ctx: TenantContext; readonly question: string },
  ): Promise<'claimed' | 'lost_race' | 'passed_over' | 'busy' | 'failed'> {
    const { logger: log, metrics } = this.ports;
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
      log.warn({ runId: run.runId, reason: String(error) }, 'a run could not be claimed; the next search tries');
      return 'failed';
    } finally {
      this.#claiming.delete(run.tenantId);
      if (claiming.isAwaited) this.onRoom();
    }
  }

  async #claim(
    run: Queued,
    known?: { readonly ctx: TenantContext; readonly question: string },
  ): Promise<'claimed' | 'lost_race' | 'busy'> {
    const { ports } = this;
    const ctx = known?.ctx ?? (await this.asker(run));
    const question = known?.question ?? (await questionOf(ports.db, ctx, run.runId));
    if (question === undefined) return 'lost_race';
    const held = await claim(ports, run, this.#owner);
    if (typeof held === 'string') return held;
    this.#perform({ ...held, question }, ctx);
    ports.metrics.count('agent_runs_claimed_total', { after: held.losses > 0 ? 'loss' : 'waiting' });
    return 'claimed';
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
    const execution = new RunExecution(run, ctx, this.ports, this.catalogue, this.wording, this.#writes);
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
        this.onRoom();
      });
    this.#held.set(run.runId, { execution, done });
    if (this.#handingOver) execution.interrupt('handed_over');
  }
}
