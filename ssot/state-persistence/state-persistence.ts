import { z } from 'zod';
import {
  sql,
  type DurableStore,
  type Json,
  type RunId,
  type TenantContext,
  type ThreadId,
  type Transaction,
  type UserId,
} from '../kernel';
import { unavailable } from './archive/parts';
import { readMovedRun } from './archive/run-archive';
import { deleteArchived } from './archive/purge';
import { isHeld } from './customer-data/erasure-rows';
import type { Ending, RunSnapshot, SaveInput, SaveReceipt, StatePersistence, StatePersistenceDeps } from './contract';
import { PersistenceError } from './errors';
import { checked } from './input';
import { WorkingState } from './working-state';

const ORPHANED_MS = 30_000;
const REMEMBERED_MS = 24 * 3_600_000;

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
    const work = (turn: Transaction): Promise<SaveReceipt> => this.#save(ctx, input, content, turn);
    const receipt = await (tx === undefined ? this.deps.warm.transaction(ctx, work) : work(tx));
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
    await tx.execute(sql`update run_state set ending = ${ending}, saved_at = ${new Date(this.deps.clock.now())}
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

  async #save(
    ctx: TenantContext,
    input: SaveInput,
    content: ReturnType<typeof checked>,
    tx: Transaction,
  ): Promise<SaveReceipt> {
    const { runId, saveId } = input;
    // Locks the run's row: whoever saves at the same moment waits here and then sees what landed.
    const [[head], [before]] = await Promise.all([
      tx.query(
        sql`select version, fence, ending from run_state where tenant_id = ${ctx.tenantId} and run_id = ${runId} for update`,
        headRow,
      ),
      tx.query(
        sql`select version, fingerprint, saved_at from run_save
          where tenant_id = ${ctx.tenantId} and run_id = ${runId} and save_id = ${saveId}`,
        saveRow,
      ),
    ]);
    if (before !== undefined) {
      if (before.fingerprint === content.fingerprint)
        return { version: before.version, savedAt: before.saved_at, replayed: true };
      throw new PersistenceError(
        'persistence_save_id_reused',
        'This save id was used for other content. Nothing was written.',
        { field: 'saveId' },
      );
    }
    assertMayFollow(head, input);
    const savedAt = new Date(this.deps.clock.now());
    const version = input.expectedVersion + 1;
    const { threadId, agent, fence, step, phase, shape, ending = null } = input;
    const written =
      head === undefined
        ? sql`insert into run_state (tenant_id, run_id, user_id, thread_id, agent, version, fence, step, phase, shape, ending, body, created_at, saved_at)
              values (${ctx.tenantId}, ${runId}, ${ctx.userId}, ${threadId}, ${agent}, ${version}, ${fence}, ${step}, ${phase}, ${shape},
                ${ending}, ${content.body}, ${savedAt}, ${savedAt}) on conflict do nothing`
        : sql`update run_state set agent = ${agent}, version = ${version}, fence = ${fence}, step = ${step}, phase = ${phase},
                shape = ${shape}, ending = ${ending}, body = ${content.body}, saved_at = ${savedAt}
              where tenant_id = ${ctx.tenantId} and run_id = ${runId}`;
    // Two that create at once: the second waits for the first, and then inserts nothing. A row that is there is locked.
    if (head !== undefined) tx.send(written);
    else if ((await tx.execute(written)).rows === 0) throw conflict(1);
    tx.send(sql`insert into run_save (tenant_id, run_id, save_id, version, fingerprint, saved_at)
      values (${ctx.tenantId}, ${runId}, ${saveId}, ${version}, ${content.fingerprint}, ${savedAt})`);
    tx.send(sql`delete from run_save where tenant_id = ${ctx.tenantId} and run_id = ${runId}
      and saved_at < ${new Date(savedAt.getTime() - REMEMBERED_MS)}`);
    return { version, savedAt, replayed: false };
  }
}

function assertMayFollow(head: z.infer<typeof headRow> | undefined, input: SaveInput): void {
  if (head !== undefined && input.fence < head.fence) {
    throw new PersistenceError(
      'persistence_fenced_off',
      'A newer holder works on this run. Stop; nothing was written.',
      { field: 'fence' },
    );
  }
  if (head !== undefined && head.ending !== null) {
    throw new PersistenceError('persistence_run_ended', `This run has ended (${head.ending}) and stays ended.`, {
      field: 'runId',
    });
  }
  if (head === undefined && input.expectedVersion > 0) {
    throw new PersistenceError('persistence_not_found', 'There is no such run.', { field: 'runId' });
  }
  if (head !== undefined && head.version !== input.expectedVersion) throw conflict(head.version);
}

function conflict(version: number): PersistenceError {
  return new PersistenceError(
    'persistence_version_conflict',
    `Somebody else saved first: version ${version} stands. Load it and go on from there.`,
    {
      field: 'expectedVersion',
      version,
    },
  );
}
