import { PlatformError, type ReachedLimit } from '../kernel';

export const ANALYTICS_CODES = {
  analytics_config_invalid: false,
  /** The history cannot be reached, hangs or refuses the login. */
  analytics_unavailable: true,
  analytics_event_invalid: false,
  /** The id is known with other content; the first stays. */
  analytics_event_conflict: false,
  analytics_question_invalid: false,
  /** A limit of one question: `time`, `rows`, `memory` or `result`. */
  analytics_limit: false,
  /** More models or features than the plan allows; `limit` says which. */
  analytics_names_limit: false,
  /** As many readings of the company are under way as the plan allows; `limit` says how many. */
  analytics_over_quota: true,
  analytics_cancelled: false,
  /** What came back is not an answer. */
  analytics_broken_answer: true,
  /** The history's tables are not those of this version; names table and column. */
  analytics_schema_mismatch: false,
  analytics_closed: false,
} as const;
export type AnalyticsCode = keyof typeof ANALYTICS_CODES;

interface Details {
  readonly field?: string;
  readonly limit?: ReachedLimit;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class AnalyticsError extends PlatformError {
  declare readonly code: AnalyticsCode;
  constructor(code: AnalyticsCode, message: string, more: Details = {}) {
    super({ code, message, retryable: ANALYTICS_CODES[code], ...more });
  }
}
