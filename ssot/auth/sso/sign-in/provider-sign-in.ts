import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { PLANS, sql, type TenantId, type UserId } from '../../../kernel';
import type { AttemptLimiter } from '../../attempts';
import type { AuthDeps, HandOverProof, ProviderCallback, SignedIn } from '../../contract';
import { accessRevoked, AuthError } from '../../errors';
import { AUTH } from '../../principals';
import { sha256, type Seal } from '../../sealing';
import type { SessionOpening } from '../../sessions/session-opening';
import { attemptInvalid, openAttempt, sealAttempt, type Attempt } from './attempt';
import { connectionForDomain, connectionOf, loginOf, type ConnectionRow } from '../connection-rows';
import { domainOf } from '../domains/domains';
import { isRefusal, type Identities } from '../identities';
import type { ProviderClients, ProviderStatement } from '../providers/provider-clients';
import { providerRefused } from '../providers/provider-fetch';
import { HAND_OVER_MS } from './hand-overs';
import { redirectAddressOf } from './redirect-address';
import { assertReturnAddress } from './return-addresses';

const ATTEMPT_MS = 10 * 60_000;
const SECRET_BYTES = 32;

const handedOverRow = z.object({
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  proved_at: z.date(),
  subject: z.string(),
  provider_session: z.string().nullable(),
});
const accountRow = z.object({
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  password_hash: z.string().nullable(),
  plan: z.enum(PLANS),
  suspended: z.boolean(),
});

interface ProviderSignInDeps extends Pick<AuthDeps, 'db' | 'clock' | 'random' | 'metrics' | 'sso'> {
  readonly seal: Seal;
  readonly attempts: AttemptLimiter;
  readonly clients: ProviderClients;
  readonly identities: Identities;
  readonly opening: SessionOpening;
}

/** Signs people in with their company's own provider: authorization code with PKCE, bound to the browser that began. */
export class ProviderSignIn {
  constructor(private readonly deps: ProviderSignInDeps) {}

  /** Nothing is stored: the browser keeps what was begun. */
  async start(
    { email, fresh = false }: { readonly email: string; readonly fresh?: boolean | undefined },
    returnTo: string | undefined,
  ): Promise<{ readonly redirectTo: URL; readonly browserKey: string }> {
    const { sso, seal, clock, clients, db } = this.deps;
    const registered = sso.returnAddresses();
    const back = returnTo === undefined ? (registered[0] ?? '/') : assertReturnAddress(returnTo, registered);
    const domain = domainOf(email.trim());
    const connection =
      domain && (await db.asService(AUTH, (tx) => connectionForDomain(tx, domain), { readOnly: true }));
    if (!connection) throw noProvider();
    const attempt: Attempt = {
      tenantId: connection.tenant_id,
      issuer: connection.issuer,
      clientId: connection.client_id,
      state: this.#secret(),
      nonce: this.#secret(),
      verifier: this.#secret(),
      redirectAddress: redirectAddressOf(sso.publicUrl()),
      returnTo: back,
      fresh,
      until: clock.now() + ATTEMPT_MS,
    };
    const redirectTo = await clients.authorizationAddress(loginOf(seal, connection), attempt);
    return { redirectTo, browserKey: sealAttempt(seal, attempt) };
  }

  /** Where the page of a begun sign-in is; undefined for what was not begun here. For whoever tells people of a refusal. */
  returnAddressOf(browserKey: string): string | undefined {
    try {
      return openAttempt(this.deps.seal, browserKey, 0).returnTo;
    } catch {
      return undefined;
    }
  }

