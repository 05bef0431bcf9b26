import { z } from 'zod';
import { sql, type SessionId, type TenantId, type Transaction, type UserId } from '../../kernel';
import type { AccountTurns } from '../turns/account-turns';
import type { AuditTrail } from '../audit';
import type { Acting, AuthDeps } from '../contract';
import { AuthError } from '../errors';
import type { LiveSessions } from './live-sessions';

interface Owner {
  readonly tenant_id: TenantId;
  readonly user_id: UserId;
}

const endedRow = z.object({ session_id: z.custom<SessionId>() });
const aliveRow = z.object({ alive: z.boolean() });

interface SignOutDeps extends Pick<AuthDeps, 'clock'> {
  readonly turns: AccountTurns;
  readonly live: LiveSessions;
  readonly audit: AuditTrail;
}

/** Signs out one of one's own sign-ins, again without effect; throws `not_found` for any other. */
export async function endOwn({ turns, clock, live, audit }: SignOutDeps, by: Acting, id: SessionId): Promise<void> {
  const { tenantId, userId } = by.principal.context;
  const now = new Date(clock.now());
  await turns.run(tenantId, async (tx) => {
    const [session] = await tx.query(
      sql`select ended_at is null and ends_at > ${now} and idle_until > ${now} as alive from session
          where tenant_id = ${tenantId} and session_id = ${id} and user_id = ${userId} for update`,
      aliveRow,
    );
    if (session === undefined) throw new AuthError('not_found', 'You have no such sign-in.', { field: 'sessionId' });
    if (!session.alive) return;
    await tx.execute(
      sql`update session set ended_at = ${now}, ended_by = 'signed_out' where tenant_id = ${tenantId} and session_id = ${id}`,
    );
    const actor = { kind: 'person', id: userId } as const;
    await audit.append(tx, tenantId, { action: 'signed_out', by: actor, subject: id, address: by.address });
  });
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
