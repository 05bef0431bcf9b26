import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesWithin, listPrices, priceAt, type PriceEntry, type PriceTable } from './prices';

const DAY_MS = 86_400_000;
const day = (number: number): number => Date.UTC(2026, 0, number);

function entry(model: string, from: number, input: string, more: Partial<PriceEntry> = {}): PriceEntry {
  const perMillion = { input, cachedInput: '1', output: '8' };
  return { provider: 'openai', model, from: new Date(from).toISOString(), currency: 'USD', perMillion, ...more };
}
// Not in the order of their days.
const table: PriceTable = {
  version: 'test',
  entries: [
    entry('gpt-4o', day(20), '3'),
    entry('gpt-4o', day(1), '5'),
    entry('gpt-4o', day(10), '4'),
    entry('gpt-4o-mini', day(10), '0.15'),
    entry('gpt-4o', day(5), '9', { provider: 'azure' }),
  ],
};
const inputPrice = (at: number, model = 'gpt-4o', provider = 'openai'): string | undefined =>
  priceAt(table, provider, model, at)?.perMillion.input;

for (const [when, at, price] of [
  ['before the first one nothing is known', day(1) - 1, undefined],
  ['from its first instant', day(1), '5'],
  ['until the last instant before the next', day(10) - 1, '5'],
  ['from the next one on', day(10), '4'],
  ['and the one after that', day(20), '3'],
  ['which stays', day(400), '3'],
] as const) {
  void test(`CH-05 of several prices of a model the latest that had begun is in force: ${when}`, () => {
    assert.equal(inputPrice(at), price);
  });
}

void test('CH-05 a price is of one model of one provider', () => {
  assert.deepEqual(
    [
      inputPrice(day(15), 'gpt-4o-mini'),
      inputPrice(day(9), 'gpt-4o-mini'),
      inputPrice(day(15), 'gpt-4o', 'azure'),
      inputPrice(day(15), 'gpt-4', 'openai'),
      inputPrice(day(15), 'gpt-4o', 'open'),
    ],
    ['0.15', undefined, '9', undefined, undefined],
  );
});

void test('CH-05 a period is cut where any price changes within it, once, in order, and not at its ends', () => {
  assert.deepEqual(changesWithin(table, day(1), day(20)), [day(5), day(10)]);
  assert.deepEqual(changesWithin(table, day(1) - 1, day(20) + 1), [day(1), day(5), day(10), day(20)]);
  assert.deepEqual(changesWithin(table, day(11), day(19)), []);
});

void test('CH-05 between two changes every price is the same throughout', () => {
  const cuts = [day(-5), ...changesWithin(table, day(-5), day(40)), day(40)];
  for (const [at, from] of cuts.slice(0, -1).entries()) {
    const to = cuts[at + 1] ?? from;
    for (const { provider, model } of table.entries) {
      assert.equal(inputPrice(from, model, provider), inputPrice(to - 1, model, provider));
    }
  }
});

void test('CH-05 every shipped price says where it is from, and since when, and a smaller model is priced, too', () => {
  assert(listPrices.entries.length > 0);
  for (const { provider, model, from, smaller, source, perMillion } of listPrices.entries) {
    assert.match(source ?? '', /\S/, model);
    assert(Number(perMillion.cachedInput) <= Number(perMillion.input), model);
    if (smaller === undefined) continue;
    const other = priceAt(listPrices, provider, smaller, Date.parse(from) + DAY_MS);
    assert(other !== undefined, `${smaller} of ${model}`);
    assert(Number(other.perMillion.input) < Number(perMillion.input), `${smaller} costs no less than ${model}`);
  }
});
