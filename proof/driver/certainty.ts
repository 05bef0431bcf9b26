import type { Outcome } from './slot';

/** A failure that takes so much longer than the check itself was a wait in vain. */
const WAITED_MS = 500;

/**
 * Whether a failure with a defect is the defect's, when the check has just passed without it. On a busy machine a check runs
 * into a time limit, or an event comes too late, without any defect. So a failure that took longer than the check does must
 * repeat itself, with limits that follow what the check took a moment ago.
 *
 * @param again runs the check once more with the defect, limited as one that takes so many milliseconds
 */
export async function isCertain(
  failed: Outcome,
  passed: Outcome,
  usualMs: number,
  again: (usualMs: number) => Promise<Outcome>,
): Promise<boolean> {
  const nowMs = Math.max(usualMs, passed.ms);
  if (failed.ms <= nowMs + WAITED_MS) return true;
  const second = await again(nowMs);
  return !second.passed;
}