  async finish({ query, browserKey, address }: ProviderCallback): Promise<{ handOver: string; returnTo: string }> {
    await this.deps.attempts.assertAllowed({ entrance: 'provider_sign_in', address });
    return this.#counted(address, async () => {
      const attempt = openAttempt(this.deps.seal, browserKey, this.deps.clock.now());
      const callback = new URL(attempt.redirectAddress);
      callback.search = query.toString();
      if (!isSame(query.get('state') ?? '', attempt.state)) throw attemptInvalid();
      const connection = await this.#begin(attempt);
      const statement = await this.deps.clients.exchange(loginOf(this.deps.seal, connection), callback, attempt);
      const handOver = await this.#handOver(attempt, { statement, browserKey, address });
      return { handOver, returnTo: attempt.returnTo };
    });
  }

  /** Throws `one_time_secret_invalid`, or `access_revoked` where the company is suspended. */
  async redeem({ handOver, browserKey, device, deviceName, address }: HandOverProof): Promise<SignedIn> {
    await this.deps.attempts.assertAllowed({ entrance: 'provider_sign_in', address });
    const { db, opening, metrics, clock } = this.deps;
    const opened = await this.#counted(address, () =>
      db.asService(AUTH, async (tx) => {
        const [found] = await tx.query(
          sql`update provider_sign_in set hand_over_hash = null
              where hand_over_hash = ${sha256(handOver)} and browser_hash = ${sha256(browserKey)}
                and hand_over_until > ${new Date(clock.now())}
              returning tenant_id, user_id, proved_at, subject, provider_session`,
          handedOverRow,
        );
        if (found === undefined) throw attemptInvalid();
        const [account] = await tx.query(
          sql`select a.tenant_id, a.user_id, a.password_hash, t.plan, t.suspended_at is not null as suspended
              from account a join tenant t using (tenant_id)
              where a.tenant_id = ${found.tenant_id} and a.user_id = ${found.user_id}`,
          accountRow,
        );
        if (account === undefined) throw attemptInvalid();
        if (account.suspended) throw accessRevoked();
        return opening.openIn(tx, account, {
          ...{ methods: ['sso'], device, deviceName, address, provedAt: found.proved_at },
          provider: { subject: found.subject, session: found.provider_session },
        });
      }),
    );
    metrics.count('auth_sign_ins_total', { outcome: 'signed_in' });
    return opening.handOver(opened);
  }

  /** Once for each attempt, before the provider is asked: of two answers at once one goes on. */
  async #begin({ tenantId, issuer, clientId, state, until }: Attempt): Promise<ConnectionRow> {
    const now = new Date(this.deps.clock.now());
    return this.deps.db.asService(AUTH, async (tx) => {
      await tx.execute(sql`delete from provider_sign_in where tenant_id = ${tenantId} and until <= ${now}`);
      const { rows } = await tx.execute(sql`
        insert into provider_sign_in (tenant_id, state_hash, until)
        values (${tenantId}, ${sha256(state)}, ${new Date(until)}) on conflict do nothing`);
      const connection = await connectionOf(tx, tenantId);
      if (rows === 0 || connection?.issuer !== issuer || connection.client_id !== clientId) throw attemptInvalid();
      return connection;
    });
  }

  async #handOver(
    { tenantId, issuer, state }: Attempt,
    by: { readonly statement: ProviderStatement; readonly browserKey: string; readonly address: string },
  ): Promise<string> {
    const { db, clock, identities } = this.deps;
    const { subject, providerSession = null, provedAgoMs } = by.statement;
    const handOver = this.#secret();
    const now = clock.now();
    // What nobody says is not fresh.
    const provedAt = new Date(provedAgoMs === undefined ? 0 : now - provedAgoMs);
    const person = await db.asService(AUTH, async (tx) => {
      const connection = await connectionOf(tx, tenantId, 'share');
      if (connection?.issuer !== issuer) throw attemptInvalid();
      const resolved = await identities.resolve(tx, connection, by);
      if (isRefusal(resolved)) return resolved;
      await tx.execute(sql`
        update provider_sign_in set hand_over_hash = ${sha256(handOver)}, browser_hash = ${sha256(by.browserKey)},
          hand_over_until = ${new Date(now + HAND_OVER_MS)}, user_id = ${resolved}, proved_at = ${provedAt},
          subject = ${subject}, provider_session = ${providerSession}
        where tenant_id = ${tenantId} and state_hash = ${sha256(state)}`);
      return resolved;
    });
    if (isRefusal(person)) throw providerRefused();
    return handOver;
  }

  /** What is refused counts against where it came from; a provider's own trouble does not. */
  async #counted<T>(address: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (refusal) {
      if (!(refusal instanceof AuthError) || refusal.retryable) throw refusal;
      this.deps.metrics.count('auth_sign_ins_total', { outcome: 'refused' });
      await this.deps.attempts.recordFailure({ entrance: 'provider_sign_in', address });
      throw refusal;
    }
  }

  #secret(): string {
    return Buffer.from(this.deps.random.bytes(SECRET_BYTES)).toString('base64url');
  }
}

function noProvider(): AuthError {
  const message = 'No company signs in with a provider for this e-mail. Sign in with your password.';
  return new AuthError('not_found', message, { field: 'email' });
}

function isSame(one: string, other: string): boolean {
  const [shown, expected] = [Buffer.from(one), Buffer.from(other)];
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}
