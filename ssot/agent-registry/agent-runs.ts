import {
  assertAllowed,
  FairTurns,
  type CallId,
  type RunId,
  type TenantContext,
  type TenantId,
  type ThreadId,
  type Transaction,
} from '../kernel';
import { accept } from './asking';
import { createCatalogue } from './catalogue';
import type {
  Accepted,
  AgentDefinition,
  AgentRuns,
  Ask,
  FullResult,
  Ports,
  PublishedReport,
  RegistryHealth,
  RunRecord,
  ToolDefinition,
  WakeNote,
} from './contract';
import { giveUpWaiting, stop } from './ending-early';
import { runNotFound } from './errors';
import { LONGEST_WAIT_MS } from './limits';
import { publish, published, unpublish } from './publishing';
import { search, type Queued } from './queue';
import type { RunState } from './run-state';
import { deleteRunsOf, readResult, readRun } from './run-store';
import { SPECIALISTS } from './specialists';
import { TOOLS } from './tools';
import { Wording } from './wording';
import { Workers } from './workers';

/** Questions of all companies that are being stored; they leave connections for the answers. */
const MAX_STORING_HERE = 8;
const SEARCH_MS = 5_000;
/** A claim, or an ending, takes some milliseconds; so long after one was met, it is over. */
const LOOK_SOON_MS = 25;
/** Leases last half as long; one that nobody takes over for this long is a cause for concern. */
const LONGEST_LAPSE_S = 30;

/**
 * Takes questions, and works on those that wait, of every company, as far as this instance has room. A definition that
 * is refused is told by `health`, and keeps nobody else from working.
 */
export async function createAgentRuns(
  ports: Ports,
  agents: readonly AgentDefinition[] = SPECIALISTS,
  tools: readonly ToolDefinition[] = TOOLS,
): Promise<AgentRuns> {
  const runs = new Registry(ports, createCatalogue(agents, tools));
  await runs.listen();
  return runs;
}

class Registry implements AgentRuns {
  readonly #workers: Workers;
  readonly #wording: Wording;
  readonly #asking: FairTurns;
  #refusing = false;
  #looking: Promise<void> | undefined;
  #again = false;
  #next: Disposable | undefined;
  #soon: Disposable | undefined;
  #word: AsyncDisposable | undefined;
  #oldestLapseSeconds = 0;

