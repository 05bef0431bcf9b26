import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRing } from '../../kernel';
import type { EntryKey } from '../keys';
import { Seal } from './seal';

const ringOf = (...fills: readonly number[]): KeyRing =>
  new KeyRing(fills.map((fill) => ({ id: `key-${fill}`, key: new Uint8Array(32).fill(fill) })));
const seal = new Seal(ringOf(7));
const key: EntryKey = { tenant: 'sm:{acme}:', owner: 'dana', name: 'thread:a:note:~' };

void test('ST-03 what is sealed opens under its own key, says nothing of itself and never looks the same', () => {
  const [one, other] = [seal.close('confidential-margin', key), seal.close('confidential-margin', key)];
  assert.equal(seal.open(one, key), 'confidential-margin');
  assert.notEqual(one, other);
  assert.equal(Buffer.from(one, 'base64').includes('confidential'), false);
});

void test('ST-03 another instance with the same key opens it, one with another key does not', () => {
  const sealed = seal.close('agreed', key);
  assert.equal(new Seal(ringOf(7)).open(sealed, key), 'agreed');
  assert.equal(new Seal(ringOf(8)).open(sealed, key), undefined);
});

void test('ST-03 after the key was replaced what it sealed opens, and its cursors are taken back', () => {
  const [sealed, cursor] = [seal.close('agreed', key), seal.signCursor('dana', ['12'])];
  const rotated = new Seal(ringOf(8, 7));
  assert.equal(rotated.open(sealed, key), 'agreed');
  assert.deepEqual(rotated.readCursor('dana', cursor), ['12']);
  assert.equal(seal.open(rotated.close('agreed', key), key), undefined);
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
