import { PlatformError } from '../ssot/kernel';

/** What may be shown of any error: a typed refusal as it is, everything else without its inside. */
export function toPublicError(error: unknown): PlatformError {
  if (!(error instanceof PlatformError)) {
    return new PlatformError({
      code: 'internal',
      message: 'Something went wrong on our side. Try again.',
      cause: error,
    });
  }
  if (!error.code.startsWith('database_')) return error;
  if (error.code === 'database_commit_unknown') {
    return new PlatformError({
      code: 'outcome_unknown',
      message: 'Whether this was stored is not known. Send it again with the same key: it is done once.',
      retryable: true,
      retryAfterMs: 1_000,
      cause: error,
    });
  }
  return error.retryable
    ? new PlatformError({
        code: 'store_unavailable',
        message: 'This cannot be stored right now, and nothing was taken. Try again in a moment.',
        retryable: true,
        retryAfterMs: error.retryAfterMs ?? 1_000,
        cause: error,
      })
    : new PlatformError({ code: 'internal', message: 'Something went wrong on our side. Try again.', cause: error });
}

const STATUS: Readonly<Record<string, number>> = {
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  session_ended: 401,
  invalid_credentials: 401,
  refresh_invalid: 401,
  second_factor_required: 401,
  one_time_secret_invalid: 401,
  refresh_reused: 401,
  operator_unknown: 401,
  not_allowed: 403,
  setting_closed: 403,
  step_up_required: 403,
  second_factor_missing: 403,
  sso_required: 403,
  provider_refused: 403,
  access_revoked: 403,
  not_found: 404,
  route_not_found: 404,
  thread_not_found: 404,
  run_not_found: 404,
  device_not_found: 404,
  version_unknown: 404,
  persistence_subject_unknown: 404,
  persistence_not_held: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  // What the customer must reduce; what drains by itself is 429.
  thread_limit: 409,
  email_taken: 409,
  last_owner: 409,
  api_key_limit: 409,
  factor_exists: 409,
  sso_enforced: 409,
  domain_unproven: 409,
  domain_taken: 409,
  domain_limit: 409,
  message_id_reused: 409,
  idempotency_key_reused: 409,
  report_missing: 409,
  persistence_on_hold: 409,
  persistence_request_key_reused: 409,
  above_limit: 409,
  version_conflict: 409,
  too_many_settings: 409,
  analytics_event_conflict: 409,
  analytics_names_limit: 409,
  event_too_big: 413,
  body_too_large: 413,
  target_too_long: 414,
  media_type_unsupported: 415,
  encoding_unsupported: 415,
  expectation_failed: 417,
  upgrade_required: 426,
  run_queue_full: 429,
  too_many_connections: 429,
  analytics_over_quota: 429,
  rate_limited: 429,
  headers_too_large: 431,
  internal: 500,
  method_unsupported: 501,
  analytics_unavailable: 503,
  analytics_broken_answer: 503,
  analytics_closed: 503,
  analytics_schema_mismatch: 503,
  usage_unavailable: 503,
  store_unavailable: 503,
  audit_unavailable: 503,
  provider_unavailable: 503,
  sso_unavailable: 503,
  persistence_cold_unavailable: 503,
  outcome_unknown: 503,
  overloaded: 503,
  not_ready: 503,
  restarting: 503,
  http_version_unsupported: 505,
};

/** 400 for what the caller can mend. */
export function statusOf(error: PlatformError): number {
  return STATUS[error.code] ?? 400;
}
