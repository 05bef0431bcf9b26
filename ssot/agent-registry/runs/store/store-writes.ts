import { sql, type AgentKind, type EventDraft, type Sql, type TenantContext, type Transaction } from '../../../kernel';
import type { AgentRunsDeps, ClaimedRun } from '../../contract';
import { RunAborted } from '../execution/run-aborted';
import { renewLease } from './run-store';
import { asJson } from '../../steps/tools/truncation';
import type { Analysis } from '../../steps/analysis';

interface Checkpoint {
  readonly agent: AgentKind;
  /** Steps finished. */
  readonly step: number;
  readonly analysis: Analysis;
}

/** What a run stores at one moment. */
export interface RunWrite {
  /** What the thread is shown. */
  readonly drafts?: readonly EventDraft[];
  readonly set?: Sql;
  readonly ends?: 'completed' | 'failed' | 'cancelled';
  readonly checkpoint?: Checkpoint;
  /** Other rows; resolves to events that come before `drafts`. */
  readonly also?: (tx: Transaction) => Promise<readonly EventDraft[]> | void;
  readonly evenWhenStopping?: true;
  readonly onStored?: () => void;
}

interface Deps extends Pick<AgentRunsDeps, 'db' | 'threadLog' | 'checkpoints'> {
  readonly ctx: TenantContext;
  readonly run: ClaimedRun;
}

/**
 * Stores writes of a run together, under its lease: all of them, or none. Of several finished steps the last is kept, as this
 * `version`; resolves to whether there was one. Throws `RunAborted`.
 */
export async function storeWrites(
  deps: Deps,
  batch: readonly RunWrite[],
  { at, version }: { readonly at: Date; readonly version: number },
): Promise<boolean> {
  const ends = batch.find((write) => write.ends !== undefined)?.ends;
  const checkpoint = batch.findLast((write) => write.checkpoint !== undefined)?.checkpoint;
  await deps.db.transaction(deps.ctx, async (tx) => {
    // All of it leaves for PostgreSQL at once, in this order; without the lease none of it lands.
    const held = holdLease(tx, deps.run, batch);
    setRun(tx, deps.run, batch, ends && sql`state = ${ends}, ended_at = ${at}, lease_owner = null, lease_until = null`);
    await Promise.all([held, close(tx, deps, checkpoint, { version, ends }), append(tx, deps, batch)]);
  });
  return checkpoint !== undefined;
}

async function holdLease(tx: Transaction, run: ClaimedRun, batch: readonly RunWrite[]): Promise<void> {
  const state = await renewLease(tx, run);
  if (state === undefined) throw new RunAborted('lease_lost');
  if (state === 'cancelling' && !batch.every((write) => write.evenWhenStopping)) {
    throw new RunAborted('cancel_requested');
  }
}

function setRun(tx: Transaction, { runId }: ClaimedRun, batch: readonly RunWrite[], end?: Sql): void {
  for (const set of [...batch.map((write) => write.set), end]) {
    if (set !== undefined) tx.send(sql`update runs set ${set} where id = ${runId}`);
  }
}

/** Saves the last finished step, or ends what was saved before. */
async function close(
  tx: Transaction,
  deps: Deps,
  checkpoint: Checkpoint | undefined,
  of: { readonly version: number; readonly ends: RunWrite['ends'] },
): Promise<void> {
  if (checkpoint !== undefined) await save(tx, deps, checkpoint, of);
  if (of.ends === 'failed' || of.ends === 'cancelled') {
    await deps.checkpoints.close(deps.ctx, deps.run.runId, of.ends, tx);
  }
}

function save(
  tx: Transaction,
  { checkpoints, ctx, run }: Deps,
  { agent, step, analysis }: Checkpoint,
  { version, ends }: { readonly version: number; readonly ends: RunWrite['ends'] },
): Promise<void> {
  const { runId, threadId, epoch: fence } = run;
  const ending = ends === 'completed' ? { ending: ends } : {};
  return checkpoints.save(
    ctx,
    { runId, threadId, agent, fence, step, version, state: asJson(analysis), ...ending },
    tx,
  );
}

async function append(tx: Transaction, { threadLog, ctx, run }: Deps, batch: readonly RunWrite[]): Promise<void> {
  const parts = await Promise.all(
    batch.map(async ({ also, drafts = [] }) => [...((await also?.(tx)) ?? []), ...drafts]),
  );
  const drafts = parts.flat();
  if (drafts.length > 0) await threadLog.append(ctx, run.threadId, drafts, tx);
}
