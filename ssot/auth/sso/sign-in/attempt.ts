import { z } from 'zod';
import { SecretUnreadable, type TenantId } from '../../../kernel';
import { AuthError } from '../../errors';
import type { Seal } from '../../sealing';

const ABOUT = 'provider sign-in';
const MAX_LENGTH = 4_000;

const shape = z.object({
  tenantId: z.custom<TenantId>(),
  issuer: z.string(),
  clientId: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  redirectAddress: z.string(),
  returnTo: z.string(),
  fresh: z.boolean(),
  until: z.number(),
});
/** A begun sign-in with a provider. Its browser keeps it, sealed, so that beginning one stores nothing and whoever floods fills nothing. */
export type Attempt = z.infer<typeof shape>;

export function sealAttempt(seal: Seal, attempt: Attempt): string {
  return seal.seal(Buffer.from(JSON.stringify(attempt)), ABOUT).toString('base64url');
}

/** Throws `one_time_secret_invalid` for whatever was not begun here, or has run out. */
export function openAttempt(seal: Seal, browserKey: string, now: number): Attempt {
  const attempt = browserKey.length > MAX_LENGTH ? undefined : opened(seal, browserKey);
  if (attempt === undefined || attempt.until <= now) throw attemptInvalid();
  return attempt;
}

function opened(seal: Seal, browserKey: string): Attempt | undefined {
  try {
    return shape.parse(JSON.parse(seal.open(Buffer.from(browserKey, 'base64url'), ABOUT).toString('utf8')));
  } catch (error) {
    if (error instanceof SecretUnreadable) return undefined;
    throw error;
  }
}

export function attemptInvalid(): AuthError {
  return new AuthError('one_time_secret_invalid', 'This sign-in has ended. Begin again.');
}
