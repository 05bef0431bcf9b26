import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sumsOf } from './sums.mjs';
import type { Report } from '../types';

const report = {
  ...{ verdict: 'sufficient', calls: 1_500, spend: { amount: '120.5', currency: 'USD' }, savings: null },
  ...{ spendInOtherCurrencies: [], period: { from: '2026-09-01T00:00:00.000Z', to: '2026-09-03T00:00:00.000Z' } },
} as unknown as Report;
const valuesOf = (more: object): readonly string[] =>
  sumsOf({ ...report, ...more }).map(([, value]) => value.replaceAll('\u00a0', ' '));

describe('the figures of a report at a glance', () => {
  test('AG-16 are spend, savings, calls and period', () => {
    const period = '2026-09-01 to 2026-09-02';
    assert.deepEqual(valuesOf({}), ['120.50 USD', 'unknown', '1,500', period]);
    assert.deepEqual(valuesOf({ savings: { amount: '3', currency: 'USD' } })[1], '3.00 USD');
    assert.deepEqual(
      valuesOf({ spendInOtherCurrencies: [{ amount: '1', currency: 'EUR' }] })[0],
      '120.50 USD and 1.00 EUR',
    );
    assert.deepEqual(valuesOf({ spend: null })[0], 'unknown');
  });

  for (const [what, more] of [
    ['the question was not understood', { verdict: 'out_of_scope' }],
    ['nothing was used', { calls: 0 }],
  ] as const) {
    test(`AG-16 are left out where ${what}`, () => assert.deepEqual(valuesOf(more), []));
  }
});
