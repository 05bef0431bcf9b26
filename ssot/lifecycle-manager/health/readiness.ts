import type { CheckResult } from '../contract';

export const TO_RED = 3;
export const TO_GREEN = 2;
export const HELD_RED_MS = 10_000;
/** A result older than this counts as failed. */
export const STALE_MS = 9_000;

/** A part's standing: several results in a row decide, and red is held for a while. Instants are milliseconds. */
export interface Readiness {
  readonly green: boolean;
  readonly since: number;
  readonly inARow: number;
  readonly lastOk: boolean;
  readonly cause?: string;
}

export function readinessNext(state: Readiness, result: CheckResult, at: number): Readiness {
  const inARow = result.ok === state.lastOk ? state.inARow + 1 : 1;
  const seen = { ...state, inARow, lastOk: result.ok, ...(result.ok ? {} : { cause: result.cause }) };
  if (state.green && !result.ok && inARow >= TO_RED) return { ...seen, green: false, since: at };
  if (!state.green && result.ok && inARow >= TO_GREEN && at - state.since >= HELD_RED_MS)
    return { ...seen, green: true, since: at };
  return seen;
}
