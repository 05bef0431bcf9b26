import { z } from 'zod';
import {
  PLANS,
  servicePrincipal,
  sql,
  type SessionId,
  type TenantContext,
  type TenantId,
  type Transaction,
  type UserId,
} from '../kernel';
import { issueToken } from './access-tokens';
import type { AuthDeps, SignedIn, TokenPair } from './contract';
import { accessRevoked, AuthError, sessionEnded } from './errors';
import type { LiveSessions } from './live-sessions';
import type { Passwords } from './passwords';
import { permissionsOf, ROLES } from './roles';
import { sha256, type Seal } from './sealing';
import type { SigningKey } from './signing-keys';

const REPEAT_MS = 10_000;
const REFRESH_BYTES = 32;
const LONGEST_REFRESH = 128;
const AUTH = servicePrincipal('auth');

const accountRow = z.object({
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  password_hash: z.string(),
  role: z.enum(ROLES),
  plan: z.enum(PLANS),
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

/** Sign-ins: begun with a password, lengthened by renewal tokens that work once, ended at will. */
export class SignIns {
  constructor(
    private readonly deps: AuthDeps,
    private readonly key: SigningKey,
    private readonly seal: Seal,
    private readonly passwords: Passwords,
    private readonly live: LiveSessions,
  ) {}

  async withPassword(proof: { email: string; password: string; device: string }): Promise<SignedIn> {
    const { db, ids, clock, config, random, metrics } = this.deps;
    const [account] = await db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select a.tenant_id, a.user_id, a.password_hash, a.role, t.plan
              from account a join tenant t using (tenant_id) where lower(a.email) = lower(${proof.email})`,
          accountRow,
        ),
      { readOnly: true },
    );
    const right = await this.passwords.verify(account?.password_hash, proof.password);
    metrics.count('auth_sign_ins_total', { outcome: right ? 'signed_in' : 'refused' });
    if (account === undefined || !right) throw credentialsInvalid();
    const sessionId = ids.next('session');
    const refresh = Buffer.from(random.bytes(REFRESH_BYTES)).toString('base64url');
    const authTime = new Date(clock.now());
    const { tenant_id: tenantId, user_id: userId, role, plan } = account;
    await db.asService(AUTH, async (tx) => {
      // The lock lets no suspension pass by between the look and the sign-in: it waits, and ends this one too.
      const { rows } = await tx.execute(sql`
        insert into session (tenant_id, session_id, user_id, auth_time, idle_until, ends_at)
        select tenant_id, ${sessionId}, ${userId}, ${authTime},
          ${this.#in(config.sessionIdleMs)}, ${this.#in(config.sessionMs)}
        from tenant where tenant_id = ${tenantId} and suspended_at is null for share`);
      if (rows === 0) throw credentialsInvalid();
      await this.#store(tx, refresh, { tenantId, sessionId, deviceHash: sha256(proof.device) });
    });
    const access = await issueToken(this.key, config, clock, {
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

  async renew(refresh: string, device: string): Promise<TokenPair> {
    if (refresh.length > LONGEST_REFRESH) throw refreshInvalid();
    const { db, clock, config, ids } = this.deps;
    const successor = this.seal.successorOf(refresh);
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
        sql`update session set idle_until = ${this.#in(config.sessionIdleMs)} where session_id = ${row.session_id}`,
      );
      const { tenant_id: tenantId, session_id: sessionId } = row;
      await this.#store(tx, successor, { tenantId, sessionId, deviceHash: sha256(device) });
      return row;
    });
    if (outcome === 'reused') {
      this.deps.log.warn({}, 'a renewal token was shown twice; its sign-in was ended');
      throw new AuthError('refresh_reused', 'This renewal was used before, so the sign-in was ended. Sign in again.');
    }
    const access = await issueToken(this.key, config, clock, {
      userId: outcome.user_id,
      tenantId: outcome.tenant_id,
      sessionId: outcome.session_id,
      authTime: outcome.auth_time,
      plan: outcome.plan,
      permissions: permissionsOf(outcome.role),
      jti: ids.next('req'),
    });
    return { ...access, refresh: successor, sessionId: outcome.session_id };
  }

  async end(ctx: TenantContext, id: SessionId): Promise<void> {
    const now = new Date(this.deps.clock.now());
    const { rows } = await this.deps.db.transaction(ctx, (tx) =>
      tx.execute(sql`
        update session set ended_at = coalesce(ended_at, ${now})
        where session_id = ${id} and user_id = ${ctx.userId}`),
    );
    if (rows === 0) throw new AuthError('not_found', 'You have no such sign-in.', { field: 'sessionId' });
    this.live.forget(id);
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
    tx.afterCommit(() => this.live.forget(id));
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
