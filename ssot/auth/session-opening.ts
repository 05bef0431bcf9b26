import { z } from 'zod';
import { PLANS, sql, type SessionId, type TenantId, type Transaction, type UserId } from '../kernel';
import { issueToken, type Method } from './access-tokens';
import type { AuditTrail } from './audit';
import type { AuthDeps, SignedIn } from './contract';
import { credentialsInvalid } from './errors';
import type { LiveSessions } from './live-sessions';
import { storeRefreshToken } from './refresh-tokens';
import type { Seal } from './sealing';
import { endSurplus, removeEnded } from './sessions';
import type { SigningKey } from './signing-keys';

const REFRESH_BYTES = 32;

export const accountRow = z.object({
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  password_hash: z.string(),
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
export interface Proven {
  readonly methods: readonly Method[];
  readonly device: string;
  readonly address: string;
}

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

  /** Throws `invalid_credentials` if the person was removed or given another password, or the company suspended, meanwhile. */
  async openIn(tx: Transaction, account: AccountRow, { methods, device, address }: Proven): Promise<Opened> {
    const { ids, clock, random, seal } = this.deps;
    const { tenant_id: tenantId, user_id: userId, plan } = account;
    const sessionId = ids.next('session');
    const refresh = seal.refreshToken(sessionId, random.bytes(REFRESH_BYTES));
    const authTime = new Date(clock.now());
    await this.#insert(tx, account, { sessionId, authTime, methods });
    await storeRefreshToken(tx, refresh, { tenantId, sessionId, device, issuedAt: authTime });
    const max = this.deps.plans[plan].signInsPerPerson;
    const ended = await endSurplus(tx, account, { max, now: authTime });
    await removeEnded(tx, account, { kept: max, now: authTime });
    await this.deps.audit.append(tx, tenantId, {
      ...{ action: 'sign_in', by: { kind: 'person', id: userId }, subject: sessionId, address },
      details: { methods: methods.join(' ') },
    });
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
    { sessionId, authTime, methods }: Pick<Opened, 'sessionId' | 'authTime' | 'methods'>,
  ): Promise<void> {
    const { sessionIdleMs, sessionMs } = this.deps.config;
    const after = (ms: number): Date => new Date(authTime.getTime() + ms);
    // One at a time for each person, so that of many sign-ins at once each counts those before it.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`);
    // The lock lets nothing pass by between the look and the sign-in: a suspension, a removal or a new password waits, and
    // ends this one too; one that came before leaves no such row.
    const { rows } = await tx.execute(sql`
      insert into session (tenant_id, session_id, user_id, auth_time, idle_until, ends_at, methods)
      select tenant_id, ${sessionId}, user_id, ${authTime}, ${after(sessionIdleMs)}, ${after(sessionMs)}, ${[...methods]}
      from account join tenant using (tenant_id)
      where tenant_id = ${tenantId} and user_id = ${userId} and password_hash = ${passwordHash}
        and suspended_at is null for share`);
    if (rows === 0) throw credentialsInvalid();
  }
}
