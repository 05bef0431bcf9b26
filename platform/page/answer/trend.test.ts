import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bands } from './trend.mjs';

void test('AG-16 bars are stacked by model, and the highest is as high as the chart', () => {
  const trend = {
    currency: 'USD',
    models: ['large', 'small'],
    rows: [
      { at: '2026-05-01', amounts: ['3', '1'] },
      { at: '2026-05-02', amounts: ['0', '2'] },
    ],
  };
  assert.deepEqual(bands(trend), [
    { at: '2026-05-01', model: 'large', series: 0, column: 0, from: 0, to: 0.75 },
    { at: '2026-05-01', model: 'small', series: 1, column: 0, from: 0.75, to: 1 },
    { at: '2026-05-02', model: 'small', series: 1, column: 1, from: 0, to: 0.5 },
  ]);
});

void test('AG-16 where nothing was spent there is nothing to draw', () => {
  const rows = [{ at: '2026-05-01', amounts: ['0'] }];
  assert.deepEqual(bands({ currency: 'USD', models: ['large'], rows }), []);
});
