import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  sql,
  type Clock,
  type DurableChange,
  type DurableRecord,
  type DurableResult,
  type Sql,
  type DurableRef,
  type TenantId,
  type Transaction,
} from '../kernel';

const number = z.coerce.number();
export const recordRow = z
  .object({
    ...{ owner: z.string(), name: z.string(), incarnation: z.string(), version: z.number(), stamp: number },
    ...{ made: number, body: z.string(), shape: z.number() },
    ...{ created_at: z.date(), updated_at: z.date(), expires_at: z.date() },
  })
  .transform(
    ({ made: order, created_at: createdAt, updated_at: updatedAt, expires_at: expiresAt, ...rest }): DurableRecord => ({
      ...rest,
      ...{ order, createdAt, updatedAt, expiresAt },
    }),
  );
export const changeRow = z.object({
  tenant_id: z.custom<TenantId>(),
  owner: z.string(),
  name: z.string(),
  op: z.enum(['created', 'updated', 'removed', 'expired']),
  version: z.number(),
  stamp: number,
  age: number,
});
const result = z.union([
  z.object({
    incarnation: z.string(),
    version: z.number(),
    expiresAt: z.iso.datetime().transform((text) => new Date(text)),
  }),
  z.object({ was: z.boolean() }),
]);

export const recordColumns = sql`owner, name, incarnation, version, stamp, made, body, shape, created_at, updated_at, expires_at`;

/** The moment that decides what has ended: the server's own, or a given clock's. */
export function moment(time: 'server' | Clock): Sql {
  return time === 'server' ? sql`now()` : sql`${new Date(time.now())}::timestamptz`;
}

/** Excludes other writers of this entry, and whoever clears for its owner, until the transaction is over. */
export async function lockEntry(tx: Transaction, tenantId: TenantId, { owner, name }: DurableRef): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${`${tenantId} ${owner}`}, 1))`);
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${tenantId} ${owner} ${name}`}, 2))`);
}

/** Excludes every writer for this owner until the transaction is over. */
export async function lockOwner(tx: Transaction, tenantId: TenantId, owner: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${tenantId} ${owner}`}, 1))`);
}

/** What is left of an erased user's name. */
export function erasedHash(tenantId: TenantId, owner: string): string {
  return createHash('sha256').update(`${tenantId} ${owner}`).digest('hex');
}

export async function enqueue(tx: Transaction, change: DurableChange): Promise<void> {
  const { tenantId, stamp, owner, name, op, version } = change;
  await tx.execute(sql`insert into working_state_change (tenant_id, stamp, owner, name, op, version)
    values (${tenantId}, ${stamp}, ${owner}, ${name}, ${op}, ${version})`);
}

export async function remembered(
  tx: Transaction,
  write: { tenantId: TenantId; owner: string; writeId: string },
  now: Sql,
): Promise<DurableResult | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${Object.values(write).join(' ')}, 3))`);
  const [row] = await tx.query(
    sql`select results from working_state_write where tenant_id = ${write.tenantId} and owner = ${write.owner}
        and write_id = ${write.writeId} and until > ${now}`,
    z.object({ results: z.string() }),
  );
  return row && result.parse(JSON.parse(row.results));
}

export async function remember(
  tx: Transaction,
  write: { tenantId: TenantId; owner: string; writeId: string },
  outcome: DurableResult,
  until: Date,
): Promise<void> {
  const text = JSON.stringify(outcome);
  await tx.execute(sql`insert into working_state_write (tenant_id, owner, write_id, results, until)
    values (${write.tenantId}, ${write.owner}, ${write.writeId}, ${text}, ${until})
    on conflict (tenant_id, owner, write_id) do update set results = excluded.results, until = excluded.until`);
}

export async function store(tx: Transaction, tenantId: TenantId, record: DurableRecord): Promise<void> {
  const { owner, name, incarnation, version, stamp, order, body, shape, createdAt, updatedAt, expiresAt } = record;
  await tx.execute(sql`insert into working_state
      (tenant_id, owner, name, incarnation, version, stamp, made, body, shape, created_at, updated_at, expires_at)
    values (${tenantId}, ${owner}, ${name}, ${incarnation}, ${version}, ${stamp}, ${order}, ${body}, ${shape},
      ${createdAt}, ${updatedAt}, ${expiresAt})
    on conflict (tenant_id, owner, name) do update set incarnation = excluded.incarnation, version = excluded.version,
      stamp = excluded.stamp, made = excluded.made, body = excluded.body, shape = excluded.shape,
      created_at = excluded.created_at, updated_at = excluded.updated_at, expires_at = excluded.expires_at`);
}
