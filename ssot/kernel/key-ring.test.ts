import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { KeyRing, SecretUnreadable, type MasterKey } from '.';

const key = (id: string): MasterKey => ({ id, key: randomBytes(32) });
const [first, second] = [key('first'), key('second')];
const place = { purpose: 'settings', about: 'tenant_a model.key' };

void test('CF-06 what one key sealed opens beside a newer one, which seals from then on', () => {
  const before = new KeyRing([first]).seal('sk-acme', place);
  const ring = new KeyRing([second, first]);
  assert.equal(ring.open(before, place).toString(), 'sk-acme');
  const after = ring.seal('sk-acme', place);
  assert.equal(new KeyRing([second]).open(after, place).toString(), 'sk-acme');
  assert.throws(() => new KeyRing([first]).open(after, place), SecretUnreadable);
});

void test('CF-06 a key that was added before it seals opens what other instances seal with it already', () => {
  const elsewhere = new KeyRing([second, first]).seal('sk-acme', place);
  assert.equal(new KeyRing([first, second]).open(elsewhere, place).toString(), 'sk-acme');
});

void test('CF-06 a lost key refuses only what it sealed, by name', () => {
  const [lost, kept] = [new KeyRing([first]).seal('sk-acme', place), new KeyRing([second]).seal('sk-acme', place)];
  const ring = new KeyRing([second]);
  assert.equal(ring.open(kept, place).toString(), 'sk-acme');
  assert.throws(
    () => ring.open(lost, place),
    (error: SecretUnreadable) =>
      error.code === 'secret_unreadable' && error.keyId === 'first' && error.message.includes('"first"'),
  );
});

for (const [name, elsewhere] of [
  ['for another company', { ...place, about: 'tenant_b model.key' }],
  ['for another purpose', { ...place, purpose: 'signing keys' }],
] as const) {
  void test(`CF-06 a sealed value does not open ${name}`, () => {
    const ring = new KeyRing([first]);
    assert.throws(() => ring.open(ring.seal('sk-acme', place), elsewhere), SecretUnreadable);
  });
}

void test('CF-06 a change of any single byte is noticed, and so is a cut', () => {
  const ring = new KeyRing([first]);
  const sealed = ring.seal('sk-acme', place);
  for (let at = 0; at < sealed.length; at++) {
    const damaged = Buffer.from(sealed);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.throws(() => ring.open(damaged, place), SecretUnreadable);
    assert.throws(() => ring.open(sealed.subarray(0, at), place), SecretUnreadable);
  }
});

void test('CF-06 equal values are never sealed alike, and derived keys differ by purpose and by key', () => {
  const ring = new KeyRing([first, second]);
  assert.notDeepEqual(ring.seal('sk-acme', place), ring.seal('sk-acme', place));
  const derived = [ring.derive('a'), ring.derive('b'), ...ring.deriveAll('c')].map((one) =>
    one.export().toString('hex'),
  );
  assert.equal(new Set(derived).size, 4);
  assert.deepEqual(ring.deriveAll('a')[0]?.export(), ring.derive('a').export());
});

void test('CF-06 a ring shows no key, whatever it is written into', () => {
  const ring = new KeyRing([first, second]);
  ring.derive('a');
  const shown = [JSON.stringify(ring), inspect(ring, { showHidden: true, depth: 9 }), inspect({ ...ring })].join();
  for (const { key: bytes } of [first, second]) {
    for (const spelling of ['hex', 'base64', 'latin1'] as const) {
      assert(!shown.includes(Buffer.from(bytes).toString(spelling)));
    }
  }
});

for (const [name, keys] of [
  ['no key', []],
  ['31 bytes', [{ id: 'a', key: randomBytes(31) }]],
  ['an id in capitals', [{ id: 'A', key: randomBytes(32) }]],
  ['two keys with one id', [key('a'), key('a')]],
] as const) {
  void test(`CF-06 a ring is refused: ${name}`, () => {
    assert.throws(() => new KeyRing(keys), { code: 'key_ring_invalid' });
  });
}
