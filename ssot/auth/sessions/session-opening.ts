import { z } from 'zod';
import { PLANS, sql, type SessionId, type TenantId, type Transaction, type UserId } from '../../kernel';
import { issueToken, type Method } from '../tokens/access-tokens';
import type { AuditTrail } from '../audit';
import type { AuthDeps, ProvingDevice, SignedIn } from '../contract';
import { credentialsInvalid } from '../errors';
import type { LiveSessions } from './live-sessions';
import { storeRefreshToken } from '../tokens/refresh-tokens';
import type { Seal } from '../sealing';
import { endAged, recordAged } from './session-aging';
import { endSurplus, lockOfSignIns, removeEnded } from './sessions';
import type { SigningKey } from '../tokens/signing-keys';
import { ENFORCED_SESSION_MS, isEmergencyOwner, isEnforced } from '../sso/enforcement';

const REFRESH_BYTES = 32;

export const accountRow = z.object({
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  /** None of somebody whom their company's provider has brought. */
  password_hash: z.string().nullable(),
  plan: z.enum(PLANS),
});
export type AccountRow = z.infer<typeof accountRow>;

export interface SessionOpeningDeps extends Pick<AuthDeps, 'clock' | 'config' | 'ids' | 'random' | 'plans'> {
  readonly key: SigningKey;
  readonly seal: Seal;
  readonly live: LiveSessions;
  readonly audit: AuditTrail;
}

/** How and where somebody proved who they are. */
export interface Proven extends ProvingDevice {
  readonly methods: readonly Method[];
  /** When, if that is not now: a provider may remember people. */
  readonly provedAt?: Date;
  /** As whom the company's provider knows them, and its own session, which it may end here too. */
  readonly provider?: { readonly subject: string; readonly session: string | null };
}

const insertedRow = z.object({ is_emergency: z.boolean() });

interface Opened {
  readonly account: AccountRow;
  readonly sessionId: SessionId;
  readonly refresh: string;
  readonly authTime: Date;
  readonly methods: readonly Method[];
  readonly ended: readonly SessionId[];
}

/** Opens sessions for people who have proven who they are, with all the proof that is due. */
export class SessionOpening {
  constructor(private readonly deps: SessionOpeningDeps) {}

  /** Throws `invalid_credentials` if the person was removed or given another password or a second factor, or the company suspended, meanwhile. */
  async openIn(tx: Transaction, account: AccountRow, proven: Proven): Promise<Opened> {
    const { methods, device, deviceName, address } = proven;
    const { ids, clock, random, seal } = this.deps;
    const { tenant_id: tenantId, user_id: userId, plan } = account;
    const sessionId = ids.next('session');
    const refresh = seal.refreshToken(sessionId, random.bytes(REFRESH_BYTES));
    const authTime = new Date(clock.now());
    const max = this.deps.plans[plan].signInsPerPerson;
    // Done one after the other, and sent together: none of it waits for an answer.
    const [{ is_emergency: isEmergency }, aged, ended, , , place] = await Promise.all([
      this.#insert(tx, account, { ...proven, sessionId, authTime }),
      endAged(tx, { tenantId, userId, now: authTime }),
      endSurplus(tx, account, { max, now: authTime }),
      storeRefreshToken(tx, refresh, { tenantId, sessionId, device, issuedAt: authTime }),
      removeEnded(tx, account, { kept: max, now: authTime }),
      this.deps.audit.place(tx, tenantId),
    ]);
    await this.deps.audit.write(tx, place, {
      ...{ action: 'sign_in', by: { kind: 'person', id: userId }, subject: sessionId, address },
      details: {
        methods: methods.join(' '),
        ...(deviceName && { device: deviceName }),
        ...(isEmergency && { emergency: 'yes' }),
      },
    });
    await recordAged(tx, this.deps.audit, tenantId, aged);
    for (const surplus of ended) {
      await this.deps.audit.append(tx, tenantId, {
        ...{ action: 'signed_out', by: { kind: 'person', id: userId }, subject: surplus, address },
        details: { reason: 'sign_in_limit' },
      });
    }
    return { account, sessionId, refresh, authTime, methods, ended };
  }

  /** Once the session is stored. */
  async handOver({ account, sessionId, refresh, authTime, methods, ended }: Opened): Promise<SignedIn> {
    const { ids, clock, config, key, live } = this.deps;
    for (const id of ended) live.forget(id);
    const { tenant_id: tenantId, user_id: userId } = account;
    const who = { userId, tenantId, sessionId, authTime, methods, jti: ids.next('req') };
    const access = await issueToken(key, config, clock, who);
    return { is: 'signed_in', tokens: { ...access, refresh, sessionId }, tenantId, userId, ended };
  }

  async #insert(
    tx: Transaction,
    { tenant_id: tenantId, user_id: userId, password_hash: passwordHash }: AccountRow,
    { sessionId, authTime, methods, deviceName, provedAt, provider }: Proven & Pick<Opened, 'sessionId' | 'authTime'>,
  ): Promise<z.infer<typeof insertedRow>> {
    const { sessionIdleMs, sessionMs } = this.deps.config;
    const after = (ms: number): Date => new Date(authTime.getTime() + ms);
    const isByProvider = methods.includes('sso');
    const isPasswordOnly = !isByProvider && methods.length === 1;
    tx.send(lockOfSignIns(userId));
    // The lock lets nothing pass by between the look and the sign-in: a suspension, a removal or a new password waits, and
    // ends this one too; one that came before leaves no such row.
    const [inserted] = await tx.query(
      sql`insert into session (tenant_id, session_id, user_id, auth_time, idle_until, ends_at, methods, device_name,
            proved_at, subject, provider_session)
          select a.tenant_id, ${sessionId}, a.user_id, ${authTime}, ${after(sessionIdleMs)},
            case when ${isEnforced} then least(${after(sessionMs)}::timestamptz, ${after(ENFORCED_SESSION_MS)}::timestamptz)
              else ${after(sessionMs)}::timestamptz end,
            ${[...methods]}, ${deviceName ?? null}, ${provedAt ?? null}, ${provider?.subject ?? null}, ${provider?.session ?? null}
          from account a join tenant t using (tenant_id)
          where a.tenant_id = ${tenantId} and a.user_id = ${userId} and a.password_hash is not distinct from ${passwordHash}
            and t.suspended_at is null
            and not (${isPasswordOnly} and exists (select from totp_factor f
              where f.tenant_id = a.tenant_id and f.user_id = a.user_id and f.confirmed_at is not null))
            and (${isByProvider} or not ${isEnforced} or (${isEmergencyOwner} and ${methods.length > 1}))
          for share
          returning not ${isByProvider} and exists (
            select from sso_connection c where c.tenant_id = session.tenant_id and c.enforced_at is not null) as is_emergency`,
      insertedRow,
    );
    if (inserted === undefined) throw credentialsInvalid();
    return inserted;
  }
}
