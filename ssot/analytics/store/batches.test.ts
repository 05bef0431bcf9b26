import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batches } from './batches';

/** Batches of at most three, each of which ends when it is told to. */
function begin() {
  const batches: (readonly string[])[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const joined = new Batches<string>(3, (items) => {
    batches.push(items);
    ends.push(Promise.withResolvers());
    return (ends.at(-1) as PromiseWithResolvers<void>).promise;
  });
  return { batches, ends, add: (...items: readonly string[]) => items.map((item) => joined.add(item)) };
}

void test('SP-09 what is asked for in one moment goes together, and what comes meanwhile in the next batch', async () => {
  const { batches, ends, add } = begin();
  const first = add('a', 'b');
  await Promise.resolve();
  assert.deepEqual(batches, [['a', 'b']]);
  const meanwhile = [...add('c'), ...add('d')];
  assert.deepEqual(batches, [['a', 'b']]);
  ends[0]?.resolve();
  await Promise.all(first);
  assert.deepEqual(batches.slice(1), [['c', 'd']]);
  ends[1]?.resolve();
  await Promise.all(meanwhile);
  const [later] = add('e');
  await Promise.resolve();
  ends[2]?.resolve();
  await later;
  assert.deepEqual(batches.slice(2), [['e']]);
});

void test('SP-09 a batch is bounded, and the rest follows in order', async () => {
  const { batches, ends, add } = begin();
  const all = add('a', 'b', 'c', 'd', 'e', 'f', 'g');
  for (const batch of [0, 1, 2]) {
    await new Promise(setImmediate);
    ends[batch]?.resolve();
  }
  await Promise.all(all);
  assert.deepEqual(batches, [['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
});

void test('SP-09 whoever was in a batch that fails is told so, and the others go on', async () => {
  const { ends, add } = begin();
  const [lost, ...more] = add('a', 'b', 'c', 'd');
  await Promise.resolve();
  const outcomes = Promise.allSettled([lost, ...more]);
  ends[0]?.reject(new Error('away'));
  await new Promise(setImmediate);
  ends[1]?.resolve();
  const statuses = (await outcomes).map(({ status }) => status);
  assert.deepEqual(statuses, ['rejected', 'rejected', 'rejected', 'fulfilled']);
});
