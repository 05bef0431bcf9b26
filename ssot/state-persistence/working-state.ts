import { z } from 'zod';
import {
  sql,
  type Clock,
  type DurableBack,
  type DurableChange,
  type DurableOp,
  type DurableOutcome,
  type DurableQuery,
  type DurableRecord,
  type DurableRefusal,
  type DurableResult,
  type Logger,
  type Sql,
  type StateRef,
  type TenantContext,
  type TenantId,
  type Transaction,
  type Transactions,
} from '../kernel';
import { Telling } from './telling';
import {
  erasedHash,
  lockEntries,
  lockOwner,
  moment,
  queue,
  recordColumns,
  recordRow,
  remember,
  remembered,
} from './working-state-rows';
import { sweep } from './working-state-sweep';

const REMEMBERED_MS = 120_000;
const ERASED_MS = 86_400_000;
/** Callers of working state are answered in time, also when PostgreSQL hangs. */
const TURN = { limitMs: 1_500 } as const;

export interface WorkingStateDeps {
  readonly warm: Transactions;
  /** Waits. */
  readonly clock: Clock;
  /** What decides when an entry ends. */
  readonly time: 'server' | Clock;
  readonly log: Logger;
  /** A change that nobody has told for so long was its writer's to tell, and the writer is gone; default 30 s. */
  readonly orphanedMs: number;
}

/**
 * Working state that must last, in PostgreSQL: an entry, its place in the story of changes and the outcome of a named
 * write land in one transaction, or none of them does.
 */
export class WorkingState implements DurableBack {
  readonly #telling: Telling;

  constructor(private readonly deps: WorkingStateDeps) {
    this.#telling = new Telling(deps);
  }

  load(ctx: TenantContext, refs: readonly StateRef[]): Promise<readonly (DurableRecord | undefined)[]> {
    return this.deps.warm.transaction(
      ctx,
      async (tx) => {
        const found = await rowsOf(tx, ctx.tenantId, refs, sql`and expires_at > ${moment(this.deps.time)}`);
        return refs.map((ref) => found.find((one) => one.owner === ref.owner && one.name === ref.name));
      },
      { ...TURN, readOnly: true },
    );
  }

