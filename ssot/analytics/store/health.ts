import type { Clock } from '../../kernel';
import type { AnalyticsHealth } from '../contract';
import { AnalyticsError } from '../errors';
import { refusedWith } from './store-faults';
import type { Store } from './store';

const LIMIT_MS = 1_000;
/** Usually it takes milliseconds; answers that are put together from many such questions come too late from here on. */
const SLOW_MS = 500;

/** Whether the history answers and records. `build` makes its tables where they are missing. */
export async function checkHealth(store: Store, clock: Clock, build: () => Promise<void>): Promise<AnalyticsHealth> {
  const limit = new AbortController();
  using _limit = clock.after(LIMIT_MS, () => limit.abort());
  const began = clock.monotonic();
  try {
    await store.probe(limit.signal);
  } catch (error) {
    if (isWithoutTables(error)) await build().catch(() => undefined); // The next look says whether they are there.
    return { state: 'down', latencyMs: null, cause: causeOf(error) };
  }
  const latencyMs = Math.round((clock.monotonic() - began) * 10) / 10;
  if (latencyMs > SLOW_MS)
    return { state: 'slow', latencyMs, cause: `ClickHouse takes ${Math.round(latencyMs)} ms to answer.` };
  return { state: 'up', latencyMs };
}

/** It came back empty, or was never built. */
export function isWithoutTables(error: unknown): boolean {
  return refusedWith(error) === 'UNKNOWN_TABLE';
}

function causeOf(error: unknown): string {
  const code = error instanceof AnalyticsError ? error.code : undefined;
  const refused = refusedWith(error);
  if (code === 'analytics_cancelled') return 'ClickHouse does not answer.';
  if (isWithoutTables(error)) return 'ClickHouse has come back without its tables; they are built again.';
  if (code === 'analytics_unavailable')
    return refused === undefined
      ? 'ClickHouse cannot be reached.'
      : `ClickHouse refuses the login, or has no such database (${refused}).`;
  if (refused === undefined) return 'Something answers at the address of ClickHouse that is not ClickHouse.';
  return `ClickHouse answers, but records nothing (${refused}).`;
}
