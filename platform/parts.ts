import { PlatformError } from '../ssot/kernel';
import type { CheckResult } from '../ssot/lifecycle-manager';

/** Parts start in order of need, so what a part needs is there. */
export function made<T>(part: T | undefined): T {
  if (part !== undefined) return part;
  throw new PlatformError({
    code: 'not_ready',
    message: 'This instance is still starting. Try again in a second.',
    retryable: true,
    retryAfterMs: 1_000,
  });
}

/** A module's own word of its health, as the lifecycle takes it. */
export function outcome(health: { state: string; cause?: string }): CheckResult {
  return health.state === 'up' || health.state === 'degraded'
    ? { ok: true }
    : { ok: false, cause: health.cause ?? health.state };
}
