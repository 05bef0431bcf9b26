import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pacing } from './pacing';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

void test('LC-13 of one network one request begins in each turn of the event loop, in order of coming', async () => {
  const pacing = new Pacing();
  const begun: string[] = [];
  for (const name of ['a1', 'a2', 'a3']) pacing.start('a', () => begun.push(name));
  assert.deepEqual(begun, ['a1']);
  await turn();
  assert.deepEqual(begun, ['a1', 'a2']);
  await turn();
  assert.deepEqual(begun, ['a1', 'a2', 'a3']);
});

void test('LC-13 who sends one request begins at once, however many of another network wait', async () => {
  const pacing = new Pacing();
  const begun: string[] = [];
  for (let place = 0; place < 100; place += 1) pacing.start('a', () => begun.push(`a${place}`));
  pacing.start('b', () => begun.push('b'));
  assert.deepEqual(begun, ['a0', 'b']);
  for (let turns = 0; turns < 105; turns += 1) await turn();
  assert.equal(begun.length, 101);
  pacing.start('a', () => begun.push('later'));
  assert.equal(begun.at(-1), 'later');
});
