import { z } from 'zod';
import {
  sql,
  type Clock,
  type DurableChange,
  type DurableOp,
  type DurableOutcome,
  type DurableQuery,
  type DurableRecord,
  type DurableRef,
  type DurableRefusal,
  type DurableResult,
  type DurableStore,
  type Logger,
  type TenantContext,
  type TenantId,
  type Transaction,
  type Transactions,
} from '../kernel';
import { OutboxRelay } from './outbox';
import {
  enqueue,
  erasedHash,
  lockEntry,
  lockOwner,
  moment,
  recordColumns,
  recordRow,
  remember,
  remembered,
  store,
} from './working-state-rows';
import { sweep } from './working-state-sweep';

const REMEMBERED_MS = 120_000;
const ERASED_MS = 86_400_000;
/** Callers of working state are answered in time, also when PostgreSQL hangs. */
const LIMIT = { limitMs: 1_500 } as const;

export interface WorkingStateDeps {
  readonly warm: Transactions;
  /** Waits. */
  readonly clock: Clock;
  /** What decides when an entry expires. */
  readonly time: 'server' | Clock;
  readonly log: Logger;
  /** A change that nobody has delivered for so long was its writer's to deliver, and the writer is gone; default 30 s. */
  readonly orphanedMs: number;
}

/** A row, and what must happen to it. */
interface Circumstances {
  readonly now: Date;
  /** Taken under the lock: the first for the end of an expired entry, the second for the change itself. */
  readonly stamps: readonly [number, number];
  readonly erased: boolean;
}

/**
 * Working state that must last, in PostgreSQL: an entry, its change in the outbox and the outcome of a named write land in
 * one transaction, or none of them does.
 */
export class WorkingState implements DurableStore {
  readonly #outbox: OutboxRelay;

  constructor(private readonly deps: WorkingStateDeps) {
    this.#outbox = new OutboxRelay(deps);
  }

  async load(ctx: TenantContext, { owner, name }: DurableRef): Promise<DurableRecord | undefined> {
    const asked = sql`select ${recordColumns} from working_state
      where tenant_id = ${ctx.tenantId} and owner = ${owner} and name = ${name} and expires_at > ${moment(this.deps.time)}`;
    const readOnly = { ...LIMIT, readOnly: true };
    return (await this.deps.warm.transaction(ctx, (tx) => tx.query(asked, recordRow), readOnly))[0];
  }

  async apply(ctx: TenantContext, op: DurableOp, writeId?: string): Promise<DurableOutcome | DurableRefusal> {
    const done = await this.deps.warm.transaction(ctx, (tx) => this.#apply(tx, ctx, op, writeId), LIMIT);
    if ('refused' in done) return done;
    const { result, replayed, changes } = done;
    return { result, replayed, delivered: await this.#outbox.publish(changes) };
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
    return this.deps.warm.transaction(ctx, (tx) => tx.query(asked, recordRow), { ...LIMIT, readOnly: true });
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
        const removals = gone.map(({ name, version, alive: was, stamp }): DurableChange => {
          return { tenantId, owner, name, op: was ? 'removed' : 'expired', version, stamp, current: null };
        });
        for (const change of removals) await enqueue(tx, change);
        return { removed: alive, changes: removals };
      },
      LIMIT,
    );
    await this.#outbox.publish(changes);
    return { removed };
  }

  async sweep(tenantId: TenantId): Promise<boolean> {
    const { changes, isEmpty } = await sweep(this.deps.warm, tenantId, moment(this.deps.time));
    await this.#outbox.publish(changes);
    return isEmpty;
  }

  subscribe(deliver: (change: DurableChange) => Promise<void>): AsyncDisposable {
    return this.#outbox.subscribe(deliver);
  }

  get behindMs(): number {
    return this.#outbox.behindMs;
  }

