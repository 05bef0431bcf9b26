import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { systemClock } from '../../kernel';
import type { Slot } from '../contract';

const pool = { scope: 'tenant', name: 'answers' } as const;
const terms = { limit: 10, leaseMs: 30_000 } as const;

async function take(
  t: StateTest,
  leaseMs: number = terms.leaseMs,
  limit: number = terms.limit,
): Promise<Slot | undefined> {
  const answer = await (await t.instance()).takeSlot(t.who('Dana'), pool, { limit, leaseMs });
  return 'renew' in answer ? answer : undefined;
}

void test('ST-12 never more than the limit, over two instances; the others are told when the first comes free', async () => {
  await using t = new StateTest();
  await take(t);
  t.notes.instances.endQuietly(10_000);
  await t.slots.takeAtOnce('Dana', 20);
  assert.equal(t.slots.taken.length, 9);
  assert.deepEqual(t.slots.full, Array(11).fill({ full: 10, freeInMs: 20_000 }));
});

void test('ST-12 a slot that is renewed is kept for another lease', async () => {
  await using t = new StateTest();
  await t.slots.takeAtOnce('Dana', 10);
  t.notes.instances.endQuietly(29_000);
  assert.deepEqual(await Promise.all(t.slots.taken.map((slot) => slot.renew())), Array(10).fill(true));
  t.notes.instances.endQuietly(29_999);
  assert.equal(await take(t), undefined);
  t.notes.instances.endQuietly(1);
  assert.notEqual(await take(t), undefined);
});

void test('ST-12 a slot whose lease is over cannot be renewed, whether somebody else has it or not', async () => {
  await using t = new StateTest();
  const slot = await take(t, 30_000, 1);
  t.notes.instances.endQuietly(30_000);
  assert.equal(await slot?.renew(), false);
  const next = await take(t, 30_000, 1);
  assert.deepEqual([await slot?.renew(), await next?.renew()], [false, true]);
});

void test("ST-12 a slot that is given back is free at once, and giving it back again takes nobody else's", async () => {
  await using t = new StateTest();
  const slot = await take(t, 30_000, 1);
  assert.equal(await take(t, 30_000, 1), undefined);
  await slot?.[Symbol.asyncDispose]();
  const next = await take(t, 30_000, 1);
  assert.notEqual(next, undefined);
  await slot?.[Symbol.asyncDispose]();
  assert.equal(await take(t, 30_000, 1), undefined);
});

for (const leaseMs of [5_000, 300_000]) {
  void test(`ST-12 a lease of ${leaseMs} milliseconds lasts exactly so long`, async () => {
    await using t = new StateTest();
    const slot = await take(t, leaseMs, 1);
    t.notes.instances.endQuietly(leaseMs - 1);
    assert.equal(await slot?.renew(), true);
    t.notes.instances.endQuietly(leaseMs);
    assert.equal(await slot?.renew(), false);
  });
}

void test('ST-12 pools of another name, user or tenant are counted by themselves', async () => {
  await using t = new StateTest();
  const state = await t.instance();
  const one = { limit: 1, leaseMs: 5_000 };
  const pools = [
    [t.who('Dana'), pool],
    [t.who('Leo'), pool],
    [t.who('Dana'), { ...pool, name: 'uploads' }],
    [t.who('Dana'), { scope: 'user', name: 'answers' }],
    [t.who('Ravi'), { scope: 'user', name: 'answers' }],
    [t.who('Dana'), { scope: 'thread', id: 'a', name: 'answers' }],
    [t.who('Dana'), { scope: 'thread', id: 'b', name: 'answers' }],
  ] as const;
  for (const [ctx, which] of pools) assert.ok('renew' in (await state.takeSlot(ctx, which, one)));
  assert.deepEqual(await state.takeSlot(t.who('Ravi'), pool, one), { full: 1, freeInMs: 5_000 });
});

void test("ST-12 a lease is judged by the clock of Redis: an instance that is an hour ahead takes nobody's slot", async () => {
  await using t = new StateTest();
  const state = await t.notes.serveWith({ time: 'server' });
  const one = { limit: 1, leaseMs: 30_000 };
  assert.ok('renew' in (await state.takeSlot(t.who('Dana'), pool, one)));
  mock.timers.enable({ apis: ['Date'], now: systemClock.now() + 3_600_000 });
  try {
    assert.ok('full' in (await state.takeSlot(t.who('Dana'), pool, one)));
  } finally {
    mock.timers.reset();
  }
});
