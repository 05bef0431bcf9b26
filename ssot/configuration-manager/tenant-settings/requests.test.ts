import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../kernel';
import { ConfigurationError, plans, type Change } from '..';
import { assertRestorable, assertSettable, wantedBy } from './requests';

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

const NO_SETTING = 'is no setting of companies.';
const LISTED = `${NO_SETTING} GET /v1/settings lists them.`;
const A_NUMBER = 'Write a whole number from 1 to what your plan allows.';
const DAYS = 'Write a whole number of days from 90 to 2,555.';
const [A_FLAG, A_NAME] = ['Write true or false.', 'Write the name under which the server offers it.'];
const A_PRICE = 'Write provider, model, from, currency and perMillion (input, cachedInput, output) of each.';
const A_KEY = 'Write the key that the provider made for your company.';
const ODD_CHARACTER = 'has a control character or half a character.';

for (const [key, code, sentence, values] of [
  ['model.nam', 'unknown_setting', `${NO_SETTING} Did you mean "model.name"?`, ['x']],
  ['limits.threadPerPerson', 'unknown_setting', `${NO_SETTING} Did you mean "limits.threadsPerPerson"?`, [1]],
  // Half of it is alike.
  ['model.', 'unknown_setting', `${NO_SETTING} Did you mean "model.key"?`, ['x']],
  ['model', 'unknown_setting', LISTED, ['x']],
  ['stores.redisUrl', 'unknown_setting', LISTED, ['redis://x']],
  ['identity.masterKeys', 'unknown_setting', LISTED, ['x']],
  ['model.url', 'unknown_setting', `${NO_SETTING} Did you mean "model.key"?`, ['http://169.254.169.254']],
  ['constructor', 'unknown_setting', LISTED, ['x']],
  ['prototype', 'unknown_setting', LISTED, ['x']],
  ['__proto__', 'unknown_setting', LISTED, [{ reveal: 1 }]],
  ['x'.repeat(100), 'unknown_setting', LISTED, [1]],
  [
    'limits.threadsPerPerson',
    'invalid_setting',
    `is not a whole number. ${A_NUMBER}`,
    ['20', 20.5, null, undefined, 1e300, 9_007_199_254_740_992],
  ],
  ['limits.threadsPerPerson', 'invalid_setting', `is below 1. ${A_NUMBER}`, [0, -1]],
  ['chat.keptDays', 'invalid_setting', `is not a whole number. ${DAYS}`, ['90', 90.5]],
  ['chat.keptDays', 'invalid_setting', `is below 90. ${DAYS}`, [89]],
  ['chat.keptDays', 'invalid_setting', `is above 2,555. ${DAYS}`, [2_556]],
  ['identity.secondFactorRequired', 'invalid_setting', `is neither true nor false. ${A_FLAG}`, ['yes', 1]],
  ['model.wording', 'invalid_setting', `is neither true nor false. ${A_FLAG}`, ['yes', 1]],
  ['model.name', 'invalid_setting', `is no text. ${A_NAME}`, [['a'], 1, null]],
  ['model.name', 'invalid_setting', `is blank. ${A_NAME}`, ['', ' ']],
  ['model.name', 'invalid_setting', `${ODD_CHARACTER} ${A_NAME}`, ['gpt\n', 'gpt\u0000', 'gpt\ud83d']],
  ['model.name', 'invalid_setting', `has more than 200 characters. ${A_NAME}`, ['x'.repeat(201)]],
  ['model.key', 'invalid_setting', `is no text. ${A_KEY}`, [['sk-planted']]],
  ['model.key', 'invalid_setting', `has more than 1000 characters. ${A_KEY}`, ['x'.repeat(1_001)]],
  ['analytics.negotiatedPrices', 'invalid_setting', `is no list. ${A_PRICE}`, [{ openai: 1 }, 'x'.repeat(65_534)]],
  ['analytics.negotiatedPrices', 'invalid_setting', `has more than 64 KiB. ${A_PRICE}`, ['x'.repeat(65_535)]],
  [
    'analytics.negotiatedPrices',
    'invalid_setting',
    `holds something at "1.perMillion.input" that is not decimal text with at most six places. ${A_PRICE}`,
    [[PRICE, { ...PRICE, model: 'o1', perMillion: { ...PRICE.perMillion, input: '1.0000001' } }]],
  ],
  [
    'analytics.negotiatedPrices',
    'invalid_setting',
    `gives a model two prices from the same instant on. ${A_PRICE}`,
    [
      [PRICE, { ...PRICE, from: '2026-11-01T00:00:00.000Z' }],
      [PRICE, PRICE],
    ],
  ],
] as const) {
  for (const value of values) {
    const name = JSON.stringify({ [key]: value }).slice(0, 90);
    void test(`CF-02 a change is refused by name: ${name}`, () => {
      // As it is read from a request: one that is named `__proto__` is a field like all others.
      const { message, field, retryable, ...refused } = refusal({ set: Object.fromEntries([[key, value]]) });
      assert.deepEqual([refused.code, field, retryable], [code, key, false]);
      assert.equal(message, `Nothing was changed: "${key}" ${sentence}`);
    });
  }
}

