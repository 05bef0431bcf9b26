import { z } from 'zod';
import { COMPANY, type ErasureRecord } from '../../analytics';
import { lockOf, sql, type Sql, type Subject, type TenantId, type Transaction, type UserId } from '../../kernel';
import type { Erasure, Hold } from './contract';

/** Rights that were there hold for two seconds at most (WS-02): whatever is still written with them is there by then. */
const LAST_WRITES_MS = 5_000;
const LEASE_MS = 10_000;

const erasureRow = z
  .object({
    subject: z.string(),
    requested_at: z.date(),
    done_at: z.date().nullable(),
    emptied: z.array(z.string()),
    failing: z.string().nullable(),
    is_held: z.boolean(),
  })
  .transform((row): Erasure => ({
    ...aboutOf(row.subject),
    state: row.done_at !== null ? 'done' : row.is_held ? 'held' : 'erasing',
    requestedAt: row.requested_at,
    doneAt: row.done_at,
    emptied: row.emptied,
    failing: row.failing,
  }));
const holdRow = z
  .object({ subject: z.string(), reason: z.string(), placed_by: z.custom<UserId>(), placed_at: z.date() })
  .transform((row): Hold => ({
    ...aboutOf(row.subject),
    reason: row.reason,
    placedBy: row.placed_by,
    placedAt: row.placed_at,
  }));
const KEY = sql`tenant_id || ' ' || subject`;
const claimedRow = z.object({
  tenant_id: z.custom<TenantId>(),
  subject: z.string(),
  key: z.string(),
  emptied: z.array(z.string()),
  requested_at: z.date(),
  may_end: z.boolean(),
  lease: z.string(),
});
const leaseRow = z.object({ lease: z.string() });

/** An erasure that this instance has under way. */
export interface Claimed {
  readonly subject: Subject;
  /** Names it among those under way. */
  readonly key: string;
  readonly emptied: readonly string[];
  readonly requestedAt: Date;
  /** Nothing is written with earlier rights any more. */
  readonly mayEnd: boolean;
  /** What it is held by, until it is renewed or another instance has taken it. */
  readonly lease: string;
}

export function subjectKey({ userId }: Pick<Subject, 'userId'>): string {
  return userId ?? COMPANY;
}

/** Erasures and holds of one company come one after the other. */
export async function lockCompany(tx: Transaction, tenantId: TenantId): Promise<void> {
  await tx.execute(lockOf(`customer data of ${tenantId}`));
}

/** Whether what an erasure `e` would take is held: the person or the company, and of a company anybody. */
const HELD = sql`exists(select from retention_hold h where h.tenant_id = e.tenant_id
  and (h.subject in (e.subject, ${COMPANY}) or e.subject = ${COMPANY}))`;

export async function isHeld(tx: Transaction, subject: Subject): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`select from (select ${subject.tenantId}::text as tenant_id, ${subjectKey(subject)}::text as subject) e where ${HELD}`,
  );
  return rows > 0;
}

export function readErasures(tx: Transaction, which: Sql): Promise<readonly Erasure[]> {
  return tx.query(
    sql`select subject, requested_at, done_at, emptied, failing, ${HELD} as is_held from erasure e
        where ${which} order by requested_at desc`,
    erasureRow,
  );
}

export function readHolds(tx: Transaction, tenantId: TenantId): Promise<readonly Hold[]> {
  return tx.query(
    sql`select subject, reason, placed_by, placed_at from retention_hold where tenant_id = ${tenantId} order by placed_at`,
    holdRow,
  );
}

/** A new one, or one that was done and begins again. */
export async function recordErasure(tx: Transaction, subject: Subject, key: string | null, now: Sql): Promise<void> {
  await tx.execute(sql`
    insert into erasure (tenant_id, subject, request_key, requested_at, look_after, next_at)
    values (${subject.tenantId}, ${subjectKey(subject)}, ${key}, ${now}, ${now} + ${ms(LAST_WRITES_MS)}, ${now})
    on conflict (tenant_id, subject) do update set request_key = excluded.request_key,
      requested_at = excluded.requested_at, emptied = '{}', failing = null,
      look_after = excluded.look_after, next_at = excluded.next_at, lease_until = null, done_at = null`);
}

