import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../kernel';
import { ConfigurationError, plans, type Change } from '..';
import { assertSettable, wantedBy } from './requests';

const PRICE = {
  ...{ provider: 'openai', model: 'gpt-4o', from: '2026-11-01T00:00:00Z', currency: 'USD' },
  perMillion: { input: '1.00', cachedInput: '0.50', output: '4.00' },
};
const why = { expectedVersion: 0, reason: 'negotiated', requestId: 'r-1' };

function checked(change: Change, plan: Plan): ReturnType<typeof wantedBy> {
  const wanted = wantedBy(change);
  assertSettable(change, plan);
  return wanted;
}

function refusal(change: Partial<Change>, plan: Plan = 'enterprise'): ConfigurationError {
  let refused: unknown;
  assert.throws(
    () => checked({ ...why, ...change }, plan),
    (error: unknown) => (refused = error) instanceof ConfigurationError,
  );
  return refused as ConfigurationError;
}

for (const [written, code, message] of [
  [
    { 'model.nam': 'x' },
    'unknown_setting',
    'Nothing was changed: "model.nam" is no setting of companies. Did you mean "model.name"?',
  ],
  [
    { 'limits.threadPerPerson': 1 },
    'unknown_setting',
    'Nothing was changed: "limits.threadPerPerson" is no setting of companies. Did you mean "limits.threadsPerPerson"?',
  ],
  [{ 'stores.redisUrl': 'redis://x' }, 'unknown_setting', undefined],
  [{ 'identity.masterKeys': 'x' }, 'unknown_setting', undefined],
  [{ 'model.url': 'http://169.254.169.254' }, 'unknown_setting', undefined],
  [{ constructor: 'x' }, 'unknown_setting', undefined],
  [{ prototype: 'x' }, 'unknown_setting', undefined],
  [JSON.parse('{"__proto__": {"reveal": 1}}'), 'unknown_setting', undefined],
  [
    { 'limits.threadsPerPerson': '20' },
    'invalid_setting',
    'Nothing was changed: "limits.threadsPerPerson" is not a whole number. Write a whole number from 1 to what your plan allows.',
  ],
  [{ 'limits.threadsPerPerson': 20.5 }, 'invalid_setting', undefined],
  [{ 'limits.threadsPerPerson': 0 }, 'invalid_setting', undefined],
  [{ 'limits.threadsPerPerson': null }, 'invalid_setting', undefined],
  [{ 'limits.threadsPerPerson': 1e300 }, 'invalid_setting', undefined],
  [{ 'limits.threadsPerPerson': 9_007_199_254_740_993 }, 'invalid_setting', undefined],
  [{ 'model.wording': 'yes' }, 'invalid_setting', undefined],
  [{ 'model.wording': 1 }, 'invalid_setting', undefined],
  [{ 'model.name': ['a'] }, 'invalid_setting', undefined],
  [{ 'model.name': ' ' }, 'invalid_setting', undefined],
  [{ 'model.name': 'gpt\n' }, 'invalid_setting', undefined],
  [{ 'model.name': 'gpt\u0000' }, 'invalid_setting', undefined],
  [{ 'model.name': 'gpt\ud83d' }, 'invalid_setting', undefined],
  [{ 'model.name': 'x'.repeat(201) }, 'invalid_setting', undefined],
  [{ 'analytics.negotiatedPrices': { openai: 1 } }, 'invalid_setting', undefined],
  [
    { 'analytics.negotiatedPrices': [{ ...PRICE, perMillion: { ...PRICE.perMillion, input: '1.0000001' } }] },
    'invalid_setting',
    undefined,
  ],
  [
    { 'analytics.negotiatedPrices': [{ ...PRICE, perMillion: { ...PRICE.perMillion, input: '1.00\n' } }] },
    'invalid_setting',
    undefined,
  ],
  [{ 'analytics.negotiatedPrices': [{ ...PRICE, currency: 'usd' }] }, 'invalid_setting', undefined],
  [{ 'analytics.negotiatedPrices': [{ ...PRICE, discount: 1 }] }, 'invalid_setting', undefined],
  [
    { 'analytics.negotiatedPrices': [PRICE, { ...PRICE, from: '2026-11-01T01:00:00+01:00' }] },
    'invalid_setting',
    undefined,
  ],
  [
    { 'analytics.negotiatedPrices': Array.from({ length: 201 }, (_, i) => ({ ...PRICE, model: `m${i}` })) },
    'invalid_setting',
    undefined,
  ],
  [
    { 'analytics.negotiatedPrices': 'x'.repeat(65_535) },
    'invalid_setting',
    'Nothing was changed: "analytics.negotiatedPrices" has more than 64 KiB. Write provider, model, from, currency and perMillion (input, cachedInput, output) of each.',
  ],
] as const) {
  const name = JSON.stringify(written).slice(0, 90);
  void test(`CF-02 a change is refused by name: ${name}`, () => {
    const refused = refusal({ set: written as Record<string, unknown> });
    assert.equal(refused.code, code);
    assert.equal(refused.field, Object.keys(written as object)[0]);
    if (message !== undefined) assert.equal(refused.message, message);
  });
}

