import { LRUCache } from 'lru-cache';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  type ServerMetadata,
} from 'openid-client';
import { z } from 'zod';
import { Breaker, type Clock } from '../../../kernel';
import { AuthError, isCode } from '../../errors';
import { sha256 } from '../../sealing';
import { assertProviderAddress, issuerRefused, type InternalIssuers } from './provider-address';
import { providerRefused, providerUnavailable, type ProviderFetch } from './provider-fetch';

/** Signatures that are believed: with the provider's private key, never with a secret that both sides have, never none. */
export const ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const SCOPE = 'openid email profile';
const KEPT_MS = 10 * 60_000;
const MAX_KEPT = 1_000;
const CALL_LIMIT_S = 5;
const BREAKER = { failures: 5, probeAfterMs: 30_000 } as const;
/** What a provider says when it cannot be understood at all, or not yet: another try may find it well again. */
const TROUBLE: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_KEY_SELECTION_FAILED',
]);

/** How a company is known to its provider. */
export interface ProviderLogin {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a sign-in is begun with, and must be answered with. */
export interface Challenge {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectAddress: string;
  /** The provider has to ask for a proof now, whatever it remembers. */
  readonly fresh: boolean;
}

/** What a provider has said about somebody, proven to be from it and for us. */
export interface ProviderStatement {
  readonly subject: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
  readonly name: string | undefined;
  /** How long ago they proved who they are, as far as it is said. */
  readonly provedAgoMs: number | undefined;
  /** Its own session, which it may end here too. */
  readonly providerSession: string | undefined;
}

const claimsShape = z.object({
  sub: z.string().min(1).max(255),
  iat: z.number(),
  auth_time: z.number().optional(),
  sid: z.string().max(255).optional().catch(undefined),
  email: z.string().max(320).optional().catch(undefined),
  email_verified: z.boolean().optional().catch(false),
  name: z.string().optional().catch(undefined),
});
const emailShape = claimsShape.pick({ email: true, email_verified: true, name: true });

/** Clients of identity providers: what a provider publishes is kept for ten minutes, and one that keeps failing is left alone. */
export class ProviderClients {
  readonly #metadata: LRUCache<string, Promise<ServerMetadata>>;
  readonly #clients: LRUCache<string, Configuration>;
  readonly #breakers = new LRUCache<string, Breaker>({ max: MAX_KEPT });

  constructor(
    private readonly deps: {
      readonly clock: Clock;
      readonly internal: InternalIssuers;
      readonly http: ProviderFetch;
    },
  ) {
    const perf = { now: () => deps.clock.monotonic() };
    this.#metadata = new LRUCache({ max: MAX_KEPT, ttl: KEPT_MS, perf });
    this.#clients = new LRUCache({ max: MAX_KEPT, ttl: KEPT_MS, perf });
  }

  /** What the provider publishes. Throws `issuer_refused`, `provider_refused` where it is another one, or `provider_unavailable`. */
  async metadataOf(issuer: string): Promise<ServerMetadata> {
    const known = this.#metadata.get(issuer);
    if (known !== undefined) return known;
    const found = this.#call(issuer, () => this.#discover(issuer));
    this.#metadata.set(issuer, found);
    // What did not come is asked for again.
    found.catch(() => this.#metadata.delete(issuer));
    return found;
  }

  async authorizationAddress(login: ProviderLogin, challenge: Challenge): Promise<URL> {
    const client = await this.#clientOf(login);
    return buildAuthorizationUrl(client, {
      redirect_uri: challenge.redirectAddress,
      scope: SCOPE,
      state: challenge.state,
      nonce: challenge.nonce,
      code_challenge: await calculatePKCECodeChallenge(challenge.verifier),
      code_challenge_method: 'S256',
      ...(challenge.fresh && { prompt: 'login', max_age: '0' }),
    });
  }

  /** Trades a code for what the provider says. Throws `provider_refused` or `provider_unavailable`. */
  async exchange(login: ProviderLogin, callback: URL, challenge: Challenge): Promise<ProviderStatement> {
    const client = await this.#clientOf(login);
    return this.#call(login.issuer, () => this.#exchange(client, callback, challenge)).catch((refusal: unknown) => {
      // With what it keeps of the provider's keys, which may be what was wrong.
      this.#clients.delete(keyOf(login));
      throw refusal;
    });
  }

