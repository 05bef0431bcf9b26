import {
  assertAllowed,
  FairTurns,
  type CallId,
  type CustomerData,
  type RunId,
  type TenantContext,
  type TenantId,
  type ThreadId,
  type Transaction,
} from '../kernel';
import { submit } from './runs/submit-run';
import { createCatalogue } from './steps/catalogue';
import type {
  RunAccepted,
  AgentDefinition,
  AgentRuns,
  RunRequest,
  FullResult,
  AgentRunsDeps,
  PublishedReport,
  RegistryHealth,
  RunRecord,
  ToolDefinition,
  WakeMessage,
  PublishedPage,
} from './contract';
import { expireQueued, cancel } from './runs/cancel-run';
import { runNotFound } from './errors';
import { MAX_QUEUE_WAIT_MS } from './limits';
import { publish, listPublished, unpublish } from './report/publishing';
import { findClaimable, type QueuedRun } from './queue/run-queue';
import { agentCustomerData } from './runs/customer-data';
import type { RunState } from './runs/store/run-state';
import { deleteRunsOf, readResult, readRun } from './runs/store/run-store';
import { SPECIALISTS } from './steps/specialists';
import { TOOLS } from './steps/tools/tools';
import { Wording } from './wording/wording';
import { WorkerPool } from './runs/execution/worker-pool';

/** Questions of all companies that are being stored; they leave connections for the answers. */
const MAX_STORING_HERE = 8;
const POLL_MS = 5_000;
/** Whoever is asked begins the question; the regular poll of others leaves it to them for that long. */
const LEFT_TO_THE_ASKED_MS = 500;
/** A claim, or an ending, takes some milliseconds; so long after a busy run was found, it is over. */
const POLL_SOON_MS = 25;
/** Leases last half as long; one that nobody takes over for this long is a cause for concern. */
const MAX_LAPSE_S = 30;

/**
 * Opens the registry: it accepts questions, and answers those that wait, of every tenant, as far as this instance has
 * capacity. An invalid definition is reported by `health`; the others work.
 */
export async function createAgentRuns(
  deps: AgentRunsDeps,
  agents: readonly AgentDefinition[] = SPECIALISTS,
  tools: readonly ToolDefinition[] = TOOLS,
): Promise<AgentRuns> {
  const runs = new Registry(deps, createCatalogue(agents, tools));
  await runs.open();
  return runs;
}

class Registry implements AgentRuns {
  readonly customerData: CustomerData;
  readonly #workers: WorkerPool;
  readonly #wording: Wording;
  readonly #submissions: FairTurns;
  #isStopping = false;
  #polling: Promise<void> | undefined;
  /** The poll that follows the one that is under way: how old what it takes is at least. */
  #duePollMs: number | undefined;
  #nextPoll: Disposable | undefined;
  #earlyPoll: Disposable | undefined;
  #subscription: AsyncDisposable | undefined;
  #oldestLapseSeconds = 0;

  constructor(
    private readonly deps: AgentRunsDeps,
    private readonly known: ReturnType<typeof createCatalogue>,
  ) {
    // The next question begins now, and so does what was released.
    this.#wording = new Wording(deps);
    this.#submissions = new FairTurns(MAX_STORING_HERE, deps.clock);
    this.customerData = agentCustomerData(deps.db, (id) => this.#abandon(id));
    this.#workers = new WorkerPool(deps, known.catalogue, this.#wording, () => {
      if (this.#isStopping) this.#publish({});
      else this.#poll();
    });
  }

  async open(): Promise<void> {
    const { wake, logger } = this.deps;
    try {
      this.#subscription = await wake.subscribe((message) => this.#onMessage(message));
    } catch (error) {
      logger.warn({ reason: String(error) }, 'no subscription to other instances; polling finds their runs');
    }
    this.#schedulePoll();
    this.#poll();
  }

