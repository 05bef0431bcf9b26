import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertProperty, constantFrom, integer, property, record } from 'fast-check';
import { ExpiringMap } from './expiring-map';
import { SlidingWindow } from './sliding-window';

const LIMIT = 3;
const SPAN_MS = 100;

/** How long to wait, looked for millisecond by millisecond. */
function waitAfter(taken: readonly number[], now: number): number {
  const isFull = (at: number): boolean => taken.filter((instant) => instant > at - SPAN_MS).length >= LIMIT;
  let wait = 0;
  while (isFull(now + wait)) wait += 1;
  return wait;
}

const attempt = record({ passing: integer({ min: 0, max: 60 }), then: constantFrom('kept', 'kept', 'taken back') });

void test('WS-10 in no stretch of time more is taken than the limit, and whoever waits as told is taken', () => {
  assertProperty(
    property(array(attempt, { maxLength: 40 }), (attempts) => {
      const window = new SlidingWindow(LIMIT, SPAN_MS);
      const taken: number[] = [];
      let now = 0;
      for (const { passing, then } of attempts) {
        now += passing;
        const wait = window.retryAfterMs(now);
        assert.equal(wait, waitAfter(taken, now));
        if (wait > 0) continue;
        window.record(now);
        if (then === 'kept') taken.push(now);
        else window.undo();
      }
    }),
    { numRuns: 300 },
  );
});

void test('WS-07 whoever says nothing for a minute is remembered no longer, and whoever does is', () => {
  const made: string[] = [];
  const map = new ExpiringMap<string, string>(60_000, () => `value ${made.push('')}`);
  assert.deepEqual([map.of('Dana', 0), map.of('Ravi', 1), map.of('Leo', 2)], ['value 1', 'value 2', 'value 3']);
  assert.deepEqual([map.of('Dana', 59_999), map.size], ['value 1', 3]);
  assert.deepEqual([map.of('Leo', 60_001), map.size], ['value 3', 2]);
  assert.deepEqual([map.of('Ravi', 60_001), map.size], ['value 4', 3]);
  assert.deepEqual([map.of('Dana', 119_999), map.size], ['value 5', 3]);
});
