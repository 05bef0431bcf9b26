import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { sql, type SessionId, type TenantId, type UserId } from '../../kernel';
import type { AttemptLimiter } from '../attempts';
import type { AuditTrail } from '../audit';
import type { AuthDeps } from '../contract';
import { AuthError, isCode, tokenInvalid } from '../errors';
import type { LiveSessions } from '../sessions/live-sessions';
import { AUTH } from '../principals';
import { ALGORITHMS, type ProviderClients } from './providers/provider-clients';
import type { ProviderFetch } from './providers/provider-fetch';
import { forgetHandOvers, HAND_OVER_MS } from './sign-in/hand-overs';

const MAX_LENGTH = 8_192;
const MAX_AGE_S = 120;
const CLOCK_DIFFERENCE_S = 60;
const MAX_KEY_SETS = 1_000;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** The kinds of token that are not notices, where a provider says what one is. */
const TYPES: readonly (string | undefined)[] = [undefined, 'JWT', 'logout+jwt'];

const claims = z
  .object({
    iss: z.string(),
    aud: z.union([z.string(), z.array(z.string())]),
    iat: z.number(),
    jti: z.string().min(1),
    sub: z.string().min(1).optional(),
    sid: z.string().min(1).optional(),
    events: z.looseObject({ [EVENT]: z.looseObject({}) }),
    nonce: z.undefined().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined);
type Notice = z.infer<typeof claims>;

const tenantRow = z.object({ tenant_id: z.custom<TenantId>(), client_id: z.string() });
const endedRow = z.object({
  tenant_id: z.custom<TenantId>(),
  session_id: z.custom<SessionId>(),
  user_id: z.custom<UserId>(),
});
export interface EndedByProvider {
  readonly tenantId: TenantId;
  readonly sessionId: SessionId;
  readonly userId: UserId;
}

interface BackChannelDeps extends Pick<AuthDeps, 'db' | 'clock'> {
  readonly attempts: AttemptLimiter;
  readonly audit: AuditTrail;
  readonly live: LiveSessions;
  readonly clients: ProviderClients;
  readonly http: ProviderFetch;
}

/** Ends sign-ins when a company's provider says so (OpenID Connect Back-Channel Logout 1.0). */
export class BackChannelLogout {
  readonly #keySets = new LRUCache<string, JWTVerifyGetKey>({ max: MAX_KEY_SETS });

  constructor(private readonly deps: BackChannelDeps) {}

  /**
   * A notice ends what its own issuer has vouched for, at the companies that it is for, and nothing that began after it, so
   * that showing it again does nothing. Throws `token_invalid` or `provider_unavailable`.
   */
  async end(token: string, address: string): Promise<readonly EndedByProvider[]> {
    const { attempts } = this.deps;
    await attempts.assertAllowed({ entrance: 'provider_sign_in', address });
    try {
      return await this.#end(token, address);
    } catch (refusal) {
      if (isCode(refusal, 'token_invalid')) await attempts.recordFailure({ entrance: 'provider_sign_in', address });
      throw refusal;
    }
  }

  async #end(token: string, address: string): Promise<readonly EndedByProvider[]> {
    const said = token.length > MAX_LENGTH ? undefined : readable(token);
    if (said?.iss === undefined) throw tokenInvalid();
    // Only what companies have connected is asked for its keys.
    const tenants = await this.#tenantsOf(said.iss, said.aud);
    if (tenants.length === 0) throw tokenInvalid();
    const notice = await this.#verified(token, said.iss, [...new Set(tenants.map(({ client_id }) => client_id))]);
    const named = [notice.aud].flat();
    const ended: EndedByProvider[] = [];
    for (const { tenant_id: tenantId, client_id: clientId } of tenants) {
      if (named.includes(clientId)) ended.push(...(await this.#endAt(tenantId, notice, address)));
    }
    return ended;
  }

  async #tenantsOf(issuer: string, audience: JWTPayload['aud'] = []): Promise<readonly z.infer<typeof tenantRow>[]> {
    const clients = [audience].flat().slice(0, 10);
    return this.deps.db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select tenant_id, client_id from sso_connection
              where issuer = ${issuer} and client_id = any(${clients}) order by tenant_id limit 10`,
          tenantRow,
        ),
      { readOnly: true },
    );
  }

  async #verified(token: string, issuer: string, audience: string[]): Promise<Notice> {
    const { clock } = this.deps;
    const keys = await this.#keysOf(issuer);
    const now = clock.now();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        ...{ issuer, audience, algorithms: [...ALGORITHMS], currentDate: new Date(now) },
        requiredClaims: ['iat', 'jti', 'events'],
      });
      if (!TYPES.includes(protectedHeader.typ)) throw tokenInvalid();
      const notice = claims.parse(payload);
      const ageS = now / 1_000 - notice.iat;
      if (ageS > MAX_AGE_S || ageS < -CLOCK_DIFFERENCE_S) throw tokenInvalid();
      return notice;
    } catch (error) {
      throw error instanceof AuthError ? error : tokenInvalid(error);
    }
  }

  async #keysOf(issuer: string): Promise<JWTVerifyGetKey> {
    const known = this.#keySets.get(issuer);
    if (known !== undefined) return known;
    const { jwks_uri: address } = await this.deps.clients.metadataOf(issuer);
    const keys = createRemoteJWKSet(new URL(address as string), {
      [customFetch]: (url, { headers }) =>
        this.deps.http.fetch(url, { method: 'GET', headers: Object.fromEntries(headers) }),
    });
    this.#keySets.set(issuer, keys);
    return keys;
  }

  async #endAt(tenantId: TenantId, { iat, ...of }: Notice, address: string): Promise<EndedByProvider[]> {
    const { db, clock, audit, live } = this.deps;
    const { sub, sid } = { sub: of.sub ?? null, sid: of.sid ?? null };
    const saidAt = new Date((iat + 1) * 1_000);
    const ofWhom = sql`(${sid}::text is null or provider_session = ${sid}) and (${sub}::text is null or subject = ${sub})`;
    const ended = await db.asService(AUTH, async (tx) => {
      const handedOver = sql`hand_over_until < ${new Date(saidAt.getTime() + HAND_OVER_MS)}`;
      await forgetHandOvers(tx, tenantId, sql`${handedOver} and ${ofWhom}`);
      const rows = await tx.query(
        sql`update session set ended_at = ${new Date(clock.now())}, ended_by = 'provider'
            where tenant_id = ${tenantId} and ended_at is null and 'sso' = any(methods) and auth_time < ${saidAt}
              and ${ofWhom}
            returning tenant_id, session_id, user_id`,
        endedRow,
      );
      const by = { kind: 'provider', id: null } as const;
      for (const { session_id: subject, user_id: account } of rows) {
        await audit.append(tx, tenantId, { action: 'signed_out', by, subject, address, account });
      }
      return rows;
    });
    for (const { session_id: id } of ended) live.forget(id);
    return ended.map((row) => ({ tenantId: row.tenant_id, sessionId: row.session_id, userId: row.user_id }));
  }
}

/** What is claimed, before anything of it is believed. */
function readable(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}
