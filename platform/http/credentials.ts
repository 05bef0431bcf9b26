import type { FastifyRequest } from 'fastify';
import type { Operator, Principal } from '../../ssot/auth';
import { PlatformError } from '../../ssot/kernel';
import type { Services } from '../services';

const BEARER = /^Bearer +(\S+)$/i;

/** Who calls; throws `token_missing` and what auth refuses. */
export async function personOf(request: FastifyRequest, { auth }: Services): Promise<Principal> {
  return auth.tokens.check(bearer(request), 'person');
}

export function operatorOf(request: FastifyRequest, { auth }: Services): Operator {
  return auth.provisioning.recognise(bearer(request));
}

function bearer(request: FastifyRequest): string {
  const credential = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (credential !== undefined) return credential;
  throw new PlatformError({ code: 'token_missing', message: 'Send your token as "Authorization: Bearer <token>".' });
}
