import {
  PlatformError,
  type Id,
  type Permission,
  type SessionId,
  type TenantContext,
  type TenantId,
} from '../ssot/kernel';
import type { ChatCommands, TokenVerifier } from '../ssot/websocket-manager';

type Believed = Awaited<ReturnType<TokenVerifier['check']>>;

/** Who stands behind which token, and which sign-ins have ended: what auth answers to the live delivery. */
export class TokensInHand implements TokenVerifier {
  readonly ended = new Set<SessionId>();
  /** Companies that nobody is vouched for any more. */
  readonly suspended = new Set<TenantId>();
  /** Auth can vouch for nobody, or does not even say so. */
  away: false | 'for two seconds' | 'for who knows how long' | 'broken' = false;
  /** Auth does not answer until told to. */
  #holding: PromiseWithResolvers<void> | null = null;
  readonly #believed = new Map<string, Believed>();
  readonly #companies = new Map<SessionId, TenantId>();

  give(token: string, context: TenantContext, sessionId: SessionId, expiresAt: Date): void {
    this.#believed.set(token, { context, sessionId, expiresAt });
    this.#companies.set(sessionId, context.tenantId);
  }

  hold(): void {
    this.#holding = Promise.withResolvers<void>();
  }

  letGo(): void {
    this.#holding?.resolve();
    this.#holding = null;
  }

  /** Counts the tokens that are not valid. */
  onInvalid: (address: string) => Promise<void> = async () => {};

  async check(token: string, address: string): Promise<Believed> {
    await this.#holding?.promise;
    this.#assertThere();
    const believed = this.#believed.get(token);
    if (believed === undefined) {
      await this.onInvalid(address);
      throw new PlatformError({ code: 'token_invalid', message: 'This is no valid token.' });
    }
    if (this.suspended.has(believed.context.tenantId)) {
      throw new PlatformError({ code: 'access_revoked', message: 'Your company’s access was ended.' });
    }
    return believed;
  }

  async endedAmong(ids: readonly SessionId[]): ReturnType<TokenVerifier['endedAmong']> {
    this.#assertThere();
    const ended = new Map<SessionId, 'session_ended' | 'access_revoked'>();
    for (const id of ids) {
      if (this.ended.has(id)) ended.set(id, 'session_ended');
      if (this.suspended.has(this.#companies.get(id) as TenantId)) ended.set(id, 'access_revoked');
    }
    return ended;
  }

  #assertThere(): void {
    if (this.away === false) return;
    if (this.away === 'broken') throw new Error('auth fell over');
    const message = 'Nobody can be vouched for right now.';
    const wait = this.away === 'for two seconds' ? { retryAfterMs: 2_000 } : {};
    throw new PlatformError({ code: 'store_unavailable', message, retryable: true, ...wait });
  }
}

/** What the agents were asked to do, and in whose name. */
export class AskedOfAgents implements ChatCommands {
  readonly sent: { userId: string; threadId: string; clientMessageId: string; text: string }[] = [];
  /** What each question was allowed to use. */
  readonly rights: (readonly Permission[])[] = [];
  readonly cancelled: { userId: string; runId: string }[] = [];
  /** They take nothing now. */
  refusing = false;
  #holding: PromiseWithResolvers<void> | null = null;

  /** They do not answer until told to. */
  hold(): void {
    this.#holding = Promise.withResolvers<void>();
  }

  letGo(): void {
    this.#holding?.resolve();
    this.#holding = null;
  }

  async send(
    { userId, permissions }: TenantContext,
    ask: { readonly threadId: Id<'thread'>; readonly clientMessageId: string; readonly text: string },
  ): Promise<void> {
    if (this.refusing) {
      throw new PlatformError({ code: 'queue_full', message: 'Too much waits.', retryable: true, retryAfterMs: 1_500 });
    }
    this.sent.push({ userId, ...ask });
    this.rights.push(permissions);
    await this.#holding?.promise;
  }

  async cancel({ userId }: TenantContext, runId: Id<'run'>): Promise<void> {
    this.cancelled.push({ userId, runId });
  }
}
