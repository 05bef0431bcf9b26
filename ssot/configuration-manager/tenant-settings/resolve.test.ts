import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { PLANS, SecretUnreadable, type Json, type Plan } from '../../kernel';
import { plans, Secret, type Base, type Explanation } from '..';
import { SETTING_KEYS } from './declarations';
import { resolve, type Resolved } from './resolve';

const PRICE = {
  ...{ provider: 'openai', model: 'gpt-4o', from: '2026-11-01T00:00:00Z', currency: 'USD' },
  perMillion: { input: '1.00', cachedInput: '0.50', output: '4.00' },
};
type Own = Readonly<Record<string, Json | SecretUnreadable>>;

/** The platform has a model of its own, from its environment or by default. */
function resolved(
  own: Own,
  { plan = 'enterprise', from = 'environment' }: { plan?: Plan; from?: 'default' | 'environment' } = {},
): Resolved {
  const base = {
    settings: { model: { url: 'https://m.example', name: 'platform-model', key: new Secret('platform-key') } },
    origins: new Map([['model.name', from]]),
  } as unknown as Base;
  return resolve(base, plan, { version: 7, values: new Map(Object.entries(own)) });
}
function explanation({ explanations }: Resolved, key: string): Explanation {
  const found = explanations.find((one) => one.key === key);
  assert(found !== undefined, key);
  return found;
}

for (const from of ['default', 'environment'] as const) {
  void test(`CF-01 a company's own setting wins over the platform's from its ${from}, which it hides`, () => {
    const without = resolved({}, { from });
    assert.equal(without.snapshot.settings.model.name, 'platform-model');
    assert.deepEqual(explanation(without, 'model.name'), {
      ...{ key: 'model.name', isSecret: false, source: from, value: 'platform-model', hides: [] },
    });
    const own = resolved({ 'model.name': 'acme-model' }, { from });
    assert.equal(own.snapshot.settings.model.name, 'acme-model');
    assert.deepEqual(explanation(own, 'model.name'), {
      ...{ key: 'model.name', isSecret: false, source: 'tenant', value: 'acme-model' },
      hides: [{ source: from, value: 'platform-model' }],
    });
  });
}

void test('CF-01 an administrator without settings of their own is told of all there are, and where each is from', () => {
  const { snapshot, explanations } = resolved({});
  const { threadsPerPerson, connectionsPerPerson } = plans.enterprise;
  const none = { isSecret: false, source: 'default', hides: [] };
  assert.deepEqual(explanations, [
    { key: 'analytics.negotiatedPrices', ...none, value: [] },
    { key: 'chat.keptDays', ...none, value: 90 },
    { key: 'identity.secondFactorRequired', ...none, value: false },
    { key: 'limits.connectionsPerPerson', ...none, value: connectionsPerPerson, max: connectionsPerPerson },
    { key: 'limits.threadsPerPerson', ...none, value: threadsPerPerson, max: threadsPerPerson },
    { key: 'model.wording', ...none, value: true },
    { key: 'model.name', ...none, source: 'environment', value: 'platform-model' },
    { key: 'model.key', ...none, isSecret: true },
  ]);
  const { analytics, chat, identity, model } = snapshot.settings;
  assert.deepEqual([snapshot.version, analytics, chat], [7, { negotiatedPrices: [] }, { keptDays: 90 }]);
  assert.deepEqual(identity, { secondFactorRequired: false });
  assert.deepEqual([model.wording, model.name, model.key.reveal()], [true, 'platform-model', 'platform-key']);
});

void test('CF-01 all that a company sets for itself is in force', () => {
  const own = { 'chat.keptDays': 365, 'identity.secondFactorRequired': true, 'model.wording': false };
  const found = resolved({ ...own, 'limits.connectionsPerPerson': 2, 'analytics.negotiatedPrices': [PRICE] });
  const { settings, limits } = found.snapshot;
  assert.deepEqual(settings.analytics, { negotiatedPrices: [PRICE] });
  assert.deepEqual([settings.chat, settings.identity], [{ keptDays: 365 }, { secondFactorRequired: true }]);
  assert.deepEqual([settings.model.wording, settings.model.name], [false, 'platform-model']);
  assert.deepEqual(limits, { ...plans.enterprise, connectionsPerPerson: 2 });
  assert.deepEqual(explanation(found, 'limits.connectionsPerPerson'), {
    ...{ key: 'limits.connectionsPerPerson', isSecret: false, source: 'tenant', value: 2 },
    ...{ hides: [{ source: 'default', value: 50 }], max: 50 },
  });
});

void test('CF-01 "none" chosen on purpose is not taken for a setting never made', () => {
  const never = resolved({});
  const onPurpose = resolved({ 'analytics.negotiatedPrices': [], 'model.wording': true });
  for (const key of ['analytics.negotiatedPrices', 'model.wording']) {
    assert.deepEqual(explanation(onPurpose, key).value, explanation(never, key).value);
    assert.deepEqual([explanation(never, key).source, explanation(onPurpose, key).source], ['default', 'tenant']);
  }
});

