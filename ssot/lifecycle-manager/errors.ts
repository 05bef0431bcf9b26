import { PlatformError } from '../kernel';

export const LIFECYCLE_CODES = {
  plan_refused: false,
  phase_refused: false,
  start_failed: true,
  /** A part cannot start until somebody changes something; waiting mends nothing. */
  start_refused: false,
  start_timed_out: true,
  start_cancelled: false,
  /** Work came before the instance serves. */
  not_ready: true,
  /** Work came during a stop; another instance takes it. */
  restarting: true,
} as const;
export type LifecycleCode = keyof typeof LIFECYCLE_CODES;

export class LifecycleError extends PlatformError {
  declare readonly code: LifecycleCode;
  constructor(
    code: LifecycleCode,
    message: string,
    more: { field?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super({ code, message, retryable: LIFECYCLE_CODES[code], ...more });
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
