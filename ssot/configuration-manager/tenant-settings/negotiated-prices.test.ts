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
  ['ten digits', of({ output: '1234567890' }), 'is not decimal text with at most six places'],
  ['a line break behind it', of({ output: '1.00\n' }), 'is not decimal text with at most six places'],
  ['a sign before it', of({ output: '$1.00' }), 'is not decimal text with at most six places'],
  ['a point alone', of({ output: '1.' }), 'is not decimal text with at most six places'],
  ['a negative amount', of({ cachedInput: '-1' }), 'is not decimal text with at most six places'],
  ['a provider that is no text', [{ ...PRICE, provider: 7 }], 'is no text'],
  ['a model without a name', [{ ...PRICE, model: '' }], 'is empty'],
  ['a long name', [{ ...PRICE, model: 'x'.repeat(201) }], 'has more than 200 characters'],
  ['a NUL', [{ ...PRICE, model: 'x\0' }], 'has a NUL character or half a character'],
  ['half a character', [{ ...PRICE, provider: '\ud83d' }], 'has a NUL character or half a character'],
  ['a factor as number', [{ ...PRICE, batchFactor: 0.5 }], 'is no text such as "2.50"'],
  ['a day', [{ ...PRICE, from: '2026-11-01' }], 'is no instant such as 2026-11-01T00:00:00Z'],
  ['a currency in small letters', [{ ...PRICE, currency: 'usd' }], 'is no currency such as USD'],
  ['a currency and more', [{ ...PRICE, currency: 'USDT' }], 'is no currency such as USD'],
  ['more and a currency', [{ ...PRICE, currency: '-USD' }], 'is no currency such as USD'],
  ['a currency that is no text', [{ ...PRICE, currency: null }], 'is no text'],
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
  ['with odd names', [{ ...PRICE, provider: 'x', model: `${'👍'.repeat(97)}\\u0000` }]],
  ['of two providers', [PRICE, { ...PRICE, provider: 'azure' }, { ...PRICE, model: 'gpt-4o-mini' }]],
  ['nine digits and six places', of({ input: '999999999.999999', output: '0' })],
  ['200 of them', Array.from({ length: 200 }, (_, at) => ({ ...PRICE, model: `m${at}` }))],
] as const) {
  void test(`CF-02 prices are taken as they were written: ${what}`, () =>
    assert.deepEqual(negotiatedPrices.parse(written), written));
}