  async #exchange(client: Configuration, callback: URL, challenge: Challenge): Promise<ProviderStatement> {
    const tokens = await authorizationCodeGrant(client, callback, {
      expectedState: challenge.state,
      expectedNonce: challenge.nonce,
      pkceCodeVerifier: challenge.verifier,
      idTokenExpected: true,
      ...(challenge.fresh && { maxAge: 0 }),
    });
    const said = claimsShape.parse(tokens.claims());
    // Providers that follow the standard to the letter tell the e-mail there only.
    const more = said.email === undefined ? await fetchUserInfo(client, tokens.access_token, said.sub) : said;
    const { email, email_verified: isVerified, name } = emailShape.parse(more);
    return {
      subject: said.sub,
      email,
      isEmailVerified: isVerified === true,
      name,
      provedAgoMs: said.auth_time === undefined ? undefined : Math.max(0, said.iat - said.auth_time) * 1_000,
      providerSession: said.sid,
    };
  }

  async #discover(issuer: string): Promise<ServerMetadata> {
    const url = assertProviderAddress(issuer, this.deps.internal);
    const insecure = url.protocol === 'http:' ? { execute: [allowInsecureRequests] } : {};
    const found = await discovery(url, 'discovery', undefined, undefined, {
      ...insecure,
      [customFetch]: this.#fetch,
      timeout: CALL_LIMIT_S,
    });
    const { supportsPKCE: _, ...metadata } = found.serverMetadata();
    // Character by character: who signs is compared with it later.
    if (metadata.issuer !== issuer) throw providerRefused();
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
      const address = metadata[name];
      if (typeof address !== 'string') throw issuerRefused(`publishes no ${name}`);
      assertProviderAddress(address, this.deps.internal);
    }
    const published = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
    const believed = published.filter((name) => ALGORITHMS.includes(name));
    return { ...metadata, id_token_signing_alg_values_supported: believed };
  }

  async #clientOf(login: ProviderLogin): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = login;
    const metadata = await this.metadataOf(issuer);
    const key = keyOf(login);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const secret = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
    const client = new Configuration(metadata, clientId, undefined, secret(clientSecret));
    client[customFetch] = this.#fetch;
    client.timeout = CALL_LIMIT_S;
    if (issuer.startsWith('http:')) allowInsecureRequests(client);
    enableNonRepudiationChecks(client);
    this.#clients.set(key, client);
    return client;
  }

  readonly #fetch = (
    address: string,
    { method, headers, body }: { method: string; headers: Record<string, string>; body?: unknown },
  ): Promise<Response> => {
    const sent = body instanceof URLSearchParams ? { body: body.toString() } : {};
    return this.deps.http.fetch(address, { method, headers, ...sent });
  };

  /** One provider's trouble is nobody else's, and its people are told at once while it lasts. */
  async #call<T>(issuer: string, work: () => Promise<T>): Promise<T> {
    const breaker = this.#breakerOf(issuer);
    if (!breaker.admit()) throw providerUnavailable('it has not answered several times');
    try {
      const outcome = await work();
      breaker.recordSuccess();
      return outcome;
    } catch (error) {
      const refusal = refusalOf(error);
      if (isCode(refusal, 'provider_unavailable')) breaker.recordFailure();
      else breaker.recordSuccess();
      throw refusal;
    }
  }

  #breakerOf(issuer: string): Breaker {
    const known = this.#breakers.get(issuer);
    if (known !== undefined) return known;
    const made = new Breaker(this.deps.clock, BREAKER);
    this.#breakers.set(issuer, made);
    return made;
  }
}

function keyOf({ issuer, clientId, clientSecret }: ProviderLogin): string {
  return JSON.stringify([issuer, clientId, sha256(clientSecret).toString('base64')]);
}

function refusalOf(error: unknown): AuthError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AuthError) return cause;
  }
  if (error instanceof AuthorizationResponseError && error.error === 'temporarily_unavailable') {
    return providerUnavailable('it says so', error);
  }
  if (error instanceof ClientError && TROUBLE.has(error.code ?? '')) {
    return providerUnavailable('its answer makes no sense', error);
  }
  return providerRefused(error);
}
