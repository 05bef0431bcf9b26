import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { App } from '../server/app';
import { paceRequests, Pacing } from './pacing';

void test('LC-12 requests of one network begin 2 milliseconds apart, in order of coming', () => {
  const clock = new ControlledClock();
  const pacing = new Pacing(clock);
  const begun: string[] = [];
  for (const name of ['a1', 'a2', 'a3']) pacing.start('a', () => begun.push(name) > 0);
  assert.deepEqual(begun, ['a1']);
  clock.advance(1);
  assert.deepEqual(begun, ['a1']);
  clock.advance(1);
  assert.deepEqual(begun, ['a1', 'a2']);
  clock.advance(2);
  assert.deepEqual(begun, ['a1', 'a2', 'a3']);
});

void test('LC-04 who waits for a turn when the instance is told to stop begins at once, and so does whoever comes then', () => {
  const clock = new ControlledClock();
  const pacing = new Pacing(clock);
  const begun: string[] = [];
  for (const name of ['a1', 'a2', 'a3']) pacing.start('a', () => begun.push(name) > 0);
  pacing.end();
  assert.deepEqual(begun, ['a1', 'a2', 'a3']);
  for (const name of ['a4', 'a5']) pacing.start('a', () => begun.push(name) > 0);
  assert.deepEqual(begun, ['a1', 'a2', 'a3', 'a4', 'a5']);
  clock.advance(10);
  assert.equal(begun.length, 5);
});

void test('LC-12 who sends one request begins at once, however many of another network wait', () => {
  const clock = new ControlledClock();
  const pacing = new Pacing(clock);
  const begun: string[] = [];
  for (let place = 0; place < 100; place += 1) pacing.start('a', () => begun.push(`a${place}`) > 0);
  pacing.start('b', () => begun.push('b') > 0);
  assert.deepEqual(begun, ['a0', 'b']);
  for (let turns = 0; turns < 105; turns += 1) clock.advance(2);
  assert.equal(begun.length, 101);
  pacing.start('a', () => begun.push('later') > 0);
  assert.equal(begun.at(-1), 'later');
});

void test('LC-12 a request whose sender has gone before its turn is not begun: nothing would end it', () => {
  const clock = new ControlledClock();
  type Hook = (request: object, reply: object, done: () => void) => void;
  let hook: Hook | undefined;
  paceRequests(
    { addHook: (name: string, added: Hook) => name === 'onRequest' && (hook = added) } as unknown as App,
    clock,
    { watch: () => ({ [Symbol.dispose]: () => undefined }) },
  );
  const begun: string[] = [];
  const come = (name: string): { destroyed: boolean } => {
    const socket = { destroyed: false };
    hook?.({ ip: '192.0.2.1', raw: { socket } }, {}, () => begun.push(name) > 0);
    return socket;
  };
  come('first');
  const gone = come('gone');
  come('last');
  gone.destroyed = true;
  clock.advance(2);
  assert.deepEqual(begun, ['first', 'last']);
});
