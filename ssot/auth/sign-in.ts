import { z } from 'zod';
import {
  PLANS,
  sql,
  type SessionId,
  type TenantContext,
  type TenantId,
  type Transaction,
  type UserId,
} from '../kernel';
import { issueToken } from './access-tokens';
import { networkOf, spelling, type AttemptLimiter } from './attempts';
import type { AuthDeps, PasswordProof, SignedIn, TokenPair } from './contract';
import { accessRevoked, AuthError, sessionEnded } from './errors';
import { FairQueue } from './fair-queue';
import type { LiveSessions } from './live-sessions';
import type { Passwords } from './passwords';
import { AUTH } from './principals';
import { permissionsOf, ROLES } from './roles';
import { sha256, type Seal } from './sealing';
import type { SigningKey } from './signing-keys';

const REPEAT_MS = 10_000;
const REFRESH_BYTES = 32;
/** Short work, of which two at once leave connections for everybody else's. */
const RENEWALS = { atOnce: 2, maxWaiting: 200, maxWaitMs: 3_000 } as const;

const accountRow = z.object({
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  password_hash: z.string(),
  role: z.enum(ROLES),
  plan: z.enum(PLANS),
  suspended: z.boolean(),
});
const tokenRow = z.object({
  tenant_id: z.custom<TenantId>(),
  session_id: z.custom<SessionId>(),
  user_id: z.custom<UserId>(),
  device_hash: z.instanceof(Buffer),
  used_at: z.date().nullable(),
  auth_time: z.date(),
  alive: z.boolean(),
  suspended: z.boolean(),
  role: z.enum(ROLES),
  plan: z.enum(PLANS),
});
type TokenRow = z.infer<typeof tokenRow>;

export interface SignInDeps extends AuthDeps {
  readonly key: SigningKey;
  readonly seal: Seal;
  readonly passwords: Passwords;
  readonly live: LiveSessions;
  readonly attempts: AttemptLimiter;
}

/** Sign-ins: begun with a password, lengthened by renewal tokens that work once, ended at will. */
export class SignIns {
  readonly #renewals: FairQueue;

  constructor(private readonly deps: SignInDeps) {
    this.#renewals = new FairQueue(RENEWALS, deps.clock);
  }

  async withPassword(proof: PasswordProof): Promise<SignedIn> {
    const { ids, clock, config, random, seal } = this.deps;
    const { tenant_id: tenantId, user_id: userId, role, plan } = await this.#accountOf(proof);
    const sessionId = ids.next('session');
    const refresh = seal.refreshToken(sessionId, random.bytes(REFRESH_BYTES));
    const authTime = new Date(clock.now());
    await this.deps.db.asService(AUTH, async (tx) => {
      // The lock lets no suspension pass by between the look and the sign-in: it waits, and ends this one too.
      const { rows } = await tx.execute(sql`
        insert into session (tenant_id, session_id, user_id, auth_time, idle_until, ends_at)
        select tenant_id, ${sessionId}, ${userId}, ${authTime},
          ${this.#in(config.sessionIdleMs)}, ${this.#in(config.sessionMs)}
        from tenant where tenant_id = ${tenantId} and suspended_at is null for share`);
      if (rows === 0) throw credentialsInvalid();
      await this.#store(tx, refresh, { tenantId, sessionId, deviceHash: sha256(proof.device) });
    });
    const access = await issueToken(this.deps.key, config, clock, {
      userId,
      tenantId,
      sessionId,
      authTime,
      plan,
      permissions: permissionsOf(role),
      jti: ids.next('req'),
    });
    return { is: 'signed_in', tokens: { ...access, refresh, sessionId }, tenantId, userId };
  }

