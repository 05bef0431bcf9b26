import { PlatformError } from '../kernel';

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
  analytics_cancelled: false,
  /** What came back is not an answer. */
  analytics_broken_answer: true,
  analytics_closed: false,
} as const;
export type AnalyticsCode = keyof typeof ANALYTICS_CODES;

export class AnalyticsError extends PlatformError {
  declare readonly code: AnalyticsCode;
  constructor(code: AnalyticsCode, message: string, more: { field?: string; cause?: unknown } = {}) {
    super({ code, message, retryable: ANALYTICS_CODES[code], ...more });
  }
}
