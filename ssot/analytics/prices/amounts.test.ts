import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amountOf, costOf, millionths, share } from './amounts';
import type { PriceEntry } from './prices';

const priced = (input: string, cachedInput: string, output: string): PriceEntry => ({
  ...{ provider: 'p', model: 'm', from: '2026-01-01T00:00:00Z', currency: 'USD' },
  perMillion: { input, cachedInput, output },
});
const inUsd = (picos: bigint): string => amountOf(picos, 'USD').value;

for (const [what, tokens, price, cost] of [
  // By hand: 1,000,000 at 2.50 and 1,000,000 at 10.
  ['a million in and a million out', [1_000_000n, 0n, 1_000_000n], ['2.50', '1.25', '10'], '12.500000000000'],
  // (1,000 - 400) x 2.50 + 400 x 1.25 + 200 x 10, each a millionth.
  ['a part of it cached', [1_000n, 400n, 200n], ['2.50', '1.25', '10'], '0.004000000000'],
  ['all of it cached', [8n, 8n, 0n], ['3', '0.3', '15'], '0.000002400000'],
  ['one token at the smallest price', [1n, 0n, 0n], ['0.000001', '0', '0'], '0.000000000001'],
  ['only an answer', [0n, 0n, 3n], ['1', '1', '0.6'], '0.000001800000'],
  ['nothing', [0n, 0n, 0n], ['2.50', '1.25', '10'], '0.000000000000'],
  ['more than a number can hold', [9_007_199_254_740_993n, 0n, 0n], ['1', '1', '1'], '9007199254.740993000000'],
] as const) {
  void test(`CH-05 a cost is exact to the last of twelve places: ${what}`, () => {
    const [input, cachedInput, output] = tokens;
    const [ofInput, ofCached, ofOutput] = price;
    assert.equal(inUsd(costOf({ input, cachedInput, output }, priced(ofInput, ofCached, ofOutput))), cost);
  });
}

for (const [text, expected] of [
  ['0', 0n],
  ['2.50', 2_500_000n],
  ['0.000001', 1n],
  ['0.1', 100_000n],
  ['123456789.654321', 123_456_789_654_321n],
] as const) {
  void test(`CH-05 a price is read to the last of six places: ${text}`, () => assert.equal(millionths(text), expected));
}

for (const [cost, factor, expected] of [
  [10n, '0.5', 5n],
  [1n, '0.5', 1n],
  [3n, '0.5', 2n],
  [1n, '0.499999', 0n],
  [7n, '1', 7n],
  [1_000_000n, '0.000001', 1n],
] as const) {
  void test(`CH-06 a part of a cost is rounded half up, once: ${factor} of ${cost}`, () => {
    assert.equal(share(cost, factor), expected);
  });
}

void test('CH-05 what calls cost together is what they cost one by one', () => {
  const tokens = fc
    .record({ input: fc.bigInt(0n, 10n ** 9n), output: fc.bigInt(0n, 10n ** 9n), part: fc.bigInt(0n, 100n) })
    .map(({ input, output, part }) => ({ input, output, cachedInput: (input * part) / 100n }));
  const price = fc
    .tuple(fc.nat(10 ** 9), fc.nat(10 ** 9), fc.nat(10 ** 9))
    .map((some) => some.map((one) => `${Math.floor(one / 1e6)}.${String(one % 1e6).padStart(6, '0')}`));
  fc.assert(
    fc.property(fc.array(tokens), price, (calls, [input = '0', cachedInput = '0', output = '0']) => {
      const entry = priced(input, cachedInput, output);
      const sum = calls.reduce(
        (all, one) => ({
          input: all.input + one.input,
          cachedInput: all.cachedInput + one.cachedInput,
          output: all.output + one.output,
        }),
        { input: 0n, cachedInput: 0n, output: 0n },
      );
      const oneByOne = calls.reduce((all, one) => all + costOf(one, entry), 0n);
      assert.equal(costOf(sum, entry), oneByOne);
    }),
  );
});
