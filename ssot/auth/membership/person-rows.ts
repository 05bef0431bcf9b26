import { z } from 'zod';
import { sql, type SessionId, type TenantId, type Transaction, type UserId } from '../../kernel';
import { AuthError } from '../errors';
import { ROLES, type Role } from '../roles';
import type { Ending } from '../sessions/session-endings';
import { forgetHandOvers } from '../sso/sign-in/hand-overs';

const standingRow = z.object({ user_id: z.custom<UserId>(), role: z.enum(ROLES) });
const personRow = standingRow.extend({ name: z.string(), email: z.string(), created_at: z.date() });
const endedRow = z.object({ session_id: z.custom<SessionId>() });

/** Of a company; every statement names it, because service logins meet the rows of all. */
export interface PersonRow {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly createdAt: Date;
}

/** Roles as they are now, which nobody changes until the turn ends: of these people, and how many owners there are. */
export async function lockStandings(
  tx: Transaction,
  tenantId: TenantId,
  people: readonly UserId[],
): Promise<{ readonly roles: ReadonlyMap<UserId, Role>; readonly owners: number }> {
  const rows = await tx.query(
    sql`select user_id, role from account
        where tenant_id = ${tenantId} and (user_id = any(${[...people]}) or role = 'owner')
        order by user_id for update`,
    standingRow,
  );
  const roles = new Map(rows.map(({ user_id, role }) => [user_id, role]));
  return { roles, owners: rows.filter(({ role }) => role === 'owner').length };
}

/** Ends all live sign-ins of a person but one, and those that wait for a code or to be handed over; answers which lived. */
export async function endSignIns(
  tx: Transaction,
  { tenantId, userId }: { readonly tenantId: TenantId; readonly userId: UserId },
  { except, now, why }: { readonly except: SessionId | null; readonly now: Date; readonly why: Ending },
): Promise<readonly SessionId[]> {
  await deletePendingSignIns(tx, tenantId, userId);
  await forgetHandOvers(tx, tenantId, sql`user_id = ${userId}`);
  const ended = await tx.query(
    sql`update session set ended_at = ${now}, ended_by = ${why}
        where tenant_id = ${tenantId} and user_id = ${userId} and session_id is distinct from ${except}
          and ended_at is null and ends_at > ${now} and idle_until > ${now}
        returning session_id`,
    endedRow,
  );
  return ended.map(({ session_id }) => session_id);
}

/** Nothing that opens anything is left of a person, nor their name and e-mail. Answers which sign-ins there were. */
export async function deletePerson(tx: Transaction, tenantId: TenantId, userId: UserId): Promise<readonly SessionId[]> {
  const ended = await tx.query(
    sql`delete from session where tenant_id = ${tenantId} and user_id = ${userId} returning session_id`,
    endedRow,
  );
  await tx.execute(sql`delete from api_key where tenant_id = ${tenantId} and user_id = ${userId}`);
  await deletePendingSignIns(tx, tenantId, userId);
  await tx.execute(sql`delete from backup_code where tenant_id = ${tenantId} and user_id = ${userId}`);
  await tx.execute(sql`delete from totp_factor where tenant_id = ${tenantId} and user_id = ${userId}`);
  await tx.execute(sql`delete from identity where tenant_id = ${tenantId} and user_id = ${userId}`);
  await tx.execute(sql`delete from provider_sign_in where tenant_id = ${tenantId} and user_id = ${userId}`);
  await tx.execute(sql`delete from account where tenant_id = ${tenantId} and user_id = ${userId}`);
  return ended.map(({ session_id }) => session_id);
}

/** Those that wait for a code, and would go on with what does not count any more. */
async function deletePendingSignIns(tx: Transaction, tenantId: TenantId, userId: UserId): Promise<void> {
  await tx.execute(sql`delete from pending_login where tenant_id = ${tenantId} and user_id = ${userId}`);
}

/** In the order of their ids, which is that of their coming. */
export async function listPeople(
  tx: Transaction,
  tenantId: TenantId,
  { after, limit }: { readonly after?: UserId; readonly limit: number },
): Promise<readonly PersonRow[]> {
  const rows = await tx.query(
    sql`select user_id, role, name, email, created_at from account
        where tenant_id = ${tenantId} and user_id > ${after ?? ''} order by user_id limit ${limit}`,
    personRow,
  );
  return rows.map(({ user_id: userId, created_at: createdAt, ...rest }) => ({ userId, createdAt, ...rest }));
}

export function noSuchPerson(): AuthError {
  return new AuthError('not_found', 'There is no such person in your company.', { field: 'userId' });
}
