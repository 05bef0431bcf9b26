import { z } from 'zod';
import { lockOf, sql, type SessionId, type Sql, type TenantId, type Transaction, type UserId } from '../../kernel';

interface Owner {
  readonly tenant_id: TenantId;
  readonly user_id: UserId;
}

const endedRow = z.object({ session_id: z.custom<SessionId>() });

/**
 * One at a time for each person, so that of many sign-ins at once each counts those before it, and whoever ends them ends also
 * the one that is being stored.
 */
export function lockOfSignIns(userId: UserId): Sql {
  return lockOf(userId);
}

/** Ends a person's oldest sign-ins beyond `max` live ones. Answers which. */
export async function endSurplus(
  tx: Transaction,
  { tenant_id: tenantId, user_id: userId }: Owner,
  { max, now }: { readonly max: number; readonly now: Date },
): Promise<readonly SessionId[]> {
  const ended = await tx.query(
    sql`update session set ended_at = ${now}, ended_by = 'sign_in_limit'
        where tenant_id = ${tenantId} and session_id in (
          select session_id from session
          where tenant_id = ${tenantId} and user_id = ${userId}
            and ended_at is null and ends_at > ${now} and idle_until > ${now}
          order by auth_time desc, session_id desc offset ${max})
        returning session_id`,
    endedRow,
  );
  return ended.map(({ session_id: id }) => id);
}

/** Keeps so many of a person's ended sign-ins, the latest, for the reason they are told; the rest goes, with its renewals. */
export async function removeEnded(
  tx: Transaction,
  { tenant_id: tenantId, user_id: userId }: Owner,
  { kept, now }: { readonly kept: number; readonly now: Date },
): Promise<void> {
  await tx.execute(sql`
    delete from session where tenant_id = ${tenantId} and session_id in (
      select session_id from session
      where tenant_id = ${tenantId} and user_id = ${userId}
        and (ended_at is not null or ends_at <= ${now} or idle_until <= ${now})
      order by coalesce(ended_at, least(ends_at, idle_until)) desc, session_id desc offset ${kept})`);
}
