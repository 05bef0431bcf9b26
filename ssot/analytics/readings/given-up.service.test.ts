import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { aroundNow, callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { SlowHistory } from '../../../world/modules/analytics/slow-history';
import type { TenantContext } from '../../kernel';
import type { Analytics } from '..';

const LIMIT_MS = 2_000;

describe('a reading that nobody waits for', () => {
  let slow: SlowHistory;
  let usage: Analytics;
  let leo: TenantContext;
  before(async () => {
    leo = newReporter(stores);
    slow = await SlowHistory.open(stores);
    usage = await openUsage({}, slow.url);
    await usage.record(leo, [callOf('one')]);
    await slow.slowDown();
  });
  after(async () => {
    await usage[Symbol.asyncDispose]();
    await slow[Symbol.asyncDispose]();
  });

  for (const question of ['coverage', 'usage', 'cost', 'performance', 'opportunities'] as const) {
    void it(`AG-10 ClickHouse itself stops a reading that was given up: ${question}`, async () => {
      const off = new AbortController();
      const reading = usage[question](leo, { ...aroundNow(), by: [], signal: off.signal });
      const outcome = reading.catch((error: unknown) => (error as { code?: string }).code);
      await slow.untilUnderWay();
      off.abort(new Error('stopped'));
      assert.equal(await outcome, 'analytics_cancelled');
      await slow.untilIdle(LIMIT_MS);
    });
  }
});
