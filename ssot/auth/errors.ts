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
  /** The right password of somebody who has a second factor. */
  second_factor_required: false,
  /** A code of a second factor that is not right, or was used. */
  code_invalid: false,
  /** A link, code or begun sign-in that was used, has run out or never was. */
  one_time_secret_invalid: false,
  /** The company asks for a second factor, and there is none: all one can do is to set it up. */
  second_factor_missing: false,
  /** A second factor is set up already. */
  factor_exists: false,
  /** A sensitive action needs a proof of the last ten minutes. */
  step_up_required: false,
  /** The company signs in with its own provider only. */
  sso_required: false,
  /** Single sign-on is the only way in, and what was asked would close it. */
  sso_enforced: false,
  /** Operators have not said how the platform is reached. */
  sso_unavailable: false,
  /** The provider is silent, failing or not to be understood. */
  provider_unavailable: true,
  /** The provider let nobody in, or what it says is not believed. */
  provider_refused: false,
  /** A provider's address that the platform does not ask. */
  issuer_refused: false,
  domain_unproven: false,
  /** Another company has proven it. */
  domain_taken: false,
  domain_limit: false,
  /** The company's name was not written as it is. */
  confirmation_wrong: false,
  /** The plan has room for no more API keys. */
  api_key_limit: false,
  /** The decision could not be written into the audit trail, so it was not made. */
  audit_unavailable: true,
  weak_password: false,
  email_taken: false,
  /** The request that came with this key first was another one. */
  idempotency_key_reused: false,
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

/** A sign-in that goes on with a code: `pending` is shown with it, and opens nothing by itself. */
export class SecondFactorDue extends AuthError {
  constructor(
    readonly pending: string,
    readonly until: Date,
  ) {
    super('second_factor_required', 'Your account has a second factor: send its code as well.');
  }
}

export function overloaded(retryAfterMs: number): AuthError {
  return new AuthError('overloaded', 'Too many people sign in right now. Try again in a few seconds.', {
    retryAfterMs,
  });
}

export function credentialsInvalid(): AuthError {
  return new AuthError('invalid_credentials', 'The e-mail or the password is not right.');
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
