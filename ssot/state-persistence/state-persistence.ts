import { z } from 'zod';
import {
  sql,
  type DurableStore,
  type Json,
  type RunId,
  type TenantContext,
  type ThreadId,
  type Transaction,
  type TransactionOptions,
  type UserId,
} from '../kernel';
import { unavailable } from './archive/parts';
import { readMovedRun } from './archive/run-archive';
import { deleteArchived } from './archive/purge';
import { isHeld } from './customer-data/erasure-rows';
import type { Ending, RunSnapshot, SaveInput, SaveReceipt, StatePersistence, StatePersistenceDeps } from './contract';
import { PersistenceError } from './errors';
import { checked, type Content } from './input';
import { WorkingState } from './working-state';

const ORPHANED_MS = 30_000;

const headRow = z.object({ version: z.number(), fence: z.coerce.number(), ending: z.string().nullable() });
const saveRow = z.object({ version: z.number(), fingerprint: z.string(), saved_at: z.date() });
const stateRow = headRow.extend({
  thread_id: z.string(),
  agent: z.string(),
  step: z.number(),
  phase: z.string(),
  shape: z.number(),
  user_id: z.custom<UserId>(),
  body: z.string().nullable(),
  saved_at: z.date(),
});
const deletedRow = z.object({ run_id: z.string() });

/** Keeps each run's newest state in PostgreSQL, behind a version and a fence. Its tables are `persistenceSchemaChanges`. */
export function openStatePersistence(deps: StatePersistenceDeps): Promise<StatePersistence> {
  return Promise.resolve(new WarmPersistence(deps));
}

class WarmPersistence implements StatePersistence {
  readonly workingState: DurableStore;

  constructor(private readonly deps: StatePersistenceDeps) {
    const { warm, clock, log, time = clock, orphanedMs = ORPHANED_MS } = deps;
    this.workingState = new WorkingState({ warm, clock, log, time, orphanedMs });
  }

  async save(ctx: TenantContext, input: SaveInput, tx?: Transaction): Promise<SaveReceipt> {
    const content = checked(input);
    const { warm, clock } = this.deps;
    const written = { version: input.expectedVersion + 1, savedAt: new Date(clock.now()) };
    const within = <T>(work: (turn: Transaction) => Promise<T>, options: TransactionOptions): Promise<T> =>
      tx === undefined ? warm.transaction(ctx, work, options) : work(tx);
    const isWritten = await within((turn) => this.#write(ctx, input, content, written, turn), { commitAlong: true });
    const receipt = isWritten
      ? { ...written, replayed: false }
      : await within((turn) => this.#repeated(ctx, input, content, turn), { readOnly: true });
    this.deps.metrics.count('run_saves_total', { replayed: String(receipt.replayed) });
    return receipt;
  }

  async load(ctx: TenantContext, runId: RunId, tx?: Transaction): Promise<RunSnapshot> {
    const work = (turn: Transaction) =>
      turn.query(
        sql`select version, fence, ending, thread_id, user_id, agent, step, phase, shape, body, saved_at from run_state
            where tenant_id = ${ctx.tenantId} and run_id = ${runId}`,
        stateRow,
      );
    const [row] = await (tx === undefined ? this.deps.warm.transaction(ctx, work, { readOnly: true }) : work(tx));
    if (row === undefined)
      throw new PersistenceError('persistence_not_found', 'There is no such run.', { field: 'runId' });
    const { version, fence, agent, step, phase, shape } = row;
    return {
      runId,
      threadId: row.thread_id as ThreadId,
      agent,
      phase,
      step,
      version,
      fence,
      shape,
      state: row.body === null ? await this.#moved(ctx, runId, row.user_id) : (JSON.parse(row.body) as Json),
      ...(row.ending === null ? {} : { ending: row.ending as Ending }),
      savedAt: row.saved_at,
      tier: row.body === null ? 'cold' : 'warm',
    };
  }

  async close(ctx: TenantContext, runId: RunId, ending: Ending, tx: Transaction): Promise<void> {
    await tx.execute(sql`update run_state set ending = ${ending}, ended_at = ${new Date(this.deps.clock.now())}
      where tenant_id = ${ctx.tenantId} and run_id = ${runId} and ending is null`);
  }

  /** Throws `persistence_on_hold`: nothing of a person who is on legal hold goes. */
  async deleteOfThread(ctx: TenantContext, threadId: ThreadId, tx: Transaction): Promise<void> {
    if (await isHeld(tx, ctx)) {
      throw new PersistenceError('persistence_on_hold', 'A legal hold keeps this thread. Ask an administrator.', {
        field: 'threadId',
      });
    }
    const runs = await tx.query(
      sql`delete from run_state where thread_id = ${threadId} and user_id = ${ctx.userId} returning run_id`,
      deletedRow,
    );
    const subjects = [threadId, ...runs.map(({ run_id: runId }) => runId)];
    await deleteArchived(tx, ctx, subjects, new Date(this.deps.clock.now()));
  }

  #moved({ tenantId }: TenantContext, runId: RunId, userId: UserId): Promise<Json> {
    const { warm: db, cold, clock } = this.deps;
    if (cold === undefined) throw unavailable('there is none here');
    return readMovedRun({ db, archive: cold(), clock }, { tenantId, userId, subject: runId });
  }

  /** The first receipt, where this was written before; throws what stands in its way otherwise. */
  async #repeated(ctx: TenantContext, input: SaveInput, content: Content, tx: Transaction): Promise<SaveReceipt> {
    const { before, head } = await this.#standing(ctx, input, tx);
    if (before?.fingerprint === content.fingerprint)
      return { version: before.version, savedAt: before.saved_at, replayed: true };
    throw refusalOf(input, before !== undefined, head);
  }