/** Those of a store that came back from before them: from their beginning, as of the moment at which each was asked for. */
export async function beginAgain(tx: Transaction, erasures: readonly ErasureRecord[], now: Sql): Promise<void> {
  const column = <K extends keyof ErasureRecord>(name: K) => erasures.map((one) => one[name]);
  await tx.execute(sql`
    insert into erasure (tenant_id, subject, requested_at, look_after, next_at)
    select l.tenant_id, l.subject, to_timestamp(l.at / 1000.0), ${now} + ${ms(LAST_WRITES_MS)}, ${now}
    from unnest(${column('tenantId')}::text[], ${column('subject')}::text[], ${column('requestedAt')}::bigint[])
      as l (tenant_id, subject, at)
    on conflict (tenant_id, subject) do update set requested_at = greatest(erasure.requested_at, excluded.requested_at),
      emptied = '{}', failing = null, look_after = excluded.look_after, next_at = excluded.next_at,
      lease_until = null, done_at = null
    where erasure.done_at is not null`);
}

/** The next that is due and held by nobody, neither another instance nor the law; `except`: keys of those under way here. */
export async function claimErasure(tx: Transaction, now: Sql, except: readonly string[]): Promise<Claimed | undefined> {
  const [row] = await tx.query(
    sql`update erasure set lease_until = ${now} + ${ms(LEASE_MS)}
        where (tenant_id, subject) in (
          select tenant_id, subject from erasure e
          where done_at is null and next_at <= ${now} and (lease_until is null or lease_until <= ${now}) and not ${HELD}
            and ${KEY} <> all(${[...except]}::text[])
          order by next_at limit 1 for update skip locked)
        returning tenant_id, subject, ${KEY} as key, emptied, requested_at, look_after <= ${now} as may_end, lease_until::text as lease`,
    claimedRow,
  );
  if (row === undefined) return undefined;
  const { tenant_id: tenantId, subject, key, emptied, requested_at: requestedAt, may_end: mayEnd, lease } = row;
  return { subject: { tenantId, ...aboutOf(subject) }, key, emptied, requestedAt, mayEnd, lease };
}

/** Kept before the next module is begun; resolves with the renewed lease. None: it is on hold now, or another instance's, and must stop. */
export async function keepProgress(
  tx: Transaction,
  { subject, lease }: Pick<Claimed, 'subject' | 'lease'>,
  emptied: readonly string[],
  now: Sql,
): Promise<string | undefined> {
  const [row] = await tx.query(
    sql`update erasure e set emptied = ${[...emptied]}, lease_until = ${now} + ${ms(LEASE_MS)}
        where ${isHeldBy(subject, lease)} and not ${HELD} returning lease_until::text as lease`,
    leaseRow,
  );
  return row?.lease;
}

/** Ends this turn: done, or due again after so long, and not before a look can say that nothing is left. False: it is another instance's by now, and nothing is changed. */
export async function endTurn(
  tx: Transaction,
  { subject, lease }: Pick<Claimed, 'subject' | 'lease'>,
  end:
    | { readonly is: 'done' }
    | {
        readonly is: 'again';
        readonly emptied: readonly string[];
        readonly failing: string | null;
        readonly ms: number;
      },
  now: Sql,
): Promise<boolean> {
  const { rows } = await tx.execute(
    end.is === 'done'
      ? sql`update erasure e set done_at = ${now}, lease_until = null, failing = null where ${isHeldBy(subject, lease)}`
      : sql`update erasure e set lease_until = null, next_at = greatest(${now} + ${ms(end.ms)}, look_after), emptied = ${[...end.emptied]},
              failing = ${end.failing}
            where ${isHeldBy(subject, lease)}`,
  );
  return rows > 0;
}

function isHeldBy(subject: Subject, lease: string): Sql {
  return sql`${whichIs(subject)} and e.done_at is null and e.lease_until = ${lease}::timestamptz`;
}

export function whichIs(subject: Subject): Sql {
  return sql`e.tenant_id = ${subject.tenantId} and e.subject = ${subjectKey(subject)}`;
}

function aboutOf(subject: string): { readonly userId?: UserId } {
  return subject === COMPANY ? {} : { userId: subject as UserId };
}

function ms(count: number): Sql {
  return sql`${count} * interval '1 millisecond'`;
}