  async #apply(
    tx: Transaction,
    ctx: TenantContext,
    op: DurableOp,
    writeId: string | undefined,
  ): Promise<{ result: DurableResult; replayed: boolean; changes: DurableChange[] } | DurableRefusal> {
    const { tenantId } = ctx;
    const { owner, name } = op;
    const write = writeId === undefined ? undefined : { tenantId, owner: ctx.userId, writeId };
    await lockEntry(tx, tenantId, op);
    const before = write && (await remembered(tx, write, moment(this.deps.time)));
    if (before !== undefined) return { result: before, replayed: true, changes: [] };
    const { now, stamps, erased } = await this.#circumstances(tx, tenantId, owner);
    if (erased) return { refused: 'erased' };
    const [row] = await tx.query(
      sql`select ${recordColumns} from working_state where tenant_id = ${tenantId} and owner = ${owner} and name = ${name}
        for update`,
      recordRow,
    );
    const current = row !== undefined && row.expiresAt > now ? row : undefined;
    if (!fits(op.expect, current)) return { refused: 'conflict', current: current ?? null };
    const changes: DurableChange[] = [];
    const noteChange = (
      what: DurableChange['op'],
      version: number,
      record: DurableRecord | null,
      stamp: number,
    ): void => void changes.push({ tenantId, owner, name, op: what, version, stamp, current: record });
    if (row !== undefined && current === undefined) noteChange('expired', row.version, null, stamps[0]);
    let result: DurableResult;
    if (op.op === 'remove') {
      await tx.execute(
        sql`delete from working_state where tenant_id = ${tenantId} and owner = ${owner} and name = ${name}`,
      );
      if (current !== undefined) noteChange('removed', current.version, null, stamps[1]);
      result = { was: current !== undefined };
    } else {
      const record = next(op, current, now, stamps[1]);
      await store(tx, tenantId, record);
      noteChange(current === undefined ? 'created' : 'updated', record.version, record, stamps[1]);
      result = { incarnation: record.incarnation, version: record.version, expiresAt: record.expiresAt };
    }
    for (const change of changes) await enqueue(tx, change);
    if (write !== undefined) await remember(tx, write, result, new Date(now.getTime() + REMEMBERED_MS));
    return { result, replayed: false, changes };
  }

  async #circumstances(tx: Transaction, tenantId: TenantId, owner: string): Promise<Circumstances> {
    const now = moment(this.deps.time);
    const [row] = await tx.query(
      sql`select ${now} as now, array[nextval('working_state_stamp'), nextval('working_state_stamp')] as stamps,
          exists(select from working_state_erased where tenant_id = ${tenantId}
            and owner_hash = ${erasedHash(tenantId, owner)} and until > ${now}) as erased`,
      z.object({ now: z.date(), stamps: z.tuple([z.coerce.number(), z.coerce.number()]), erased: z.boolean() }),
    );
    return row as NonNullable<typeof row>;
  }
}

function fits(expect: string, row: DurableRecord | undefined): boolean {
  if (expect === '') return true;
  return expect === (row === undefined ? 'absent' : `${row.incarnation}.${row.version}`);
}

/** What stands there after a write. */
function next(
  { owner, name, body, shape, incarnation, defaultLifetimeMs, lifetimeMs }: Extract<DurableOp, { op: 'put' }>,
  current: DurableRecord | undefined,
  now: Date,
  stamp: number,
): DurableRecord {
  const written = { owner, name, stamp, body, shape, updatedAt: now };
  const endsIn = (ms: number): Date => new Date(now.getTime() + ms);
  if (current !== undefined) {
    const expiresAt = lifetimeMs === undefined ? current.expiresAt : endsIn(lifetimeMs);
    return { ...current, ...written, version: current.version + 1, expiresAt };
  }
  const expiresAt = endsIn(lifetimeMs ?? defaultLifetimeMs);
  return { ...written, incarnation, version: 1, order: stamp, createdAt: now, expiresAt };
}
