import { z } from 'zod';
import type { TenantContext } from '../../kernel';
import type { Breakdown, PerformanceRow } from '../contract';
import { COUNTED, keysOf, shownKey, type Asked, type Reading } from '../readings/reading';

const MAX_ROWS = 5_000;
const row = z.looseObject({
  calls: z.coerce.number(),
  failed: z.coerce.number(),
  median: z.coerce.number(),
  p95: z.coerce.number(),
});

/** How calls went: failures and times from sending to answer. Exact quantiles, not estimates; most calls first. */
export async function performanceOf(
  reading: Reading,
  ctx: TenantContext,
  asked: Asked,
): Promise<readonly PerformanceRow[]> {
  const names = asked.by.map((dimension) => `by_${dimension}`);
  const figures = `count() as calls, countIf(status = 'failed') as failed,
    arrayElement(quantilesExactInclusive(0.5, 0.95)(latency_ms) as times, 1) as median, arrayElement(times, 2) as p95`;
  const rows = await reading.rows(
    ctx,
    asked,
    `select ${[...asked.by.map((dimension) => `${shownKey(dimension)} as shown_by_${dimension}`), '* except times'].join(', ')}
     from (select ${[...keysOf(asked.by), figures].join(', ')} from uses where ${COUNTED}
       ${names.length === 0 ? '' : `group by ${names.join(', ')}`})
     order by ${['calls desc', ...names].join(', ')} limit ${MAX_ROWS}`,
    row,
  );
  return rows
    .filter(({ calls }) => calls > 0)
    .map((found) => ({
      ...(Object.fromEntries(
        asked.by.map((dimension) => [dimension, String(found[`shown_by_${dimension}`])]),
      ) as Breakdown),
      calls: found.calls,
      failed: found.failed,
      medianMs: Math.round(found.median),
      p95Ms: Math.round(found.p95),
    }));
}