  async apply(
    ctx: TenantContext,
    ops: readonly DurableOp[],
    writeId?: string,
  ): Promise<DurableOutcome | DurableRefusal> {
    const done = await this.deps.warm.transaction(ctx, (tx) => this.#apply(tx, ctx, ops, writeId), TURN);
    if ('refused' in done) return done;
    const { results, replayed, changes } = done;
    return { results, replayed, told: await this.#telling.tell(changes) };
  }

  page(ctx: TenantContext, q: DurableQuery): Promise<readonly DurableRecord[]> {
    const below = q.below === null ? sql`true` : sql`made < ${q.below}`;
    const fits =
      q.middle === ''
        ? sql`starts_with(name, ${q.start})`
        : sql`starts_with(name, ${q.start}) and
            starts_with(substr(name, length(${q.start}) + position(':' in substr(name, length(${q.start}) + 1))), ${q.middle})`;
    const asked = sql`select ${recordColumns} from working_state
      where tenant_id = ${ctx.tenantId} and owner = ${q.owner} and expires_at > ${moment(this.deps.time)}
        and updated_at >= ${q.since} and ${fits} and ${below} order by made desc limit ${q.limit}`;
    return this.deps.warm.transaction(ctx, (tx) => tx.query(asked, recordRow), { ...TURN, readOnly: true });
  }

  async clear(ctx: TenantContext, owner: string, start: string, erasing: boolean): Promise<{ removed: number }> {
    const { tenantId } = ctx;
    const now = moment(this.deps.time);
    const { removed, changes } = await this.deps.warm.transaction(
      ctx,
      async (tx) => {
        await lockOwner(tx, tenantId, owner);
        const gone = await tx.query(
          sql`delete from working_state where tenant_id = ${tenantId} and owner = ${owner} and starts_with(name, ${start})
              returning name, version, expires_at > ${now} as alive, nextval('working_state_stamp') as stamp`,
          z.object({ name: z.string(), version: z.number(), alive: z.boolean(), stamp: z.coerce.number() }),
        );
        const alive = gone.filter((one) => one.alive).length;
        if (erasing) {
          for (const table of [sql`working_state_change`, sql`working_state_write`]) {
            await tx.execute(sql`delete from ${table} where tenant_id = ${tenantId} and owner = ${owner}`);
          }
          await tx.execute(sql`insert into working_state_erased (tenant_id, owner_hash, until)
            values (${tenantId}, ${erasedHash(tenantId, owner)}, ${now} + ${ERASED_MS} * interval '1 millisecond')
            on conflict (tenant_id, owner_hash) do update set until = excluded.until`);
          return { removed: alive, changes: [] };
        }
        const told = gone.map(({ name, version, alive: was, stamp }): DurableChange => {
          return { tenantId, owner, name, op: was ? 'removed' : 'expired', version, stamp, now: null };
        });
        for (const change of told) await queue(tx, change);
        return { removed: alive, changes: told };
      },
      TURN,
    );
    await this.#telling.tell(changes);
    return { removed };
  }

  async sweep(tenantId: TenantId): Promise<boolean> {
    const { changes, isEmpty } = await sweep(this.deps.warm, tenantId, moment(this.deps.time));
    await this.#telling.tell(changes);
    return isEmpty;
  }

  changes(deliver: (change: DurableChange) => Promise<void>): AsyncDisposable {
    return this.#telling.listen(deliver);
  }

  get behindMs(): number {
    return this.#telling.behindMs;
  }

  async #apply(
    tx: Transaction,
    ctx: TenantContext,
    ops: readonly DurableOp[],
    writeId: string | undefined,
  ): Promise<{ results: readonly DurableResult[]; replayed: boolean; changes: DurableChange[] } | DurableRefusal> {
    const { tenantId } = ctx;
    const write = writeId === undefined ? undefined : { tenantId, owner: ctx.userId, writeId };
    await lockEntries(tx, tenantId, ops);
    const before = write && (await remembered(tx, write, moment(this.deps.time)));
    if (before !== undefined) return { results: before, replayed: true, changes: [] };
    const { now, stamps, erased } = await this.#circumstances(tx, tenantId, ops);
    if (erased) return { refused: 'erased' };
    const rows = await rowsOf(tx, tenantId, ops, sql`for update`);
    const stands = ops.map((op) => rows.find((row) => row.owner === op.owner && row.name === op.name));
    const alive = stands.map((row) => (row !== undefined && row.expiresAt > now ? row : undefined));
    const refused = ops.findIndex((op, i) => !fits(op.expect, alive[i]));
    if (refused >= 0) return { refused: 'conflict', index: refused, stands: alive[refused] ?? null };
    const results: DurableResult[] = [];
    const changes: DurableChange[] = [];
    for (const [i, op] of ops.entries()) {
      const { owner, name } = op;
      const row = alive[i];
      const stamp = stamps[2 * i + 1] as number;
      const ended = row === undefined ? stands[i] : undefined;
      const told = (what: DurableChange['op'], version: number, record: DurableRecord | null, at = stamp): void =>
        void changes.push({ tenantId, owner, name, op: what, version, stamp: at, now: record });
      if (ended !== undefined) told('expired', ended.version, null, stamps[2 * i]);
      if (op.op === 'remove') {
        if (stands[i] !== undefined) {
          await tx.execute(
            sql`delete from working_state where tenant_id = ${tenantId} and owner = ${owner} and name = ${name}`,
          );
        }
        if (row !== undefined) told('removed', row.version, null);
        results.push({ was: row !== undefined });
        continue;
      }
      const record = next(op, row, now, stamp);
      await store(tx, tenantId, record);
      told(row === undefined ? 'created' : 'updated', record.version, record);
      results.push({ incarnation: record.incarnation, version: record.version, expiresAt: record.expiresAt });
    }
    for (const change of changes) await queue(tx, change);
    if (write !== undefined) await remember(tx, write, results, new Date(now.getTime() + REMEMBERED_MS));
    return { results, replayed: false, changes };
  }

  /** The moment, stamps taken under the lock (two for each entry), and whether one of the owners was erased. */
  async #circumstances(
    tx: Transaction,
    tenantId: TenantId,
    refs: readonly StateRef[],
  ): Promise<{ now: Date; stamps: readonly number[]; erased: boolean }> {
    const hashes = refs.map(({ owner }) => erasedHash(tenantId, owner));
    const now = moment(this.deps.time);
    const [row] = await tx.query(
      sql`select ${now} as now, array(select nextval('working_state_stamp') from generate_series(1, ${2 * refs.length}::int)) as stamps,
          exists(select from working_state_erased where tenant_id = ${tenantId} and owner_hash = any(${hashes})
            and until > ${now}) as erased`,
      z.object({ now: z.date(), stamps: z.array(z.coerce.number()), erased: z.boolean() }),
    );
    return row as NonNullable<typeof row>;
  }
}

