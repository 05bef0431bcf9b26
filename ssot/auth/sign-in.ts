import { z } from 'zod';
import { PLANS, sql, type SessionId, type TenantId, type Transaction, type UserId } from '../kernel';
import { issueToken } from './access-tokens';
import { networkOf, spelling, type Attempt, type AttemptLimiter } from './attempts';
import { PLATFORM_CHAIN, type AuditTrail } from './audit';
import type { AuthDeps, PasswordProof, SignedIn } from './contract';
import { AuthError } from './errors';
import type { LiveSessions } from './live-sessions';
import type { Passwords } from './passwords';
import { AUTH } from './principals';
import { storeRefreshToken } from './refresh-tokens';
import type { Seal } from './sealing';
import { endSurplus, removeEnded } from './sessions';
import type { SigningKey } from './signing-keys';

const REFRESH_BYTES = 32;

const accountRow = z.object({
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  password_hash: z.string(),
  plan: z.enum(PLANS),
  suspended: z.boolean(),
});
type AccountRow = z.infer<typeof accountRow>;

export interface SignInDeps extends AuthDeps {
  readonly key: SigningKey;
  readonly seal: Seal;
  readonly passwords: Passwords;
  readonly live: LiveSessions;
  readonly attempts: AttemptLimiter;
  readonly audit: AuditTrail;
}

/** Signs people in with their password. */
export class PasswordSignIn {
  constructor(private readonly deps: SignInDeps) {}

  async withPassword(proof: PasswordProof): Promise<SignedIn> {
    const { ids, clock, config, random, seal, db, live } = this.deps;
    const account = await this.#accountOf(proof);
    const { tenant_id: tenantId, user_id: userId, plan } = account;
    const sessionId = ids.next('session');
    const refresh = seal.refreshToken(sessionId, random.bytes(REFRESH_BYTES));
    const authTime = new Date(clock.now());
    const ended = await db.asService(AUTH, async (tx) => {
      await this.#insert(tx, account, sessionId, authTime);
      await storeRefreshToken(tx, refresh, { tenantId, sessionId, device: proof.device, issuedAt: authTime });
      const max = this.deps.plans[plan].signInsPerPerson;
      const surplus = await endSurplus(tx, account, { max, now: authTime });
      await removeEnded(tx, account, { kept: max, now: authTime });
      await this.deps.audit.append(tx, tenantId, {
        action: 'sign_in',
        by: { kind: 'person', id: userId },
        subject: sessionId,
        address: proof.address,
        details: { method: 'password' },
      });
      return surplus;
    });
    for (const id of ended) live.forget(id);
    const jti = ids.next('req');
    const who = { userId, tenantId, sessionId, authTime, jti };
    const access = await issueToken(this.deps.key, config, clock, who);
    return { is: 'signed_in', tokens: { ...access, refresh, sessionId }, tenantId, userId, ended };
  }

  async #insert(tx: Transaction, account: AccountRow, sessionId: SessionId, authTime: Date): Promise<void> {
    const { tenant_id: tenantId, user_id: userId } = account;
    const { sessionIdleMs, sessionMs } = this.deps.config;
    const after = (ms: number): Date => new Date(authTime.getTime() + ms);
    // One at a time for each person, so that of many sign-ins at once each counts those before it.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`);
    // The lock lets nothing pass by between the look and the sign-in: a suspension, a removal or a new password waits, and
    // ends this one too; one that came before leaves no such row.
    const { rows } = await tx.execute(sql`
      insert into session (tenant_id, session_id, user_id, auth_time, idle_until, ends_at)
      select tenant_id, ${sessionId}, user_id, ${authTime}, ${after(sessionIdleMs)}, ${after(sessionMs)}
      from account join tenant using (tenant_id)
      where tenant_id = ${tenantId} and user_id = ${userId} and password_hash = ${account.password_hash}
        and suspended_at is null for share`);
    if (rows === 0) throw credentialsInvalid();
  }

  /**
   * Whose e-mail and password these are. Whoever has to wait is told so before anything is done for them; whoever is let
   * through is judged in turn, and told only once that is counted.
   */
  async #accountOf({ email, password, address }: PasswordProof): Promise<AccountRow> {
    const { attempts, passwords, seal, metrics } = this.deps;
    const attempt = { entrance: 'sign_in', email, address } as const;
    await attempts.assertAllowed(attempt);
    const crowds = [`address ${networkOf(address)}`, `account ${seal.pseudonym(spelling(email))}`];
    const isKnown = await attempts.isKnown(attempt);
    return passwords.inTurn({ crowds, isKnown }, async (verify) => {
      await attempts.assertAllowed(attempt);
      const account = await this.#find(email);
      const isRight = await verify(account?.password_hash, password);
      if (account === undefined || !isRight || account.suspended) {
        metrics.count('auth_sign_ins_total', { outcome: 'refused' });
        await attempts.recordFailure(attempt);
        await this.#recordRefusal(account, attempt);
        throw credentialsInvalid();
      }
      await attempts.recordSuccess(attempt);
      metrics.count('auth_sign_ins_total', { outcome: 'signed_in' });
      return account;
    });
  }

  /** In the same time, whether or not somebody has this e-mail; once the attempt counts, so that nobody floods the trail. */
  async #recordRefusal(account: AccountRow | undefined, attempt: Attempt): Promise<void> {
    const isLocked = await this.deps.attempts.isUsedUp(attempt);
    await this.deps.db.asService(AUTH, (tx) =>
      this.deps.audit.append(tx, account?.tenant_id ?? PLATFORM_CHAIN, {
        action: isLocked ? 'sign_in_locked' : 'sign_in_refused',
        by: { kind: 'nobody', id: null },
        subject: account?.user_id ?? null,
        address: attempt.address,
      }),
    );
  }

  async #find(email: string): Promise<AccountRow | undefined> {
    const [account] = await this.deps.db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select a.tenant_id, a.user_id, a.password_hash, t.plan, t.suspended_at is not null as suspended
              from account a join tenant t using (tenant_id) where lower(a.email) = lower(${email})`,
          accountRow,
        ),
      { readOnly: true },
    );
    return account;
  }
}

function credentialsInvalid(): AuthError {
  return new AuthError('invalid_credentials', 'The e-mail or the password is not right.');
}
