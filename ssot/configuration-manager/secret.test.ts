import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { Secret } from '.';

const secret = new Secret('hunter2');

void test('CF-05 a secret is the same as another of the same text, whatever the lengths', () => {
  assert(secret.equals(new Secret('hunter2')));
  for (const other of ['hunter3', 'hunter22', 'HUNTER2', '']) assert(!secret.equals(new Secret(other)), other);
});

for (const [view, shown] of [
  ['text', String(secret)],
  ['template', `${secret as unknown as string}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspection', inspect({ secret }, { showHidden: true, depth: 9 })],
  ['sum', '' + (secret as unknown as string)],
  ['copy', JSON.stringify({ ...secret })],
  ['keys', Reflect.ownKeys(secret).join()],
] as const) {
  void test(`CF-05 no view of a secret shows it: ${view}`, () => assert.doesNotMatch(shown, /hunter/));
}

void test('CF-05 a secret that cannot be opened says why to whoever uses it, and to nobody else', () => {
  const closed = new Secret(new Error('no key opens it'));
  assert.equal(String(closed), '[secret]');
  assert.throws(() => closed.reveal(), /no key opens it/);
});