  submit(ctx: TenantContext, request: RunRequest): Promise<RunAccepted> {
    return this.#inForeground(ctx, () =>
      submit(this.deps, this.#submissions, ctx, request, ({ runId, waiting }) => {
        if (waiting === 0) this.#begin({ ...ctx, runId }, { ctx, question: request.text });
        // It begins when one of those before it ends, unless that happened while it was being stored.
        else this.#pollSoon();
      }),
    );
  }

  async get(ctx: TenantContext, id: RunId): Promise<RunRecord> {
    assertAllowed(ctx, 'chat:use');
    const run = await this.deps.db.transaction(ctx, (tx) => readRun(tx, id, ctx.userId), { readOnly: true });
    if (run === undefined) throw runNotFound();
    return run;
  }

  async result(ctx: TenantContext, runId: RunId, callId: CallId): Promise<FullResult> {
    assertAllowed(ctx, 'chat:use');
    const of = { runId, callId, userId: ctx.userId };
    const result = await this.deps.db.transaction(ctx, (tx) => readResult(tx, of), { readOnly: true });
    if (result === undefined) throw runNotFound();
    return result;
  }

  async listPublished(ctx: TenantContext, of?: PublishedPage): Promise<readonly PublishedReport[]> {
    assertAllowed(ctx, 'chat:use');
    return listPublished(this.deps.db, ctx, of);
  }

  async publish(ctx: TenantContext, id: RunId): Promise<{ publishedAt: Date }> {
    return publish(this.deps, ctx, id);
  }

  async unpublish(ctx: TenantContext, id: RunId): Promise<void> {
    return unpublish(this.deps.db, ctx, id);
  }

  /** Runs that were being worked on are aborted, on this instance or another. */
  async deleteOfThread(ctx: TenantContext, threadId: ThreadId, tx: Transaction): Promise<void> {
    for (const id of await deleteRunsOf(tx, threadId, ctx.userId)) {
      tx.afterCommit(() => this.#abandon(id));
    }
  }

  cancel(ctx: TenantContext, id: RunId): Promise<{ outcome: 'stopping' | 'already_ended'; state: RunState }> {
    return cancel(this.deps, ctx, id, () => this.#abandon(id));
  }

  stopClaiming(): void {
    this.#isStopping = true;
    this.#workers.stop();
    this.#nextPoll?.[Symbol.dispose]();
    this.#earlyPoll?.[Symbol.dispose]();
  }

  async drain(finishBy: AbortSignal): Promise<{ finished: number; handedOver: number }> {
    this.stopClaiming();
    const workers = this.#workers;
    const release = (): void => workers.release();
    if (finishBy.aborted) release();
    finishBy.addEventListener('abort', release, { once: true });
    const { finished } = workers;
    await this.#polling;
    await workers.settled();
    finishBy.removeEventListener('abort', release);
    return { finished: workers.finished - finished, handedOver: workers.released };
  }

  health(): RegistryHealth {
    const refused = this.known.refused.map(({ message }) => message);
    const lapse = Math.floor(this.#oldestLapseSeconds);
    const causes = lapse > MAX_LAPSE_S ? [...refused, `A run has had no instance for ${lapse} seconds.`] : refused;
    return {
      ...(causes.length === 0 ? { state: 'up' } : { state: 'degraded', cause: causes.join(' ') }),
      kinds: this.known.catalogue.kinds,
      refused,
      running: this.#workers.running,
      draining: this.#isStopping,
      model: this.#wording.state,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(AbortSignal.abort());
    await this.#subscription?.[Symbol.asyncDispose]();
  }

  /** Whoever works on it stops, and its place is another's. */
  #abandon(id: RunId): void {
    this.#workers.abort(id, 'cancel_requested');
    this.#publish({ stop: id });
    this.#poll();
  }

  /** A question begins at once if it may: here or, when this instance is full or stops, elsewhere. */
  #begin(run: QueuedRun, known: { readonly ctx: TenantContext; readonly question: string }): void {
    if (this.#isStopping || !this.#workers.hasRoomFor(run.tenantId)) this.#publish({});
    else {
      void this.#inForeground(run, () => this.#workers.claim(run, known)).then((outcome) => {
        if (outcome === 'busy') this.#pollSoon();
        // The capacity that was kept for it may be another's.
        else if (outcome === 'lost_race' || outcome === 'failed') this.#poll();
      });
    }
  }

  /** Somebody looks at the screen and waits for it. */
  #inForeground<T>({ tenantId }: Pick<QueuedRun, 'tenantId'>, work: () => Promise<T>): Promise<T> {
    return this.deps.foreground?.run(tenantId, work) ?? work();
  }

  /** Many callers share one poll. */
  #pollSoon(): void {
    if (this.#isStopping) return this.#publish({});
    this.#earlyPoll ??= this.deps.clock.after(POLL_SOON_MS, () => {
      this.#earlyPoll = undefined;
      this.#poll();
    });
  }

  #onMessage(message: WakeMessage): void {
    if (message.stop === undefined) this.#poll();
    else this.#workers.abort(message.stop, 'cancel_requested');
  }

  #publish(message: WakeMessage): void {
    const { wake, logger } = this.deps;
    wake.publish(message).catch((error: unknown) => {
      logger.debug({ reason: String(error) }, 'other instances could not be notified; their polling finds it');
    });
  }

  #schedulePoll(): void {
    this.#nextPoll = this.deps.clock.after(POLL_MS, () => {
      this.#poll(LEFT_TO_THE_ASKED_MS);
      this.#schedulePoll();
    });
  }

  /** One poll at a time; one that is due meanwhile follows. `askedBeforeMs`: younger questions are passed over. */
  #poll(askedBeforeMs = 0): void {
    if (this.#isStopping) return;
    if (this.#polling !== undefined) {
      this.#duePollMs = Math.min(askedBeforeMs, this.#duePollMs ?? askedBeforeMs);
      return;
    }
    const { logger } = this.deps;
    this.#polling = this.#claimWhatWaits(askedBeforeMs)
      .catch((error: unknown) => {
        logger.warn({ reason: String(error) }, 'queued runs could not be read; the next poll tries again');
      })
      .finally(() => {
        this.#polling = undefined;
        const due = this.#duePollMs;
        this.#duePollMs = undefined;
        if (due !== undefined) this.#poll(due);
      });
  }

  /** What one of them meets holds up nobody who may start. */
  async #expire(run: QueuedRun): Promise<void> {
    const { deps } = this;
    try {
      await expireQueued(deps, await this.#workers.contextOf(run), run.runId);
    } catch (error) {
      const facts = { runId: run.runId, reason: String(error) };
      deps.logger.warn(facts, 'a run that waited too long could not be ended; the next poll tries again');
    }
  }

  async #claimWhatWaits(askedBeforeMs: number): Promise<void> {
    const { deps } = this;
    const workers = this.#workers;
    const found = await findClaimable(deps, {
      capacity: workers.capacity,
      longestWaitMs: MAX_QUEUE_WAIT_MS,
      without: workers.passOver(),
      askedBeforeMs,
    });
    this.#oldestLapseSeconds = found.oldestLapseSeconds;
    for (const run of found.overdue) await this.#expire(run);
    const busy = new Set<TenantId>();
    for (const run of found.claimable) {
      if (this.#isStopping || workers.capacity <= 0) return;
      if (busy.has(run.tenantId) || !workers.hasRoomFor(run.tenantId)) continue;
      const outcome = await workers.claim(run);
      // Claimed elsewhere by now; another that waits was left out for it.
      if (outcome === 'lost_race') this.#duePollMs = 0;
      if (outcome === 'busy') {
        busy.add(run.tenantId);
        this.#pollSoon();
      }
    }
  }
}
