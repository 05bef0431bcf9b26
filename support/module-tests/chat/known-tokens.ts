import { PlatformError, type SessionId, type TenantContext, type TenantId } from '../../../ssot/kernel';
import type { SessionEnding, TokenVerifier } from '../../../ssot/websocket-manager';

type Verified = Awaited<ReturnType<TokenVerifier['check']>>;

/** Tokens and sign-ins of a test: stands where auth stands. */
export class KnownTokens implements TokenVerifier {
  readonly endedSessions = new Set<SessionId>();
  /** Of people who have no second factor, where their companies ask for one. */
  readonly withoutFactor = new Set<SessionId>();
  readonly suspendedTenants = new Set<TenantId>();
  /** What a check fails with instead of an answer. */
  failure: Error | null = null;
  /** Told of each token that is not valid. */
  onInvalid: (address: string) => Promise<void> = async () => {};
  #held: PromiseWithResolvers<void> | null = null;
  readonly #tokens = new Map<string, Verified>();
  readonly #tenants = new Map<SessionId, TenantId>();

  add(token: string, context: TenantContext, sessionId: SessionId, expiresAt: Date): void {
    this.#tokens.set(token, { context, sessionId, expiresAt });
    this.#tenants.set(sessionId, context.tenantId);
  }

  /** Checks do not answer until `release`. */
  hold(): void {
    this.#held = Promise.withResolvers<void>();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = null;
  }

  async check(token: string, address: string): Promise<Verified> {
    await this.#held?.promise;
    if (this.failure !== null) throw this.failure;
    const verified = this.#tokens.get(token);
    if (verified === undefined) {
      await this.onInvalid(address);
      throw new PlatformError({ code: 'token_invalid', message: 'This is no valid token.' });
    }
    if (this.suspendedTenants.has(verified.context.tenantId)) {
      throw new PlatformError({ code: 'access_revoked', message: 'Your company’s access was ended.' });
    }
    return verified;
  }

  async endedAmong(ids: readonly SessionId[]): ReturnType<TokenVerifier['endedAmong']> {
    if (this.failure !== null) throw this.failure;
    const ended = new Map<SessionId, SessionEnding>();
    for (const id of ids) {
      if (this.endedSessions.has(id)) ended.set(id, 'session_ended');
      if (this.withoutFactor.has(id)) ended.set(id, 'second_factor_missing');
      if (this.suspendedTenants.has(this.#tenants.get(id) as TenantId)) ended.set(id, 'access_revoked');
    }
    return ended;
  }
}