function fits(expect: string, row: DurableRecord | undefined): boolean {
  if (expect === '') return true;
  if (row === undefined) return expect === 'absent';
  return expect === 'present' || expect === `${row.incarnation}.${row.version}`;
}

/** What stands there after a write. */
function next(
  op: Exclude<DurableOp, { op: 'remove' }>,
  row: DurableRecord | undefined,
  now: Date,
  stamp: number,
): DurableRecord {
  const { owner, name, lifetimeMs } = op;
  const until = lifetimeMs === undefined ? undefined : new Date(now.getTime() + lifetimeMs);
  const common = { owner, name, stamp, updatedAt: now };
  if (op.op === 'touch') {
    const stands = row as DurableRecord;
    return { ...stands, ...common, version: stands.version + 1, expiresAt: until as Date };
  }
  const { body, shape, incarnation, life } = op;
  if (row !== undefined) {
    return { ...row, ...common, body, shape, version: row.version + 1, expiresAt: until ?? row.expiresAt };
  }
  const ends = until ?? (life instanceof Date ? life : new Date(now.getTime() + life));
  return { ...common, ...{ incarnation, version: 1, order: stamp, body, shape, createdAt: now, expiresAt: ends } };
}

async function store(tx: Transaction, tenantId: TenantId, record: DurableRecord): Promise<void> {
  const { owner, name, incarnation, version, stamp, order, body, shape, createdAt, updatedAt, expiresAt } = record;
  await tx.execute(sql`insert into working_state
      (tenant_id, owner, name, incarnation, version, stamp, made, body, shape, created_at, updated_at, expires_at)
    values (${tenantId}, ${owner}, ${name}, ${incarnation}, ${version}, ${stamp}, ${order}, ${body}, ${shape},
      ${createdAt}, ${updatedAt}, ${expiresAt})
    on conflict (tenant_id, owner, name) do update set incarnation = excluded.incarnation, version = excluded.version,
      stamp = excluded.stamp, made = excluded.made, body = excluded.body, shape = excluded.shape,
      created_at = excluded.created_at, updated_at = excluded.updated_at, expires_at = excluded.expires_at`);
}

function rowsOf(
  tx: Transaction,
  tenantId: TenantId,
  refs: readonly StateRef[],
  rest: Sql,
): Promise<readonly DurableRecord[]> {
  const [owners, names] = [refs.map(({ owner }) => owner), refs.map(({ name }) => name)];
  return tx.query(
    sql`select ${recordColumns} from working_state where tenant_id = ${tenantId}
        and (owner, name) in (select * from unnest(${owners}::text[], ${names}::text[])) ${rest}`,
    recordRow,
  );
}
