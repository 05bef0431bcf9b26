import type { SessionId, TenantContext } from '../../kernel';
import type { GatewayDeps } from '../contract';
import { ChatError } from '../errors';

/** Whose connection it is. The token is not kept: an idle connection holds no credential, and less memory. */
export class ConnectionSession {
  #context: TenantContext | undefined;
  #id: SessionId | undefined;

  constructor(
    private readonly deps: Pick<GatewayDeps, 'tokens' | 'attempts'>,
    private readonly address: string,
  ) {}

  get context(): TenantContext {
    if (this.#context === undefined) throw new Error('the connection is not admitted yet');
    return this.#context;
  }

  get id(): SessionId | undefined {
    return this.#id;
  }

  /** Takes the person of the first token. Resolves to its expiry. */
  async begin(token: string | undefined): Promise<Date> {
    if (token !== undefined) return this.renew(token);
    await this.deps.attempts.recordFailure(this.address);
    throw new ChatError('token_missing', 'Authentication required: send a bearer token.');
  }

  /** Takes more time for the same person, and what this person may now. Resolves to the expiry of this token. */
  async renew(token: string): Promise<Date> {
    const { context, sessionId, expiresAt } = await this.deps.tokens.check(token, this.address);
    const before = this.#context;
    if (before !== undefined && (before.userId !== context.userId || before.tenantId !== context.tenantId)) {
      throw new ChatError('other_person', 'This token is somebody else’s.', { field: 'token' });
    }
    this.#context = context;
    this.#id = sessionId;
    return expiresAt;
  }
}
