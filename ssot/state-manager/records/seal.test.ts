import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../../kernel';
import type { EntryKey } from '../keys';
import { Seal } from './seal';

const secret = new Uint8Array(32).fill(7);
const seal = new Seal(secret, systemRandom);
const key: EntryKey = { tenant: 'sm:{acme}:', owner: 'dana', name: 'thread:a:note:~' };

void test('ST-03 what is sealed opens under its own key, says nothing of itself and never looks the same', () => {
  const [one, other] = [seal.close('confidential-margin', key), seal.close('confidential-margin', key)];
  assert.equal(seal.open(one, key), 'confidential-margin');
  assert.notEqual(one, other);
  assert.equal(Buffer.from(one, 'base64').includes('confidential'), false);
});

void test('ST-03 another instance with the same secret opens it, one with another secret does not', () => {
  const sealed = seal.close('agreed', key);
  assert.equal(new Seal(secret, systemRandom).open(sealed, key), 'agreed');
  assert.equal(new Seal(new Uint8Array(32).fill(8), systemRandom).open(sealed, key), undefined);
});

for (const [name, elsewhere] of [
  ['another tenant', { ...key, tenant: 'sm:{birch}:' }],
  ['a colleague', { ...key, owner: 'ravi' }],
  ['another thread', { ...key, name: 'thread:b:note:~' }],
] as const) {
  void test(`ST-03 sealed bytes do not open where they were not sealed: ${name}`, () => {
    assert.equal(seal.open(seal.close('agreed', key), elsewhere), undefined);
  });
}

void test('ST-09 a change of any single byte is noticed, and so is a cut', () => {
  const bytes = Buffer.from(seal.close('agreed', key), 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.equal(seal.open(damaged.toString('base64'), key), undefined);
  }
  for (const length of [0, 27, bytes.length - 1]) {
    assert.equal(seal.open(bytes.subarray(0, length).toString('base64'), key), undefined);
  }
});

void test('ST-03 a cursor is taken back from its bearer alone, and unaltered', () => {
  const cursor = seal.signCursor('dana, all', ['12', '99']);
  assert.deepEqual(seal.readCursor('dana, all', cursor), ['12', '99']);
  assert.equal(seal.readCursor('leo, all', cursor), undefined);
  const [facts = '', signature = ''] = cursor.split('.');
  const forged = Buffer.from('["0","99"]').toString('base64url');
  for (const altered of [`${forged}.${signature}`, `${facts}.${signature.slice(1)}`, facts, '', '.']) {
    assert.equal(seal.readCursor('dana, all', altered), undefined);
  }
});

for (const bytes of [0, 31, 33]) {
  void test(`ST-03 a secret of ${bytes} bytes is refused`, () => {
    const message = `sealingKey has ${bytes} bytes; give it 32 random ones.`;
    const error = { code: 'state_misconfigured', field: 'sealingKey', message };
    assert.throws(() => new Seal(new Uint8Array(bytes), systemRandom), error);
  });
}