void test('CF-02 what is well written is taken as it is', () => {
  for (const set of [
    {
      'model.name': 'نموذج 👨‍👩‍👧‍👦 "quoted" \\ $(rm) `x` %41 # \\u0000',
      'model.wording': false,
      'limits.threadsPerPerson': plans.enterprise.threadsPerPerson,
      'analytics.negotiatedPrices': [PRICE, { ...PRICE, from: '2026-12-01T00:00:00Z', batchFactor: '0.5' }],
      'chat.keptDays': 90,
    },
    { 'model.name': 'x'.repeat(200), 'limits.threadsPerPerson': 1, 'chat.keptDays': 2_555 },
    { 'identity.secondFactorRequired': true, 'model.key': 'x'.repeat(1_000) },
  ]) {
    const taken = checked({ ...why, set, remove: ['limits.connectionsPerPerson'] }, 'enterprise');
    assert.deepEqual([...taken], [...Object.entries(set), ['limits.connectionsPerPerson', undefined]]);
  }
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

const AT_ONCE = 'A change sets or removes from 1 to 50 settings.';
const WHY = 'write 3 to 500 characters that say why.';
const VERSION = '"expectedVersion" is the version of the settings you have read, a whole number.';
const AN_ID = 'The id of the request has 1 to 128 visible characters.';
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${i}`);
for (const [name, change, field, message] of [
  ['nothing in it', {}, 'set', AT_ONCE],
  ['51 settings', { remove: names(51) }, 'set', AT_ONCE],
  [
    'one setting twice',
    { set: { 'model.name': 'x' }, remove: ['model.name'] },
    'set',
    'A change names each setting once.',
  ],
  ['a reason too short', { reason: 'no' }, 'reason', `"reason" is too short: ${WHY}`],
  ['a blank reason', { reason: '    ' }, 'reason', `"reason" must not be blank: ${WHY}`],
  ['501 characters', { reason: 'x'.repeat(501) }, 'reason', `"reason" must have at most 500 characters: ${WHY}`],
  ['a version before the first', { expectedVersion: -1 }, 'expectedVersion', VERSION],
  ['half a version', { expectedVersion: 0.5 }, 'expectedVersion', VERSION],
  ['no request id', { requestId: '' }, 'requestId', AN_ID],
  ['a long request id', { requestId: 'x'.repeat(129) }, 'requestId', AN_ID],
] as const) {
  void test(`CF-03 a change is refused: ${name}`, () => {
    const refused = refusal({ ...(field !== 'set' && { remove: ['model.name'] }), ...change });
    assert.deepEqual([refused.code, refused.field, refused.message], ['invalid_setting', field, message]);
  });
}

void test('CF-03 a change is taken with as many settings, as little and as much to say as it may have', () => {
  for (const change of [
    { remove: names(50) },
    { remove: ['k1'], reason: 'why' },
    { set: { k1: 1 }, reason: 'x'.repeat(500), requestId: 'x'.repeat(128), expectedVersion: 2 ** 53 - 1 },
  ]) {
    assert.equal(wantedBy({ ...why, ...change }).size, change.remove?.length ?? 1);
  }
});

void test('CF-03 a setting that is removed has to be one, whatever the plan', () => {
  const closed = { ...why, remove: ['model.name', 'model.key'] };
  assert.deepEqual(
    [...checked(closed, 'free')],
    [
      ['model.name', undefined],
      ['model.key', undefined],
    ],
  );
  const { code, field, message } = refusal({ remove: ['model.name', 'model.nme'] });
  assert.deepEqual([code, field], ['unknown_setting', 'model.nme']);
  assert.equal(
    message,
    'None of the 2 settings was changed: "model.nme" is no setting of companies. Did you mean "model.name"?',
  );
});

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

void test('CF-07 settings of an earlier version are judged as if they were made now; what had none is taken back', () => {
  const earlier = new Map([
    ['model.name', 'x'],
    ['model.wording', undefined],
    ['model.temperature', undefined],
  ]);
  assertRestorable(earlier, 'mid');
  assert.throws(() => assertRestorable(earlier, 'early'), {
    ...{ code: 'setting_closed', field: 'model.name' },
    message: 'None of the 3 settings was changed: "model.name" is open from the mid plan on; yours is early.',
  });
});

void test('CF-02 names that are far longer than any setting’s are refused without a look for the nearest', () => {
  const set = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${at}`.padStart(20_000, 'x'), 1]));
  // The quickest of three, because the machine may be busy.
  const took = [1, 2, 3].map(() => {
    const began = performance.now();
    assert.match(
      refusal({ set }).message,
      /^None of the 50 settings was changed: "x{100}…" is no setting of companies\. GET \/v1\/settings lists them\./,
    );
    return performance.now() - began;
  });
  assert(Math.min(...took) < 20, `it took ${Math.min(...took)} ms`);
});
