import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { Secret } from '.';

const secret = new Secret('hunter2');

void test('CF-05 a secret is the same as another of the same text, whatever the lengths', () => {
  assert(secret.equals(new Secret('hunter2')));
  for (const other of ['hunter3', 'hunter22', 'HUNTER2', '']) assert(!secret.equals(new Secret(other)), other);
});

for (const [view, shown, expected] of [
  ['text', String(secret), '[secret]'],
  ['text, asked for', secret.toString(), '[secret]'],
  ['template', `a ${secret as unknown as string}`, 'a [secret]'],
  ['JSON', JSON.stringify({ secret }), '{"secret":"[secret]"}'],
  ['inspection', inspect({ secret }, { showHidden: true, depth: 9 }), '{ secret: [secret] }'],
  ['sum', '' + (secret as unknown as string), '[secret]'],
  ['copy', JSON.stringify({ ...secret }), '{}'],
  ['keys', Reflect.ownKeys(secret).join(), ''],
  ['number', String(Number(secret)), 'NaN'],
] as const) {
  void test(`CF-05 no view of a secret shows it: ${view}`, () => assert.equal(shown, expected));
}

void test('CF-05 a secret that cannot be opened says why to whoever uses it, and to nobody else', () => {
  const closed = new Secret(new Error('no key opens it'));
  assert.equal(String(closed), '[secret]');
  assert.throws(() => closed.reveal(), /no key opens it/);
});