void test('CF-02 a reader who alters what it was given alters nothing for others', () => {
  const { snapshot, explanations } = resolved({ 'analytics.negotiatedPrices': [PRICE] });
  const [price] = snapshot.settings.analytics.negotiatedPrices;
  for (const [target, change] of [
    [snapshot, { version: 9 }],
    [snapshot.settings, { model: {} }],
    [snapshot.settings.model, { name: 'other' }],
    [snapshot.limits, { threadsPerPerson: 1e9 }],
    [price, { currency: 'EUR' }],
    [price?.perMillion, { input: '0' }],
    [snapshot.settings.analytics.negotiatedPrices, { 0: PRICE }],
    [explanations[0], { source: 'tenant' }],
  ] as const) {
    assert.throws(() => Object.assign(target as object, change), TypeError);
  }
});

void test('CF-03 a stored number that is not allowed any more is held to the nearest that is, and the reason is told', () => {
  const { threadsPerPerson } = plans.free;
  const found = resolved({ 'limits.threadsPerPerson': threadsPerPerson + 1 }, { plan: 'free' });
  assert.equal(found.snapshot.limits.threadsPerPerson, threadsPerPerson);
  const { source, value, setAside } = explanation(found, 'limits.threadsPerPerson');
  assert.deepEqual([source, value], ['tenant', threadsPerPerson]);
  assert.equal(
    setAside,
    `Held to ${threadsPerPerson}, as much as the plan allows; what was set is ${threadsPerPerson + 1}.`,
  );
});

for (const [key, stored, reason] of [
  ['model.name', '', 'The value that is stored is blank; it is not in force.'],
  ['model.name', 12, 'The value that is stored is no text; it is not in force.'],
  ['model.wording', 'no', 'The value that is stored is neither true nor false; it is not in force.'],
  ['limits.threadsPerPerson', 0, 'The value that is stored is below 1; it is not in force.'],
  ['limits.threadsPerPerson', 2.5, 'The value that is stored is not a whole number; it is not in force.'],
] as const) {
  void test(`CF-03 a stored value that is not allowed any more is set aside, and the platform's applies: ${key} ${stored}`, () => {
    const [without, found] = [resolved({}), resolved({ [key]: stored })];
    assert.deepEqual(found.snapshot.settings, without.snapshot.settings);
    assert.deepEqual(found.snapshot.limits, without.snapshot.limits);
    assert.deepEqual(explanation(found, key), { ...explanation(without, key), setAside: reason });
  });
}

void test('CF-03 what only a newer release knows is passed over', () => {
  const found = resolved({ 'model.temperature': 1, __proto__: 1, constructor: 2 });
  assert.deepEqual(found.snapshot, resolved({}).snapshot);
  assert.deepEqual(
    found.explanations.map(({ key }) => key),
    SETTING_KEYS,
  );
});

void test("CF-05 every plan has its limits, and a company's own lower ones in their place", () => {
  for (const plan of PLANS) {
    assert.deepEqual(resolved({}, { plan }).snapshot.limits, plans[plan]);
    const { limits } = resolved({ 'limits.threadsPerPerson': 3 }, { plan }).snapshot;
    assert.deepEqual(limits, { ...plans[plan], threadsPerPerson: 3 });
  }
});

void test('CF-05 on a smaller plan a setting of a larger one is not in force, and is back when the company returns', () => {
  const own = { 'model.name': 'acme-model', 'analytics.negotiatedPrices': [PRICE] };
  const smaller = resolved(own, { plan: 'early' });
  assert.deepEqual(smaller.snapshot.settings, resolved({}).snapshot.settings);
  const reason = 'This needs the mid plan or a larger one; it is back when the company has it.';
  assert.equal(explanation(smaller, 'model.name').setAside, reason);
  assert.equal(resolved(own, { plan: 'mid' }).snapshot.settings.model.name, 'acme-model');
});

void test("CF-06 a key that does not open is refused by name, and the platform's is never used instead", () => {
  const found = resolved({ 'model.key': new SecretUnreadable('2025-01', 'key_lost') });
  assert.throws(() => found.snapshot.settings.model.key.reveal(), /"2025-01"/);
  const { setAside, ...rest } = explanation(found, 'model.key');
  assert.deepEqual(rest, { key: 'model.key', isSecret: true, source: 'tenant', hides: [{ source: 'default' }] });
  assert.match(setAside ?? '', /"2025-01", which is not in MASTER_KEYS any more/);
});

void test('CF-06 what is explained and handed out shows no credential', () => {
  const found = resolved({ 'model.key': 'sk-acme' });
  assert.equal(found.snapshot.settings.model.key.reveal(), 'sk-acme');
  assert.deepEqual(explanation(found, 'model.key'), {
    ...{ key: 'model.key', isSecret: true, source: 'tenant', hides: [{ source: 'default' }] },
  });
  const shown = JSON.stringify(found) + inspect(found, { depth: 9, showHidden: true });
  assert(!shown.includes('sk-acme') && !shown.includes('platform-key'));
});