  constructor(
    private readonly ports: Ports,
    private readonly known: ReturnType<typeof createCatalogue>,
  ) {
    // The next question begins now, and so does what was handed over.
    this.#wording = new Wording(ports);
    this.#asking = new FairTurns(MAX_STORING_HERE, ports.clock);
    this.#workers = new Workers(ports, known.catalogue, this.#wording, () => {
      if (this.#refusing) this.#wake({});
      else this.#look();
    });
  }

  async listen(): Promise<void> {
    const { wake, logger: log } = this.ports;
    try {
      this.#word = await wake.onWake((note) => this.#hear(note));
    } catch (error) {
      log.warn({ reason: String(error) }, 'no word from other instances; the search finds their runs');
    }
    this.#schedule();
    this.#look();
  }

  start(ctx: TenantContext, ask: Ask): Promise<Accepted> {
    return accept(this.ports, this.#asking, ctx, ask, ({ runId, waiting }) => {
      if (waiting === 0) this.#begin({ ...ctx, runId }, { ctx, question: ask.text });
      // It begins when one of those before it ends, unless that happened while it was being stored.
      else this.#lookSoon();
    });
  }

  async get(ctx: TenantContext, id: RunId): Promise<RunRecord> {
    assertAllowed(ctx, 'chat:use');
    const run = await this.ports.db.transaction(ctx, (tx) => readRun(tx, id, ctx.userId), { readOnly: true });
    if (run === undefined) throw runNotFound();
    return run;
  }

  async result(ctx: TenantContext, runId: RunId, callId: CallId): Promise<FullResult> {
    assertAllowed(ctx, 'chat:use');
    const of = { runId, callId, userId: ctx.userId };
    const result = await this.ports.db.transaction(ctx, (tx) => readResult(tx, of), { readOnly: true });
    if (result === undefined) throw runNotFound();
    return result;
  }

  async published(ctx: TenantContext, of?: { readonly threadId?: ThreadId }): Promise<readonly PublishedReport[]> {
    assertAllowed(ctx, 'chat:use');
    return published(this.ports.db, ctx, of);
  }

  async publish(ctx: TenantContext, id: RunId): Promise<{ publishedAt: Date }> {
    return publish(this.ports, ctx, id);
  }

  async unpublish(ctx: TenantContext, id: RunId): Promise<void> {
    return unpublish(this.ports.db, ctx, id);
  }

  /** What was being worked on is given up, here or on whichever instance. */
  async deleteOfThread(ctx: TenantContext, threadId: ThreadId, tx: Transaction): Promise<void> {
    for (const id of await deleteRunsOf(tx, threadId, ctx.userId)) {
      tx.afterCommit(() => {
        this.#workers.interrupt(id, 'stop_asked');
        this.#wake({ stop: id });
        this.#look();
      });
    }
  }

  cancel(ctx: TenantContext, id: RunId): Promise<{ outcome: 'stopping' | 'already_ended'; state: RunState }> {
    return stop(this.ports, ctx, id, () => {
      this.#workers.interrupt(id, 'stop_asked');
      this.#wake({ stop: id });
      this.#look();
    });
  }

  refuse(): void {
    this.#refusing = true;
    this.#next?.[Symbol.dispose]();
    this.#soon?.[Symbol.dispose]();
  }

  async drain(finishBy: AbortSignal): Promise<{ finished: number; handedOver: number }> {
    this.refuse();
    const workers = this.#workers;
    const handOver = (): void => workers.handOver();
    if (finishBy.aborted) handOver();
    finishBy.addEventListener('abort', handOver, { once: true });
    const { finished } = workers;
    await this.#looking;
    await workers.over();
    finishBy.removeEventListener('abort', handOver);
    return { finished: workers.finished - finished, handedOver: workers.handedOver };
  }

  health(): RegistryHealth {
    const refused = this.known.refused.map(({ message }) => message);
    const lapse = Math.floor(this.#oldestLapseSeconds);
    const causes = lapse > LONGEST_LAPSE_S ? [...refused, `A run has had no instance for ${lapse} seconds.`] : refused;
    return {
      ...(causes.length === 0 ? { state: 'up' } : { state: 'degraded', cause: causes.join(' ') }),
      kinds: this.known.catalogue.kinds,
      refused,
      running: this.#workers.running,
      draining: this.#refusing,
      model: this.#wording.state,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(AbortSignal.abort());
    await this.#word?.[Symbol.asyncDispose]();
  }

  /** A question begins at once if it may: here or, when this instance is full or stops, elsewhere. */
  #begin(run: Queued, known: { readonly ctx: TenantContext; readonly question: string }): void {
    if (this.#refusing || this.#workers.room <= 0) this.#wake({});
    else {
      void this.#workers.claim(run, known).then((outcome) => {
        if (outcome === 'busy') this.#lookSoon();
        // The room that was kept for it may be another's.
        else if (outcome === 'lost_race' || outcome === 'failed') this.#look();
      });
    }
  }

  /** Many that ask for it share one search. */
  #lookSoon(): void {
    if (this.#refusing) return this.#wake({});
    this.#soon ??= this.ports.clock.after(LOOK_SOON_MS, () => {
      this.#soon = undefined;
      this.#look();
    });
  }

  #hear(note: WakeNote): void {
    if (note.stop === undefined) this.#look();
    else this.#workers.interrupt(note.stop, 'stop_asked');
  }

  #wake(note: WakeNote): void {
    const { wake, logger: log } = this.ports;
    wake.wake(note).catch((error: unknown) => {
      log.debug({ reason: String(error) }, 'other instances could not be woken; their search finds it');
    });
  }

  #schedule(): void {
    this.#next = this.ports.clock.after(SEARCH_MS, () => {
      this.#look();
      this.#schedule();
    });
  }

  /** One search at a time; one that is asked for meanwhile follows. */
  #look(): void {
    if (this.#refusing) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    const { logger: log } = this.ports;
    this.#looking = this.#search()
      .catch((error: unknown) => {
        log.warn({ reason: String(error) }, 'waiting runs could not be searched; the next search tries');
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#again) {
          this.#again = false;
          this.#look();
        }
      });
  }

  async #search(): Promise<void> {
    const { ports } = this;
    const workers = this.#workers;
    const found = await search(ports, {
      room: workers.room,
      askedBefore: new Date(ports.clock.now() - LONGEST_WAIT_MS),
      without: workers.passOver(),
    });
    this.#oldestLapseSeconds = found.oldestLapseSeconds;
    for (const run of found.overdue) {
      await giveUpWaiting(ports, await workers.asker(run), run.runId);
    }
    const met = new Set<TenantId>();
    for (const run of found.claimable) {
      if (this.#refusing || workers.room <= 0) return;
      if (met.has(run.tenantId)) continue;
      const outcome = await workers.claim(run);
      // Somebody else's by now, it stood here in the place of one that still waits.
      if (outcome === 'lost_race') this.#again = true;
      if (outcome === 'busy') {
        met.add(run.tenantId);
        this.#lookSoon();
      }
    }
  }
}
