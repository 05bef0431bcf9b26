import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PriceEntry, PriceTable } from '../prices/prices';
import { firstFit, type Bucket } from './opportunities';

const AT = Date.UTC(2026, 4, 1);
const price = (model: string, input: string, more: Partial<PriceEntry> = {}): PriceEntry => ({
  ...{ provider: 'p', model, from: '2026-01-01T00:00:00Z', currency: 'USD' },
  perMillion: { input, cachedInput: '1', output: '10' },
  ...more,
});
const table = (...entries: readonly PriceEntry[]): PriceTable => ({ version: 'test', entries });
const prices = table(price('large', '4', { batchFactor: '0.5', smaller: 'small' }), price('small', '2'));

/** Ten calls of 100 tokens in, 20 of them cached, and 10 out. */
const calls = (more: Partial<Bucket> = {}): Bucket => ({
  ...{ provider: 'p', model: 'large', feature: 'chat', rest: false, period: 0, calls: 10 },
  ...{ wasted: false, repeated: false, background: false, opening: false, small: false },
  ...{ input: 1_000n, cached: 200n, output: 100n, again: 0n, ...more },
});
// 800 x 4 + 200 x 1 + 100 x 10, in millionths of a millionth.
const COST = 4_400_000_000n;
const fitOf = (more: Partial<Bucket>, of = prices): readonly unknown[] | undefined => {
  const fit = firstFit(calls(more), of, AT);
  return fit && [fit.kind, fit.cost, fit.saving, ...(fit.smaller === undefined ? [] : [fit.smaller])];
};
const all = { wasted: true, repeated: true, background: true, opening: true, small: true, again: 500n };

for (const [what, more, expected] of [
  ['what failed is saved whole', all, ['failed_or_superseded', COST, COST]],
  ['what was asked before is saved whole', { ...all, wasted: false }, ['repeated_prompt', COST, COST]],
  [
    'in the background the share of the batch price is saved',
    { ...all, wasted: false, repeated: false },
    ['batchable', COST, COST / 2n],
  ],
  [
    'of an opening that comes again the difference to the cached price is saved',
    { opening: true, small: true, again: 500n },
    ['cacheable_opening', COST, 500n * 3_000_000n],
  ],
  // 800 x 2 + 200 x 1 + 100 x 10 with the smaller one.
  [
    'a small call saves what the smaller model costs less',
    { small: true },
    ['small_call_on_large_model', COST, COST - 2_800_000_000n, 'small'],
  ],
  ['a call that is none of these saves nothing', {}, undefined],
] as const) {
  void test(`CH-06 the first kind of waste that a call fits: ${what}`, () => assert.deepEqual(fitOf(more), expected));
}

for (const [what, more, of, expected] of [
  ['a batch that costs the same', { background: true }, table(price('large', '4', { batchFactor: '1' })), undefined],
  ['a model without a batch price', { background: true }, table(price('large', '4')), undefined],
  ['an opening that is cached already', { opening: true, again: 0n }, prices, undefined],
  ['a cached price that is no lower', { opening: true, again: 500n }, table(price('large', '1')), undefined],
  ['a model without a smaller one', { small: true }, table(price('large', '4')), undefined],
  ['a smaller one without a price', { small: true }, table(price('large', '4', { smaller: 'small' })), undefined],
  [
    'a smaller one in another currency',
    { small: true },
    table(price('large', '4', { smaller: 'small' }), price('small', '2', { currency: 'EUR' })),
    undefined,
  ],
  [
    'a smaller one that costs as much',
    { small: true },
    table(price('large', '4', { smaller: 'small' }), price('small', '4')),
    undefined,
  ],
  ['what cost nothing and failed', { wasted: true, input: 0n, cached: 0n, output: 0n }, prices, undefined],
  [
    'a batch that saves nothing, whose opening does',
    { background: true, opening: true, again: 500n },
    table(price('large', '4', { batchFactor: '1' })),
    ['cacheable_opening', COST, 1_500_000_000n],
  ],
  [
    'an opening that saves nothing, of a small call',
    { opening: true, small: true },
    prices,
    ['small_call_on_large_model', COST, 1_600_000_000n, 'small'],
  ],
] as const) {
  void test(`CH-06 only what would really save is told: ${what}`, () => assert.deepEqual(fitOf(more, of), expected));
}

for (const [what, more, expected] of [
  ['what failed is told, at an amount that nobody knows', { wasted: true }, ['failed_or_superseded', 0n, 0n]],
  ['what was asked before as well', { repeated: true }, ['repeated_prompt', 0n, 0n]],
  ['of the rest nobody can say that something else costs less', { ...all, wasted: false, repeated: false }, undefined],
] as const) {
  void test(`CH-06 without a price ${what}`, () => {
    assert.deepEqual(fitOf({ ...more, model: 'unpriced' }), expected);
    assert.equal(firstFit(calls({ ...more, model: 'unpriced' }), prices, AT)?.price, undefined);
  });
}

void test('CH-06 the price of the moment of the calls is taken', () => {
  const later = table(price('large', '4'), price('large', '8', { from: '2026-06-01T00:00:00Z' }));
  const wasted = calls({ wasted: true, cached: 0n, output: 0n });
  assert.equal(firstFit(wasted, later, AT)?.cost, 4_000_000_000n);
  assert.equal(firstFit(wasted, later, Date.UTC(2026, 5, 1))?.cost, 8_000_000_000n);
});
