import { PlatformError, type ReachedLimit } from '../kernel';

/** Every code of this module, and whether the same request may succeed later. */
export const AUTH_CODES = {
  /** Not a token, not ours, altered, or not meant for this door. */
  token_invalid: false,
  /** Past its end: renew. */
  token_expired: false,
  /** Signed out, ended, or no longer a person of the company: sign in. */
  session_ended: false,
  /** The operators suspended the company. */
  access_revoked: false,
  /** Wrong password and unknown e-mail, in the same words. */
  invalid_credentials: false,
  /** A renewal token that was used before: the whole sign-in was ended. */
  refresh_reused: false,
  /** Not a renewal token, or past its life. */
  refresh_invalid: false,
  invalid_input: false,
  /** The caller's role is not enough for this. */
  not_allowed: false,
  /** A company always has an owner. */
  last_owner: false,
  /** The plan has room for no more API keys. */
  api_key_limit: false,
  /** The decision could not be written into the audit trail, so it was not made. */
  audit_unavailable: true,
  weak_password: false,
  email_taken: false,
  not_found: false,
  /** Not the operators' credential. */
  operator_unknown: false,
  /** Too many attempts failed here, or about this account. */
  rate_limited: true,
  /** Too many people sign in at this instant. */
  overloaded: true,
} as const;
export type AuthCode = keyof typeof AUTH_CODES;

interface More {
  readonly field?: string;
  readonly retryAfterMs?: number;
  readonly limit?: ReachedLimit;
  readonly cause?: unknown;
}

export class AuthError extends PlatformError {
  declare readonly code: AuthCode;

  constructor(code: AuthCode, message: string, more: More = {}) {
    super({ code, message, retryable: AUTH_CODES[code], ...more });
  }
}

export function tokenInvalid(cause?: unknown): AuthError {
  return new AuthError('token_invalid', 'This token is not valid here. Sign in again.', { cause });
}

export function accessRevoked(): AuthError {
  return new AuthError('access_revoked', 'Your company’s access was ended. Ask an administrator of your company.');
}

export function isCode(error: unknown, code: AuthCode): boolean {
  return error instanceof AuthError && error.code === code;
}
