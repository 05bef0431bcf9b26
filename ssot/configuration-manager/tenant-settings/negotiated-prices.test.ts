import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiatedPrices } from './negotiated-prices';

const PRICE = {
  ...{ provider: 'openai', model: 'gpt-4o', from: '2026-11-01T00:00:00Z', currency: 'USD' },
  perMillion: { input: '1.00', cachedInput: '0.50', output: '4.00' },
};
const of = (perMillion: object): unknown => [{ ...PRICE, perMillion: { ...PRICE.perMillion, ...perMillion } }];

for (const [what, written, problem] of [
  ['a single price', PRICE, 'is no list'],
  ['a word in place of a price', ['cheap'], 'is no object'],
  ['a field of its own', [{ ...PRICE, discount: '0.1' }], 'has a field that is not known'],
  ['amounts that are no object', [{ ...PRICE, perMillion: '1.00' }], 'is no object'],
  ['an amount as number', of({ input: 1 }), 'is no text such as "2.50"'],
  ['seven places', of({ output: '1.0000001' }), 'is not decimal text with at most six places'],
  ['a negative amount', of({ cachedInput: '-1' }), 'is not decimal text with at most six places'],
  ['a provider that is no text', [{ ...PRICE, provider: 7 }], 'is no text'],
  ['a model without a name', [{ ...PRICE, model: '' }], 'is empty'],
  ['a long name', [{ ...PRICE, model: 'x'.repeat(201) }], 'has more than 200 characters'],
  ['a day', [{ ...PRICE, from: '2026-11-01' }], 'is no instant such as 2026-11-01T00:00:00Z'],
  ['a currency in small letters', [{ ...PRICE, currency: 'usd' }], 'is no currency such as USD'],
  ['201 prices', Array.from({ length: 201 }, (_, at) => ({ ...PRICE, model: `m${at}` })), 'holds more than 200 prices'],
  ['one price twice', [PRICE, PRICE], 'gives a model two prices from the same instant on'],
] as const) {
  void test(`CF-02 prices that cannot be counted with are refused: ${what}`, () => {
    const { error } = negotiatedPrices.safeParse(written);
    assert.equal(error?.issues[0]?.message, problem);
  });
}

for (const [what, written] of [
  ['none', []],
  ['with and without batches', [PRICE, { ...PRICE, model: 'gpt-4o-mini', batchFactor: '0.5' }]],
  ['one after the other', [PRICE, { ...PRICE, from: '2026-12-01T00:00:00Z' }]],
  ['nine digits and six places', of({ input: '999999999.999999', output: '0' })],
  ['200 of them', Array.from({ length: 200 }, (_, at) => ({ ...PRICE, model: `m${at}` }))],
] as const) {
  void test(`CF-02 prices are taken as they were written: ${what}`, () =>
    assert.deepEqual(negotiatedPrices.parse(written), written));
}
