import { z } from 'zod';
import { assertMay, type Principal } from '../../ssot/auth';
import { idSchema } from '../../ssot/id-manager';
import { type Id, type SessionId, type TenantContext } from '../../ssot/kernel';

/** What a connection was opened with: the id of a sign-in or of an API key. It ends with it. */
export const credentialId = z.union([idSchema('session'), idSchema('key')]);

/** The gateway compares the ids of credentials and reads none of them, so that the one kind it knows stands for both. */
export function asSession(id: SessionId | Id<'key'>): SessionId {
  return id as string as SessionId;
}

/** Who opens a connection. A key needs to have been given the chat. Throws `not_allowed` or `second_factor_missing`. */
export function openedBy(principal: Principal): { context: TenantContext; sessionId: SessionId; expiresAt: Date } {
  const { context, expiresAt } = principal;
  assertMay(principal, 'chat:use');
  return {
    context,
    expiresAt,
    sessionId: asSession(principal.kind === 'person' ? principal.sessionId : principal.keyId),
  };
}
