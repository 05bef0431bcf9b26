import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App } from './app';
import { paceRequests, Pacing } from './pacing';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

void test('LC-12 of one network one request begins in each turn of the event loop, in order of coming', async () => {
  const pacing = new Pacing();
  const begun: string[] = [];
  for (const name of ['a1', 'a2', 'a3']) pacing.start('a', () => begun.push(name));
  assert.deepEqual(begun, ['a1']);
  await turn();
  assert.deepEqual(begun, ['a1', 'a2']);
  await turn();
  assert.deepEqual(begun, ['a1', 'a2', 'a3']);
});

void test('LC-12 who sends one request begins at once, however many of another network wait', async () => {
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

void test('LC-12 a request whose sender has gone before its turn is not begun: nothing would end it', async () => {
  type Hook = (request: object, reply: object, done: () => void) => void;
  let hook: Hook | undefined;
  paceRequests({ addHook: (_: string, added: Hook) => (hook = added) } as unknown as App);
  const begun: string[] = [];
  const come = (name: string): { destroyed: boolean } => {
    const socket = { destroyed: false };
    hook?.({ ip: '192.0.2.1', raw: { socket } }, {}, () => begun.push(name));
    return socket;
  };
  come('first');
  const gone = come('gone');
  come('last');
  gone.destroyed = true;
  for (let turns = 0; turns < 4; turns += 1) await turn();
  assert.deepEqual(begun, ['first', 'last']);
});
