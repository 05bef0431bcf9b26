import { z } from 'zod';
import { sql, type Json, type TenantContext, type Transaction, type UserId } from '../../kernel';
import type { ChangeItem, ChangeRecord } from './contract';

const json = z.custom<Json>().nullable();
const storedRow = z.object({
  version: z.coerce.number(),
  key: z.string().nullable(),
  value: json,
  sealed: z.instanceof(Buffer).nullable(),
});
const versionRow = z.object({ version: z.coerce.number() });
const changeRow = z.object({
  version: z.coerce.number(),
  actor_id: z.custom<UserId>(),
  reason: z.string(),
  body_hash: z.instanceof(Buffer),
  left_as_is: z.array(z.string()),
  at: z.date(),
});
const itemRow = z.object({
  version: z.coerce.number(),
  key: z.string(),
  before: json,
  after: json,
  is_secret: z.boolean(),
  before_print: z.string().nullable(),
  after_print: z.string().nullable(),
});
const conflictRow = z.object({ key: z.string(), version: z.coerce.number(), actor_id: z.custom<UserId>() });

type Row = z.infer<typeof storedRow>;

/** An own setting as it is stored: exactly one of the two. */
export interface StoredOverride {
  readonly value: Json | null;
  readonly sealed: Buffer | null;
}
export interface Overrides {
  readonly version: number;
  readonly of: ReadonlyMap<string, StoredOverride>;
}

/** In one statement, so that no half of a change is seen. */
export async function overridesOf(tx: Transaction): Promise<Overrides> {
  const rows = await tx.query(
    sql`select coalesce(h.version, 0) as version, o.key, o.value, o.sealed
        from (select 1) one left join config_head h on true left join config_override o on true`,
    storedRow,
  );
  const [{ version }] = rows as [Row, ...Row[]];
  const of = rows.flatMap(({ key, value, sealed }) => (key === null ? [] : [[key, { value, sealed }] as const]));
  return { version, of: new Map(of) };
}

/** Held to the end of the transaction: changes of one company come one after the other. */
export async function lockHead(tx: Transaction, { tenantId }: TenantContext): Promise<number> {
  tx.send(sql`insert into config_head (tenant_id, version) values (${tenantId}, 0) on conflict do nothing`);
  const heads = await tx.query(sql`select version from config_head for update`, versionRow);
  return (heads[0] as z.infer<typeof versionRow>).version;
}

/** The change that was made for a request, with the keys it changed. */
export async function changeOf(
  tx: Transaction,
  requestId: string,
): Promise<{ version: number; bodyHash: Buffer; keys: string[]; left: string[] } | undefined> {
  const [row] = await tx.query(
    sql`select version, actor_id, reason, body_hash, left_as_is, at from config_change where request_id = ${requestId}`,
    changeRow,
  );
  if (row === undefined) return undefined;
  const items = await itemsOf(tx, [row.version]);
  const { version, body_hash: bodyHash, left_as_is: left } = row;
  return { version, bodyHash, left, keys: items.map(({ key }) => key) };
}

/** The latest change after `version` of one of these keys, by whoever made it. */
export async function changedSince(
  tx: Transaction,
  version: number,
  keys: readonly string[],
): Promise<z.infer<typeof conflictRow> | undefined> {
  const [conflict] = await tx.query(
    sql`select i.key, i.version, c.actor_id from config_change_item i join config_change c using (tenant_id, version)
        where i.version > ${version} and i.key = any(${[...keys]}) order by i.version desc, i.key limit 1`,
    conflictRow,
  );
  return conflict;
}

/** What each key that has changed since was at `version`: the `before` of its first change after it. */
export async function itemsSince(tx: Transaction, version: number): Promise<readonly z.infer<typeof itemRow>[]> {
  return tx.query(
    sql`select distinct on (key) version, key, before, after, is_secret, before_print, after_print
        from config_change_item where version > ${version} order by key, version`,
    itemRow,
  );
}

export interface NewItem {
  readonly key: string;
  readonly isSecret: boolean;
  /** Null: no setting of the company's own. */
  readonly before: StoredOverride | null;
  readonly after: StoredOverride | null;
  readonly prints: { readonly before: string | null; readonly after: string | null };
}

export function storeChange(
  tx: Transaction,
  { tenantId, userId }: TenantContext,
  change: {
    readonly version: number;
    readonly reason: string;
    readonly requestId: string;
    readonly bodyHash: Buffer;
    readonly left: readonly string[];
    readonly at: Date;
    readonly items: readonly NewItem[];
  },
): void {
  const { version, reason, requestId, bodyHash, left, at, items } = change;
  tx.send(sql`
    insert into config_change (tenant_id, version, actor_id, reason, request_id, body_hash, left_as_is, at)
    values (${tenantId}, ${version}, ${userId}, ${reason}, ${requestId}, ${bodyHash}, ${[...left]}, ${at})`);
  for (const { key, isSecret, before, after, prints } of items) {
    tx.send(sql`
      insert into config_change_item
        (tenant_id, version, key, before, after, is_secret, before_print, after_print)
      values (${tenantId}, ${version}, ${key}, ${text(before?.value)}::jsonb, ${text(after?.value)}::jsonb, ${isSecret},
        ${prints.before}, ${prints.after})`);
    if (after === null) tx.send(sql`delete from config_override where key = ${key}`);
    else {
      tx.send(sql`
        insert into config_override (tenant_id, key, value, sealed, version)
        values (${tenantId}, ${key}, ${text(after.value)}::jsonb, ${after.sealed}, ${version})
        on conflict (tenant_id, key) do update set value = excluded.value, sealed = excluded.sealed, version = excluded.version`);
    }
  }
  tx.send(sql`update config_head set version = ${version}`);
}

export async function historyOf(tx: Transaction, before: number, limit: number): Promise<readonly ChangeRecord[]> {
  const changes = await tx.query(
    sql`select version, actor_id, reason, body_hash, left_as_is, at from config_change
        where version < ${before} order by version desc limit ${limit}`,
    changeRow,
  );
  const items = await itemsOf(
    tx,
    changes.map(({ version }) => version),
  );
  return changes.map(({ version, actor_id: actorId, reason, at }) => {
    return { version, actorId, reason, at, items: items.filter((item) => item.version === version).map(shown) };
  });
}

async function itemsOf(tx: Transaction, versions: readonly number[]): Promise<readonly z.infer<typeof itemRow>[]> {
  return tx.query(
    sql`select version, key, before, after, is_secret, before_print, after_print
        from config_change_item where version = any(${[...versions]}) order by version, key`,
    itemRow,
  );
}

function shown(row: z.infer<typeof itemRow>): ChangeItem {
  const { key, before, after, is_secret, before_print, after_print } = row;
  return {
    ...{ key, before: before ?? undefined, after: after ?? undefined },
    ...(is_secret && { prints: { before: before_print, after: after_print } }),
  };
}

/** JSON as text: the driver would take a list for an array of PostgreSQL. */
function text(value: Json = null): string | null {
  return value === null ? null : JSON.stringify(value);
}
