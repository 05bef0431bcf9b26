import type { Budget } from './budgets';

/** Failures of one kind: under which name, against which budget. */
export interface Counter {
  readonly key: string;
  readonly budget: Budget;
}

/**
 * `look` changes nothing. `fail` counts a failure in each counter that is not used up yet. `succeed` forgets the failures in
 * those counters of which a lock may come, unless one of all of them is used up.
 */
export type CountingStep = 'look' | 'fail' | 'succeed';

export interface Tally {
  readonly failures: readonly number[];
  readonly lockedUntil: number;
  readonly locks: number;
}

export const NO_FAILURES: Tally = { failures: [], lockedUntil: 0, locks: 0 };

/** What of it still counts. */
export function current(tally: Tally, { withinMs, locksForgottenMs }: Budget, now: number): Tally {
  return {
    failures: tally.failures.filter((at) => at > now - withinMs),
    lockedUntil: tally.lockedUntil,
    locks: now > tally.lockedUntil + locksForgottenMs ? 0 : tally.locks,
  };
}

/** Milliseconds until the next attempt, of what still counts; 0: now. */
export function waitOf({ failures, lockedUntil }: Tally, budget: Budget, now: number): number {
  if (lockedUntil > now) return lockedUntil - now;
  const oldest = failures[failures.length - budget.failures];
  return oldest === undefined ? 0 : oldest + budget.withinMs - now;
}

/** One failure more; a budget that is used up by it locks, longer each time. */
export function failed({ failures: before, lockedUntil, locks }: Tally, budget: Budget, now: number): Tally {
  const failures = [...before, now];
  const lockMs = budget.locksMs[Math.min(locks, budget.locksMs.length - 1)];
  if (lockMs === undefined || failures.length < budget.failures) return { failures, lockedUntil, locks };
  return { failures, lockedUntil: now + lockMs, locks: locks + 1 };
}
