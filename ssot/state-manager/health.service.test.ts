import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { StateTest } from '../../support/module-tests/state/state-test';
import { eventually } from '../../world/eventually';
import { addressOf } from '../../world/settings';
import { NOTE } from '../../world/modules/state-manager/kinds';
import type { DurableStore } from '../kernel';
import type { StateHealth } from './contract';

async function healthOf(t: StateTest): Promise<[string, string | undefined]> {
  const { state, cause }: StateHealth = await (await t.instance()).health();
  return [state, cause];
}

/** A durable store whose changes have waited so long. */
const waiting = (real: DurableStore, behindMs: number): DurableStore => ({
  load: (...asked) => real.load(...asked),
  apply: (...asked) => real.apply(...asked),
  page: (...asked) => real.page(...asked),
  clear: (...asked) => real.clear(...asked),
  sweep: (...asked) => real.sweep(...asked),
  subscribe: (deliver) => real.subscribe(deliver),
  behindMs,
});

void test('ST-09 health is up when nothing is wrong, and says how long Redis takes', async () => {
  await using t = new StateTest();
  const health = await (await t.instance()).health();
  assert.deepEqual([health.state, health.cause, typeof health.latencyMs], ['up', undefined, 'number']);
});

for (const [entries, state, cause] of [
  [8, 'up', undefined],
  [9, 'degraded', 'Tenants that use 90 % or more of their quota: 1.'],
] as const) {
  void test(`ST-09 health of a tenant with ${entries} of 10 entries is ${state}`, async () => {
    // A database of its own: every tenant of a Redis is counted, those of other tests, too.
    const redis = new Redis(addressOf('SPEC_REDIS_URL'), { db: 9 });
    await redis.flushdb();
    await using t = new StateTest();
    using _end = { [Symbol.dispose]: () => redis.disconnect() };
    const instance = await t.notes.serveWith({ clock: t.clock, redis, limits: { tenantEntries: 10 } });
    const dana = t.who('Dana');
    for (let i = 1; i < entries; i++) await instance.put(dana, NOTE, { id: 'kept', item: `${i}` }, i);
    await instance.put(dana, NOTE, { id: 'kept', item: 'last' }, 'x', { lifetimeMs: 60_000 });
    const swept = await instance.put(t.who('Leo'), NOTE, { id: 'swept' }, 'ends soon', { lifetimeMs: 1_000 });
    assert.equal(swept.version, 1);
    t.clock.advance(30_000);
    const entriesOf = `${t.who('Leo').tenantId}}:e:`;
    await eventually(async () => assert.equal((await redis.keys('*')).join().includes(entriesOf), false));
    await eventually(async () => assert.deepEqual(await healthOf(t), [state, cause]));
  });
}

for (const [behindMs, state, cause] of [
  [30_000, 'up', undefined],
  [30_001, 'degraded', 'Changes of durable state have waited for more than 30 seconds to reach Redis.'],
] as const) {
  void test(`ST-09 health is ${state} when changes have waited for ${behindMs} milliseconds`, async () => {
    await using t = new StateTest();
    await t.notes.serveWith({ durable: waiting(await t.notes.instances.durable(), behindMs) });
    assert.deepEqual(await healthOf(t), [state, cause]);
  });
}

void test('ST-09 health names a sweep that is more than two minutes late', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  const { clock } = t.faults.waits;
  t.faults.cut();
  for (let passed = 0; passed < 160_000; passed += 1_000) {
    clock.advance(1_000);
    await turn();
  }
  await t.faults.restore();
  clock.advance(10_000);
  const late = 'Expired entries have not been removed for more than two minutes.';
  await eventually(async () => assert.deepEqual(await healthOf(t), ['degraded', late]));
});

void test('ST-09 health is down while Redis is unreachable', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  t.faults.cut();
  assert.deepEqual(await t.faults.calling(() => healthOf(t)), ['down', 'Redis does not answer.']);
});

void test('ST-09 a Redis that drops entries on its own is named as misconfigured', async () => {
  await using t = new StateTest();
  await t.ownRedis.start();
  assert.deepEqual(await healthOf(t), ['up', undefined]);
  await t.ownRedis.configure('maxmemory-policy', 'allkeys-lru');
  const cause = 'Redis drops entries on its own (maxmemory-policy allkeys-lru). Set it to noeviction.';
  assert.deepEqual(await healthOf(t), ['misconfigured', cause]);
});

void test('ST-05 a Redis without memory refuses every write whole and lets everything be removed', async () => {
  await using t = new StateTest();
  await t.ownRedis.start();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  for (const id of ['one', 'two', 'three']) await state.put(dana, NOTE, { id }, id);
  await t.ownRedis.configure('maxmemory', '1');
  const full = { code: 'state_out_of_memory', retryable: true };
  await assert.rejects(state.put(dana, NOTE, { id: 'four' }, 'four'), full);
  await assert.rejects(state.put(dana, NOTE, { id: 'one' }, 'changed'), full);
  assert.deepEqual(
    (await state.list(dana, NOTE)).items.map(({ record }) => record.value),
    ['three', 'two', 'one'],
  );
  assert.deepEqual(await state.remove(dana, NOTE, { id: 'one' }), { removed: true });
  assert.deepEqual(await state.clear(dana, { scope: 'thread', id: 'two' }), { removed: 1 });
  assert.deepEqual(await state.clear(dana, { user: dana.userId }), { removed: 1 });
});
