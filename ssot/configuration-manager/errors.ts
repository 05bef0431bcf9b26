import { PlatformError, type ReachedLimit, type UserId } from '../kernel';

/** Every code of company settings, and whether the same request may succeed later. */
export const CONFIGURATION_CODES = {
  /** No setting has this name; the nearest one is offered. */
  unknown_setting: false,
  /** Wrong kind, range, pattern or size; one problem for each key. */
  invalid_setting: false,
  /** The platform's alone, or of a larger plan. */
  setting_closed: false,
  /** More than the company's plan allows. */
  above_limit: false,
  /** Somebody changed one of the same settings meanwhile. */
  version_conflict: false,
  /** There never was such a version. */
  version_unknown: false,
  too_many_settings: false,
  /** The same key with another request. */
  idempotency_key_reused: false,
  /** No key of the ring was ever used with this database, or one has another's id. */
  keys_unknown: false,
  /** The company's settings cannot be read or changed right now. */
  store_unavailable: true,
} as const;
export type ConfigurationCode = keyof typeof CONFIGURATION_CODES;

interface More {
  readonly field?: string;
  readonly retryAfterMs?: number;
  readonly limit?: ReachedLimit;
  /** Who changed the setting meanwhile. */
  readonly changedBy?: UserId;
  readonly cause?: unknown;
}

export class ConfigurationError extends PlatformError {
  declare readonly code: ConfigurationCode;
  readonly changedBy: UserId | undefined;

  constructor(code: ConfigurationCode, message: string, { changedBy, ...more }: More = {}) {
    super({ code, message, retryable: CONFIGURATION_CODES[code], ...more });
    this.changedBy = changedBy;
  }
}

export function storeUnavailable(retryAfterMs: number, cause?: unknown): ConfigurationError {
  const message = "Your company's settings cannot be read right now. Try again in a moment.";
  return new ConfigurationError('store_unavailable', message, { retryAfterMs, cause });
}
