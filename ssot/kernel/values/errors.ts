/**
 * The one error the platform shows to anybody: a stable `code` (lower_snake_case) that programs act on, a message that
 * says what is wrong and what to do next, the `field` it concerns, and whether the same request may succeed later.
 * Modules extend it with their own closed set of codes.
 */
export class PlatformError extends Error {
  readonly code: string;
  readonly field?: string;
  readonly retryable: boolean;
  /** Earliest moment a repeat makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Set when a limit of the caller's plan is reached. */
  readonly limit?: ReachedLimit;

  constructor(facts: PlatformErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = facts.code;
    this.retryable = facts.retryable ?? false;
    if (facts.field !== undefined) this.field = facts.field;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
    if (facts.limit !== undefined) this.limit = facts.limit;
  }
}

export interface PlatformErrorFacts {
  code: string;
  message: string;
  field?: string;
  retryable?: boolean;
  retryAfterMs?: number;
  limit?: ReachedLimit;
  cause?: unknown;
}

/** The limit's name in the table of plans, and what the caller's plan allows. */
export interface ReachedLimit {
  readonly name: string;
  readonly max: number;
}
