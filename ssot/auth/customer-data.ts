import { z } from 'zod';
import {
  ofSubject,
  sql,
  type Clock,
  type CustomerData,
  type ExportRecord,
  type Sql,
  type Subject,
  type Transaction,
  type Transactions,
} from '../kernel';
import { AuthError } from './errors';
import { deletePerson, lockStandings } from './membership/person-rows';
import { AUTH } from './principals';
import type { Seal } from './sealing';
import { bar } from './sso/removed-people';

/** Everything of a company that names one of its people, in the order in which it may go. */
const OF_PEOPLE = [
  ...['session', 'api_key', 'pending_login', 'backup_code', 'totp_factor', 'identity', 'provider_sign_in', 'account'],
  'kept_person',
];
/** What the company itself has set up, and what it knows those by whom it has removed. */
const OF_COMPANY = ['provider_sign_in', 'sso_connection', 'domain_claim', 'removed_person', 'tenant'];

const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const accountRow = z.object({
  user_id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  created_at: z.date(),
});
const keyRow = z.object({ key_id: z.string(), user_id: z.string(), name: z.string(), created_at: z.date() });
const identityRow = z.object({ user_id: z.string(), issuer: z.string(), subject: z.string(), created_at: z.date() });
const sessionRow = z.object({
  session_id: z.string(),
  user_id: z.string(),
  device_name: z.string().nullable(),
  methods: z.array(z.string()),
  auth_time: z.date(),
  ended_at: z.date().nullable(),
});
const keptRow = z.object({ place: z.string(), record: z.custom<ExportRecord['record']>() });
const SESSIONS_AT_ONCE = 500;

/**
 * People, their sign-ins, keys and factors, as data of a person or a company. The audit trail is none of it: it names people by
 * an id that stands for nothing once they are gone.
 */
export function accountCustomerData(deps: {
  readonly db: Transactions;
  readonly clock: Clock;
  readonly seal: Seal;
}): CustomerData {
  const { db } = deps;
  return {
    name: 'accounts',
    /** Throws `last_owner` for a person without whom the company would have nobody in charge. */
    erase: (subject) =>
      db.asService(AUTH, async (tx) => {
        const { tenantId, userId } = subject;
        if (userId === undefined) return eraseCompany(tx, subject);
        const { roles, owners } = await lockStandings(tx, tenantId, [userId]);
        if (roles.get(userId) === 'owner' && owners <= 1) throw lastOwner();
        await bar(tx, deps, { tenantId, userId });
        await deletePerson(tx, tenantId, userId);
        await tx.execute(sql`delete from kept_person where tenant_id = ${tenantId} and user_id = ${userId}`);
      }),
    count: (subject) => db.asService(AUTH, (tx) => tx.query(countOf(subject), countRow), { readOnly: true }),
    export: (subject) => exported((body) => db.asService(AUTH, body, { readOnly: true }), subject),
  };
}

export function lastOwner(): AuthError {
  return new AuthError('last_owner', 'A company always has an owner. Make somebody else an owner first.', {
    field: 'userId',
  });
}

/** Everybody but `except`, with all that opens anything. */
export async function erasePeople(tx: Transaction, { tenantId }: Subject, except: string | null): Promise<void> {
  for (const table of OF_PEOPLE) {
    await tx.execute(
      sql`delete from ${name(table)} where tenant_id = ${tenantId} and user_id is distinct from ${except}`,
    );
  }
}

async function eraseCompany(tx: Transaction, subject: Subject): Promise<void> {
  await erasePeople(tx, subject, null);
  for (const table of OF_COMPANY)
    await tx.execute(sql`delete from ${name(table)} where tenant_id = ${subject.tenantId}`);
}

function countOf({ tenantId, userId }: Subject): Sql {
  const of = userId === undefined ? sql`true` : sql`user_id = ${userId}`;
  const counts = OF_PEOPLE.map(
    (table) =>
      sql`select ${table} as place, count(*) as rows from ${name(table)} where tenant_id = ${tenantId} and ${of}`,
  );
  if (userId !== undefined) return counts.reduce((all, one) => sql`${all} union all ${one}`);
  const ofCompany = OF_COMPANY.map(
    (table) => sql`select ${table} as place, count(*) as rows from ${name(table)} where tenant_id = ${tenantId}`,
  );
  return [...counts, ...ofCompany].reduce((all, one) => sql`${all} union all ${one}`);
}

/** One of the lists above, never of anybody's making. */
function name(table: string): Sql {
  return sql([table]);
}

type InTurn = <T>(body: (tx: Transaction) => Promise<T>) => Promise<T>;

async function* exported(turn: InTurn, subject: Subject): AsyncGenerator<ExportRecord> {
  yield* recordsOf(turn, subject);
  const kept = await turn((tx) =>
    tx.query(sql`select place, record from kept_person where ${ofSubject(subject)} order by user_id, number`, keptRow),
  );
  yield* kept;
}

/** What is kept of a company's people while they are its people. */
export async function* recordsOf(turn: InTurn, subject: Subject): AsyncGenerator<ExportRecord> {
  const of = ofSubject(subject);
  const [accounts, keys, identities] = await turn(
    async (tx) =>
      [
        await tx.query(
          sql`select user_id, name, email, role, created_at from account where ${of} order by user_id`,
          accountRow,
        ),
        await tx.query(sql`select key_id, user_id, name, created_at from api_key where ${of} order by key_id`, keyRow),
        await tx.query(
          sql`select user_id, issuer, subject, created_at from identity where ${of} order by user_id, issuer`,
          identityRow,
        ),
      ] as const,
  );
  for (const { user_id: id, created_at: createdAt, ...rest } of accounts) {
    yield { place: 'account', record: { userId: id, ...rest, createdAt: createdAt.toISOString() } };
  }
  for (const { key_id: keyId, user_id: of, name: called, created_at: createdAt } of keys) {
    yield { place: 'api_key', record: { keyId, userId: of, name: called, createdAt: createdAt.toISOString() } };
  }
  for (const { user_id: of, created_at: createdAt, ...identity } of identities) {
    yield { place: 'identity', record: { userId: of, ...identity, createdAt: createdAt.toISOString() } };
  }
  yield* exportedSessions(turn, of);
}

async function* exportedSessions(turn: InTurn, of: Sql): AsyncGenerator<ExportRecord> {
  for (let after = ''; ;) {
    const page = await turn((tx) =>
      tx.query(
        sql`select session_id, user_id, device_name, methods, auth_time, ended_at from session
              where ${of} and session_id > ${after} order by session_id limit ${SESSIONS_AT_ONCE}`,
        sessionRow,
      ),
    );
    for (const { session_id: sessionId, user_id: userId, device_name: deviceName, methods, ...one } of page) {
      const times = { signedInAt: one.auth_time.toISOString(), endedAt: one.ended_at?.toISOString() ?? null };
      yield { place: 'session', record: { sessionId, userId, deviceName, methods, ...times } };
    }
    const last = page[SESSIONS_AT_ONCE - 1];
    if (last === undefined) return;
    after = last.session_id;
  }
}
