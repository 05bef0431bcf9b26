import { z } from 'zod';
import { sql, type SessionId, type TenantContext, type TenantId, type Transaction, type UserId } from '../kernel';
import type { AuthDeps } from './contract';
import { AuthError } from './errors';
import type { LiveSessions } from './live-sessions';

interface Owner {
  readonly tenant_id: TenantId;
  readonly user_id: UserId;
}

const endedRow = z.object({ session_id: z.custom<SessionId>() });

/** Signs out one of one's own sign-ins; throws `not_found` for any other. */
export async function endOwn(
  { db, clock, live }: Pick<AuthDeps, 'db' | 'clock'> & { readonly live: LiveSessions },
  ctx: TenantContext,
  id: SessionId,
): Promise<void> {
  const now = new Date(clock.now());
  const { rows } = await db.transaction(ctx, (tx) =>
    tx.execute(sql`
      update session set ended_by = case when ended_at is null then 'signed_out' else ended_by end,
        ended_at = coalesce(ended_at, ${now})
      where session_id = ${id} and user_id = ${ctx.userId}`),
  );
  if (rows === 0) throw new AuthError('not_found', 'You have no such sign-in.', { field: 'sessionId' });
  live.forget(id);
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
