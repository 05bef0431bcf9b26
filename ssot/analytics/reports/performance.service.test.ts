import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { newReporter } from '../../../world/modules/analytics/analytics-under-test';
import { addressOf } from '../../../world/settings';
import { plans } from '../../configuration-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor, type TenantContext } from '../../kernel';
import { openAnalytics } from '../analytics';
import type { Analytics, UsageEvent } from '../contract';

// ClickHouse lets uses of another time go by its own clock.
const clock = systemClock;
/** Latencies in milliseconds of completed calls, and how many more failed at once. */
const CALLS = {
  quick: { latencies: [100, 200, 300], failed: 1 },
  slow: { latencies: Array.from({ length: 100 }, (_, at) => (at + 1) * 100), failed: 0 },
} as const;

describe('how calls went, on real ClickHouse', () => {
  let analytics: Analytics;
  let ctx: TenantContext;
  const day = { from: '', to: '' };

  before(async () => {
    ctx = newReporter(stores);
    analytics = await openAnalytics(
      { url: addressOf('SPEC_CLICKHOUSE_URL') },
      { plans, clock, random: systemRandom, log: silentLogger, metrics: noMetrics },
    );
    const at = new Date(clock.now() - 3_600_000).toISOString();
    day.from = new Date(clock.now() - 86_400_000).toISOString();
    day.to = new Date(clock.now()).toISOString();
    const events = Object.entries(CALLS).flatMap(([model, { latencies, failed }]) => [
      ...latencies.map((latencyMs) => ({ model, latencyMs, status: 'completed' as const })),
      ...Array.from({ length: failed }, () => ({ model, latencyMs: 0, status: 'failed' as const })),
    ]);
    await analytics.record(
      ctx,
      events.map((call, index): UsageEvent => ({
        ...{ eventId: `call-${index}`, at, provider: 'openai', feature: 'chat', background: false },
        ...{ inputTokens: 10, cachedInputTokens: 0, outputTokens: 1 },
        ...call,
      })),
    );
  });
  after(() => analytics[Symbol.asyncDispose]());

  test('AG-16 failures and exact quantiles of times, for each model and for all', async () => {
    const { data } = await analytics.performance(ctx, { ...day, by: ['model'] });
    assert.deepEqual(data, [
      { model: 'slow', calls: 100, failed: 0, medianMs: 5_050, p95Ms: 9_505 },
      { model: 'quick', calls: 4, failed: 1, medianMs: 150, p95Ms: 285 },
    ]);
    const all = await analytics.performance(ctx, { ...day, by: [] });
    assert.deepEqual([all.data[0]?.calls, all.data[0]?.failed], [104, 1]);
  });

  test('AG-16 a filter narrows it, and without calls there is no row', async () => {
    const quick = await analytics.performance(ctx, { ...day, by: [], where: { model: ['quick'] } });
    assert.deepEqual(quick.data, [{ calls: 4, failed: 1, medianMs: 150, p95Ms: 285 }]);
    assert.deepEqual((await analytics.performance(ctx, { ...day, by: [], where: { model: ['none'] } })).data, []);
  });

  test('AG-16 nobody reads the calls of another company', async () => {
    const other = vouchFor({ ...ctx, tenantId: stores.ids.next('tenant') });
    assert.deepEqual((await analytics.performance(other, { ...day, by: ['model'] })).data, []);
  });
});
