import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { WriteQueue } from './write-queue';

/** Stores letters; those of `refused` fail whatever they are stored with, and nothing ends before `gate` does. */
function letters({ refused = '', gate = Promise.resolve(), final = false } = {}) {
  const batches: string[] = [];
  const stored: string[] = [];
  const queue = new WriteQueue<string>(
    async (batch) => {
      batches.push(batch.join(''));
      await gate;
      if (batch.some((letter) => refused.includes(letter))) throw new Error(`not ${batch.join('')}`);
      stored.push(...batch);
    },
    () => !final,
  );
  return { queue, batches, stored };
}

void test('AG-01 what a run writes without waiting is stored in one transaction, in order', async () => {
  const { queue, batches } = letters();
  await queue.post('a');
  await queue.post('b');
  await queue.add('c');
  assert.deepEqual(batches, ['abc']);
});

void test('AG-01 a thought is stored when the run waits for something else', async () => {
  const { queue, stored } = letters();
  await queue.post('a');
  assert.deepEqual(stored, []);
  await nextTurn();
  await nextTurn();
  assert.deepEqual(stored, ['a']);
});

void test('AG-01 what comes while a transaction is under way is stored in the next', async () => {
  const gate = Promise.withResolvers<void>();
  const { queue, batches } = letters({ gate: gate.promise });
  await queue.post('a');
  await nextTurn();
  await nextTurn();
  await queue.post('b');
  const last = queue.add('c');
  gate.resolve();
  await last;
  assert.deepEqual(batches, ['a', 'bc']);
});

void test('AG-11 what is awaited is stored when it resolves', async () => {
  const gate = Promise.withResolvers<void>();
  const { queue, stored } = letters({ gate: gate.promise });
  const added = queue.add('a').then(() => [...stored]);
  gate.resolve();
  assert.deepEqual(await added, ['a']);
});

void test('AG-11 what was posted can be waited for, and why it is not stored is told', async () => {
  const { queue, stored, batches } = letters({ refused: 'b' });
  await queue.post('a');
  await queue.stored();
  assert.deepEqual(stored, ['a']);
  await queue.post('b');
  await assert.rejects(queue.stored(), { message: 'not b' });
  // Alone, it is not tried again.
  assert.deepEqual(batches, ['a', 'b']);
  await queue.reset();
  await queue.stored();
});

void test('AG-07 of writes that cannot be stored together, those before the one at fault are', async () => {
  const { queue, stored } = letters({ refused: 'c' });
  const [a, b] = [queue.add('a'), queue.add('b')];
  const c = queue.add('c');
  const d = queue.add('d');
  const ends = await Promise.allSettled([a, b, c, d]);
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected'],
  );
  assert.deepEqual(stored, ['a', 'b']);
});

void test('AG-07 whoever has waited for a write knows why it is not stored, and what comes next is', async () => {
  const { queue, stored } = letters({ refused: 'b' });
  await assert.rejects(queue.add('b'), { message: 'not b' });
  await queue.add('c');
  assert.deepEqual(stored, ['c']);
});

void test('AG-07 when the lease is lost, nothing is tried one by one', async () => {
  const { queue, batches } = letters({ refused: 'b', final: true });
  await queue.post('a');
  await assert.rejects(queue.add('b'), { message: 'not ab' });
  assert.deepEqual(batches, ['ab']);
});

void test('AG-07 after a thought that could not be stored nothing is, until the run is concluded', async () => {
  const { queue, stored } = letters({ refused: 'a' });
  await queue.post('a');
  await nextTurn();
  await nextTurn();
  await assert.rejects(queue.post('b'), { message: 'not a' });
  await assert.rejects(queue.add('c'), { message: 'not a' });
  await queue.reset();
  await queue.add('d');
  assert.deepEqual(stored, ['d']);
});

void test('AG-09 an agent that thinks without end waits until its thoughts are stored', async () => {
  const gate = Promise.withResolvers<void>();
  const { queue } = letters({ gate: gate.promise });
  let posted = 0;
  const thinking = (async () => {
    for (; posted < 100; posted += 1) await queue.post('a');
  })();
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  // One is being stored, and one is waited for behind sixteen.
  assert.ok(posted <= 32, `${posted} were taken`);
  gate.resolve();
  await thinking;
  assert.equal(posted, 100);
});