  /** In one statement, or not at all: whoever saves at the same moment waits for the row, and then no longer finds it as expected. */
  async #write(
    ctx: TenantContext,
    { runId, threadId, agent, fence, expectedVersion, step, phase, shape, saveId, ending }: SaveInput,
    { body, fingerprint }: Content,
    { version, savedAt }: { readonly version: number; readonly savedAt: Date },
    tx: Transaction,
  ): Promise<boolean> {
    const { tenantId, userId } = ctx;
    const endedAt = ending === undefined ? null : savedAt;
    const isNew = sql`not exists(select from run_save
      where tenant_id = ${tenantId} and run_id = ${runId} and save_id = ${saveId})`;
    const written =
      expectedVersion === 0
        ? sql`insert into run_state (tenant_id, run_id, user_id, thread_id, agent, version, fence, step, phase, shape, ending, body,
                created_at, saved_at, ended_at)
              select ${tenantId}, ${runId}, ${userId}, ${threadId}, ${agent}, ${version}, ${fence}, ${step}, ${phase}, ${shape},
                ${ending ?? null}, ${body}, ${savedAt}, ${savedAt}, ${endedAt} where ${isNew} on conflict do nothing`
        : sql`update run_state set agent = ${agent}, version = ${version}, fence = ${fence}, step = ${step}, phase = ${phase},
                shape = ${shape}, ending = ${ending ?? null}, body = ${body}, saved_at = ${savedAt}, ended_at = ${endedAt}
              where tenant_id = ${tenantId} and run_id = ${runId} and version = ${expectedVersion} and fence <= ${fence}
                and ending is null and ${isNew}`;
    const { rows } = await tx.execute(sql`with written as (${written} returning 1)
      insert into run_save (tenant_id, run_id, save_id, version, fingerprint, saved_at)
      select ${tenantId}, ${runId}, ${saveId}, ${version}, ${fingerprint}, ${savedAt} from written`);
    return rows > 0;
  }

  /** What stands in the way of a save that was not written. */
  async #standing({ tenantId }: TenantContext, { runId, saveId }: SaveInput, tx: Transaction) {
    const [[head], [before]] = await Promise.all([
      tx.query(
        sql`select version, fence, ending from run_state where tenant_id = ${tenantId} and run_id = ${runId}`,
        headRow,
      ),
      tx.query(
        sql`select version, fingerprint, saved_at from run_save
            where tenant_id = ${tenantId} and run_id = ${runId} and save_id = ${saveId}`,
        saveRow,
      ),
    ]);
    return { head, before };
  }
}

/** Why a save was not written, in the order in which its holder must know it. */
function refusalOf(
  { fence }: SaveInput,
  isRepeated: boolean,
  head: z.infer<typeof headRow> | undefined,
): PersistenceError {
  if (isRepeated) {
    return new PersistenceError(
      'persistence_save_id_reused',
      'This save id was used for other content. Nothing was written.',
      { field: 'saveId' },
    );
  }
  if (head === undefined)
    return new PersistenceError('persistence_not_found', 'There is no such run.', { field: 'runId' });
  if (fence < head.fence) {
    return new PersistenceError(
      'persistence_fenced_off',
      'A newer holder works on this run. Stop; nothing was written.',
      { field: 'fence' },
    );
  }
  if (head.ending !== null) {
    return new PersistenceError('persistence_run_ended', `This run has ended (${head.ending}) and stays ended.`, {
      field: 'runId',
    });
  }
  return new PersistenceError(
    'persistence_version_conflict',
    `Somebody else saved first: version ${head.version} stands. Load it and go on from there.`,
    { field: 'expectedVersion', version: head.version },
  );
}