void test('CF-02 what is well written is taken as it is', () => {
  const set = {
    'model.name': 'نموذج 👨‍👩‍👧‍👦 "quoted" \\ $(rm) `x` %41 #',
    'model.wording': false,
    'limits.threadsPerPerson': plans.enterprise.threadsPerPerson,
    'analytics.negotiatedPrices': [PRICE, { ...PRICE, from: '2026-12-01T00:00:00Z', batchFactor: '0.5' }],
  };
  assert.deepEqual(Object.fromEntries(checked({ ...why, set, remove: ['model.key'] }, 'enterprise')), {
    ...set,
    'model.key': undefined,
  });
});

void test('CF-03 of several settings every one that is wrong is named with its limit, and none applies', () => {
  const { threadsPerPerson: most } = plans.free;
  const set = {
    'limits.threadsPerPerson': most + 1,
    'model.wording': false,
    'model.nme': 'x',
    'limits.connectionsPerPerson': 0,
  };
  const refused = refusal({ set }, 'free');
  assert.equal(refused.code, 'above_limit');
  assert.deepEqual(refused.limit, { name: 'threadsPerPerson', max: most });
  assert.equal(
    refused.message,
    `None of the 4 settings was changed: "limits.threadsPerPerson" is above ${most}, the most that your plan allows. ` +
      '"model.nme" is no setting of companies. Did you mean "model.name"? ' +
      '"limits.connectionsPerPerson" is below 1. Write a whole number from 1 to what your plan allows.',
  );
});

for (const plan of ['free', 'early'] as const) {
  for (const [key, value] of Object.entries({
    'model.name': 'x',
    'model.key': 'sk-x',
    'analytics.negotiatedPrices': [],
  })) {
    void test(`CF-05 ${key} is closed on the ${plan} plan`, () => {
      const refused = refusal({ set: { [key]: value } }, plan);
      assert.equal(refused.code, 'setting_closed');
      assert.equal(refused.message, `Nothing was changed: "${key}" is open from the mid plan on; yours is ${plan}.`);
    });
  }
}

void test('CF-05 the limit of the plan is allowed, and one more is not', () => {
  for (const plan of ['free', 'mid', 'enterprise'] as const) {
    const { connectionsPerPerson: most } = plans[plan];
    assert.equal(checked({ ...why, set: { 'limits.connectionsPerPerson': most } }, plan).size, 1);
    assert.equal(refusal({ set: { 'limits.connectionsPerPerson': most + 1 } }, plan).code, 'above_limit');
  }
});

for (const [name, change, field] of [
  ['nothing in it', {}, 'set'],
  ['51 settings', { remove: Array.from({ length: 51 }, (_, i) => `k${i}`) }, 'set'],
  ['one setting twice', { set: { 'model.name': 'x' }, remove: ['model.name'] }, 'set'],
  ['a reason too short', { remove: ['model.name'], reason: 'no' }, 'reason'],
  ['a blank reason', { remove: ['model.name'], reason: '    ' }, 'reason'],
  ['a reason of 501 characters', { remove: ['model.name'], reason: 'x'.repeat(501) }, 'reason'],
  ['a version before the first', { remove: ['model.name'], expectedVersion: -1 }, 'expectedVersion'],
  ['half a version', { remove: ['model.name'], expectedVersion: 0.5 }, 'expectedVersion'],
  ['no request id', { remove: ['model.name'], requestId: '' }, 'requestId'],
] as const) {
  void test(`CF-03 a change is refused: ${name}`, () => {
    const refused = refusal(change);
    assert.deepEqual([refused.code, refused.field], ['invalid_setting', field]);
  });
}

for (const value of [
  'sk-planted-credential\n',
  ['sk-planted-credential'],
  { key: 'sk-planted-credential' },
  `sk-planted-credential${'x'.repeat(1_000)}`,
]) {
  void test(`CF-06 a credential is refused without being repeated: ${typeof value} of ${JSON.stringify(value).length}`, () => {
    const refused = refusal({ set: { 'model.key': value } });
    assert.equal(refused.code, 'invalid_setting');
    assert(!JSON.stringify({ ...refused, message: refused.message }).includes('planted'));
  });
}

void test('CF-02 names that are far longer than any setting’s are refused without a look for the nearest', () => {
  const set = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${at}`.padStart(20_000, 'x'), 1]));
  // The quickest of three, because the machine may be busy.
  const took = [1, 2, 3].map(() => {
    const began = performance.now();
    assert.match(refusal({ set }).message, /"x{100}…" is no setting of companies\. GET \/v1\/settings lists them\./);
    return performance.now() - began;
  });
  assert(Math.min(...took) < 20, `it took ${Math.min(...took)} ms`);
});
