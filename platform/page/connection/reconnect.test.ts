import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE } from '../../../ssot/websocket-manager';
import { attemptAfter, reconnectDelay } from './reconnect.mjs';

/** The waits of people whose luck is the least, half, and just below the most there is. */
const LUCK = [0, 0.5, 1 - Number.EPSILON] as const;

const SPREAD: readonly (readonly [string, keyof typeof CLOSE, number, number, number])[] = [
  ['the first try', 'restarting', 1, 250, 500],
  ['the second try', 'restarting', 2, 500, 1_000],
  ['the fifth try', 'overloaded', 5, 4_000, 8_000],
  ['the last try before the longest wait', 'overloaded', 6, 8_000, 16_000],
  ['the longest wait', 'overloaded', 7, 15_000, 30_000],
  ['a try long after', 'overloaded', 40, 15_000, 30_000],
  ['the first try after an idle connection', 'idle', 1, 250, 500],
];
for (const [name, code, attempt, half, most] of SPREAD) {
  void test(`WS-12 return delays are spread from 0 to a span that doubles: ${name}`, () => {
    const waits = LUCK.map((luck) => reconnectDelay(attempt, CLOSE[code], () => luck));
    assert.deepEqual(waits, [0, half, most]);
  });
}

void test('WS-12 a connection that broke without a close code is tried again like any other', () => {
  assert.equal(
    reconnectDelay(5, 1006, () => 0.5),
    4_000,
  );
});

void test('WS-12 after the device limit there is nothing to be had soon', () => {
  assert.deepEqual(
    LUCK.map((luck) => reconnectDelay(1, CLOSE.connection_limit, () => luck)),
    [30_000, 30_000, 30_000],
  );
});

for (const code of ['not_authenticated', 'not_allowed'] as const) {
  void test(`WS-12 who cannot come back as the same person does not try: ${code}`, () => {
    assert.deepEqual(
      LUCK.map((luck) => reconnectDelay(1, CLOSE[code], () => luck)),
      ['stop', 'stop', 'stop'],
    );
  });
}

for (const [name, openMs, next] of [
  ['lost at once', 0, 5],
  ['not yet stable', 59_999, 5],
  ['stable for a minute', 60_000, 1],
] as const) {
  void test(`WS-12 counting starts over after a stable connection: ${name}`, () => {
    assert.equal(attemptAfter(4, openMs), next);
  });
}
