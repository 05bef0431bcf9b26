import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withNewest, withOlder } from './threads.mjs';
import type { Thread } from '../types';

const PAGE = 3;
/** Made one a minute; of the same minute where two numbers are equal but for their fraction. */
const thread = (number: number): Thread => ({
  threadId: `thread_${String(number).padStart(6, '0')}`,
  title: `${number}`,
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, Math.floor(number))).toISOString(),
});
const numbers = (threads: readonly Thread[]): readonly number[] => threads.map(({ title }) => Number(title));
const threads = (...all: readonly number[]): readonly Thread[] => all.map(thread);

void test('WS-20 threads made elsewhere appear at the top, and older ones that were read stay', () => {
  assert.deepEqual(numbers(withNewest(threads(5, 4, 3, 2, 1), threads(6, 5, 4), PAGE)), [6, 5, 4, 3, 2, 1]);
});

void test('WS-20 threads deleted elsewhere disappear', () => {
  assert.deepEqual(numbers(withNewest(threads(5, 4, 3, 2, 1), threads(5, 3, 2), PAGE)), [5, 3, 2, 1]);
  assert.deepEqual(numbers(withNewest(threads(5, 4, 3), threads(3), PAGE)), [3]);
  assert.deepEqual(numbers(withNewest(threads(5, 4, 3), [], PAGE)), []);
});

void test('WS-20 threads renamed elsewhere have their new title', () => {
  const renamed = { ...thread(4), title: '400' };
  assert.deepEqual(numbers(withNewest(threads(5, 4, 3), [thread(5), renamed, thread(3)], PAGE)), [5, 400, 3]);
});

void test('WS-20 threads of one moment are ordered by id and listed once', () => {
  assert.deepEqual(
    numbers(withNewest(threads(2.5, 2.4, 2.3, 2.2), threads(2.5, 2.4, 2.3), PAGE)),
    [2.5, 2.4, 2.3, 2.2],
  );
});

void test('WS-20 the page after what is listed adds each thread once', () => {
  assert.deepEqual(numbers(withOlder(threads(5, 4), threads(4, 3))), [5, 4, 3]);
});

void test('WS-20 those that are found gone on the way to older ones disappear', () => {
  assert.deepEqual(numbers(withOlder(threads(5, 4, 3), threads(2, 1), threads(4, 3))), [5, 2, 1]);
});

void test('WS-20 whatever was listed, reading the newest page again lists what there is, once, as far as it was read', () => {
  const some = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 12 });
  fc.assert(
    fc.property(some, some, fc.integer({ min: 0, max: 12 }), (before, made, gone) => {
      const newestFirst = (all: readonly number[]): readonly number[] => [...all].sort((a, b) => b - a);
      const known = newestFirst(before);
      const now = newestFirst([...new Set([...before, ...made])].filter((number) => number !== gone));
      const listed = numbers(withNewest(threads(...known), threads(...now.slice(0, PAGE)), PAGE));
      assert.deepEqual(listed, newestFirst(listed));
      assert.equal(new Set(listed).size, listed.length);
      assert.deepEqual(listed.slice(0, PAGE), now.slice(0, PAGE));
    }),
  );
});