  /**
   * Whose e-mail and password these are. Whoever has to wait is told so before anything is done for them; whoever is let
   * through is judged in turn, and told only once that is counted.
   */
  async #accountOf({ email, password, address }: PasswordProof): Promise<z.infer<typeof accountRow>> {
    const { attempts, passwords, seal, metrics } = this.deps;
    const attempt = { entrance: 'sign_in', email, address } as const;
    await attempts.assertAllowed(attempt);
    const crowds = [`address ${networkOf(address)}`, `account ${seal.pseudonym(spelling(email))}`];
    return passwords.inTurn(crowds, async (verify) => {
      await attempts.assertAllowed(attempt);
      const account = await this.#find(email);
      const isRight = await verify(account?.password_hash, password);
      if (account === undefined || !isRight || account.suspended) {
        metrics.count('auth_sign_ins_total', { outcome: 'refused' });
        await attempts.recordFailure(attempt);
        throw credentialsInvalid();
      }
      await attempts.recordSuccess(attempt);
      metrics.count('auth_sign_ins_total', { outcome: 'signed_in' });
      return account;
    });
  }

  async #find(email: string): Promise<z.infer<typeof accountRow> | undefined> {
    const [account] = await this.deps.db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select a.tenant_id, a.user_id, a.password_hash, a.role, t.plan, t.suspended_at is not null as suspended
              from account a join tenant t using (tenant_id) where lower(a.email) = lower(${email})`,
          accountRow,
        ),
      { readOnly: true },
    );
    return account;
  }

  /** What was not issued here is refused before any store but the limiter's is asked. */
  async renew(refresh: string, device: string, address: string): Promise<TokenPair> {
    const sessionId = this.deps.seal.sessionOf(refresh);
    if (sessionId === undefined) {
      await this.deps.attempts.recordFailure({ entrance: 'renewal', address });
      throw refreshInvalid();
    }
    const crowds = [`address ${networkOf(address)}`, `sign-in ${sessionId}`];
    return this.#renewals.run(crowds, () => this.#renew(refresh, sessionId, device));
  }

  async #renew(refresh: string, sessionId: SessionId, device: string): Promise<TokenPair> {
    const { db, clock, config, ids, seal } = this.deps;
    const successor = seal.successorOf(refresh, sessionId);
    const outcome = await db.asService(AUTH, async (tx): Promise<TokenRow | 'reused'> => {
      const row = await this.#lock(tx, refresh);
      if (row === undefined) throw refreshInvalid();
      if (row.suspended) throw accessRevoked();
      if (!row.alive) throw sessionEnded();
      if (row.used_at !== null) {
        if (await this.#isLostReply(tx, row, successor, device)) return row;
        await this.#end(tx, row.session_id);
        return 'reused';
      }
      const now = new Date(clock.now());
      await tx.execute(sql`update refresh_token set used_at = ${now} where hash = ${sha256(refresh)}`);
      await tx.execute(
        sql`update session set idle_until = ${this.#in(config.sessionIdleMs)} where session_id = ${sessionId}`,
      );
      await this.#store(tx, successor, { tenantId: row.tenant_id, sessionId, deviceHash: sha256(device) });
      return row;
    });
    if (outcome === 'reused') {
      this.deps.log.warn({}, 'a renewal token was shown twice; its sign-in was ended');
      throw new AuthError('refresh_reused', 'This renewal was used before, so the sign-in was ended. Sign in again.');
    }
    const access = await issueToken(this.deps.key, config, clock, {
      userId: outcome.user_id,
      tenantId: outcome.tenant_id,
      sessionId,
      authTime: outcome.auth_time,
      plan: outcome.plan,
      permissions: permissionsOf(outcome.role),
      jti: ids.next('req'),
    });
    return { ...access, refresh: successor, sessionId };
  }

  async end(ctx: TenantContext, id: SessionId): Promise<void> {
    const now = new Date(this.deps.clock.now());
    const { rows } = await this.deps.db.transaction(ctx, (tx) =>
      tx.execute(sql`
        update session set ended_at = coalesce(ended_at, ${now})
        where session_id = ${id} and user_id = ${ctx.userId}`),
    );
    if (rows === 0) throw new AuthError('not_found', 'You have no such sign-in.', { field: 'sessionId' });
    this.deps.live.forget(id);
  }

  async #lock(tx: Transaction, refresh: string): Promise<TokenRow | undefined> {
    const now = new Date(this.deps.clock.now());
    const [row] = await tx.query(
      sql`select r.tenant_id, r.session_id, s.user_id, r.device_hash, r.used_at, s.auth_time, a.role, t.plan,
            t.suspended_at is not null as suspended,
            s.ended_at is null and s.ends_at > ${now} and s.idle_until > ${now} as alive
          from refresh_token r
            join session s using (tenant_id, session_id)
            join account a using (tenant_id, user_id)
            join tenant t using (tenant_id)
          where r.hash = ${sha256(refresh)} for update of r, s`,
      tokenRow,
    );
    return row;
  }

  async #isLostReply(tx: Transaction, row: TokenRow, successor: string, device: string): Promise<boolean> {
    const age = this.deps.clock.now() - (row.used_at?.getTime() ?? 0);
    if (age > REPEAT_MS || !row.device_hash.equals(sha256(device))) return false;
    const { rows } = await tx.execute(
      sql`select from refresh_token where hash = ${sha256(successor)} and used_at is null`,
    );
    return rows === 1;
  }

  async #end(tx: Transaction, id: SessionId): Promise<void> {
    await tx.execute(
      sql`update session set ended_at = coalesce(ended_at, ${new Date(this.deps.clock.now())}) where session_id = ${id}`,
    );
    tx.afterCommit(() => this.deps.live.forget(id));
  }

  async #store(
    tx: Transaction,
    refresh: string,
    of: { tenantId: TenantId; sessionId: SessionId; deviceHash: Buffer },
  ): Promise<void> {
    await tx.execute(sql`
      insert into refresh_token (tenant_id, hash, session_id, device_hash, issued_at)
      values (${of.tenantId}, ${sha256(refresh)}, ${of.sessionId}, ${of.deviceHash}, ${this.#in(0)})`);
  }

  #in(ms: number): Date {
    return new Date(this.deps.clock.now() + ms);
  }
}

function credentialsInvalid(): AuthError {
  return new AuthError('invalid_credentials', 'The e-mail or the password is not right.');
}

function refreshInvalid(): AuthError {
  return new AuthError('refresh_invalid', 'This renewal is not valid. Sign in again.');
}
