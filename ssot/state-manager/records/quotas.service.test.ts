import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { NOTE, PLAN } from '../../../world/modules/state-manager/kinds';
import type { StateManager } from '../contract';
import type { StateLimits } from '../limits';

const at = (item: string): { id: string; item: string } => ({ id: 'kept', item });

/** Somebody's notes, a second apart, of so many bytes as JSON each. */
class Kept {
  private constructor(
    readonly t: StateTest,
    readonly state: StateManager,
  ) {}

  static async with(t: StateTest, limits: Partial<StateLimits>): Promise<Kept> {
    return new Kept(t, await t.notes.serveWith({ limits }));
  }

  async put(item: string, bytes = 3, who: 'Dana' | 'Ravi' | 'Leo' = 'Dana'): Promise<void> {
    await this.state.put(this.t.who(who), NOTE, at(item), 'x'.repeat(bytes - 2));
    this.t.notes.instances.endQuietly(1_000);
  }

  async items(who: 'Dana' | 'Ravi' | 'Leo' = 'Dana'): Promise<string> {
    const { items } = await this.state.list(this.t.who(who), NOTE, { limit: 200 });
    return items.map((one) => one.at.item).join(', ');
  }

  async counted(): Promise<string | null> {
    return this.t.notes.instances.redis().hget(`sm:{${this.t.who('Dana').tenantId}}:use`, 'n');
  }
}

const QUOTA = { code: 'state_quota_exceeded' };

void test('ST-07 the least recently used entry of the user makes room', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userEntries: 3 });
  for (const item of ['one', 'two', 'three']) await kept.put(item);
  t.notes.instances.endQuietly(10_000);
  await kept.state.get(t.who('Dana'), NOTE, at('one'));
  await kept.put('four');
  assert.equal(await kept.items(), 'four, three, one');
  assert.equal(await kept.counted(), '3');
});

void test('ST-07 more bytes than a user may keep make room the same way', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userBytes: 3_000 });
  for (const item of ['one', 'two', 'three']) await kept.put(item, 900);
  assert.equal(await kept.items(), 'three, two');
});

void test('ST-07 writing an entry again costs only its newest size', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userBytes: 4_000 });
  for (const item of ['one', 'two', 'three']) await kept.put(item, 600);
  for (let i = 0; i < 5; i++) await kept.put('three', 600);
  await kept.put('four', 3);
  assert.equal(await kept.items(), 'four, three, two, one');
});

void test('ST-07 what an entry has shrunk by is room again, however often it grows and shrinks', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userBytes: 4_000 });
  for (let i = 0; i < 5; i++) {
    await kept.put('one', 2_000);
    await kept.put('one', 300);
  }
  await kept.put('two', 300);
  assert.equal(await kept.items(), 'two, one');
});

void test('ST-07 an entry never makes room for itself', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userBytes: 2_500 });
  await kept.put('one', 600);
  await kept.put('two', 600);
  await kept.put('one', 1_500);
  assert.equal(await kept.items(), 'one');
});

void test('ST-07 what alone is larger than the quota is refused and takes nothing', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userBytes: 2_000 });
  await kept.put('one', 600);
  const message = /^The user has used up its quota of working state/;
  await assert.rejects(kept.put('two', 1_900), { ...QUOTA, message });
  assert.equal(await kept.items(), 'one');
});

void test('ST-07 what has expired makes room before anything that has not', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userEntries: 3 });
  for (const item of ['one', 'two', 'three']) await kept.put(item);
  await kept.state.put(t.who('Dana'), NOTE, at('two'), 'ends', { lifetimeMs: 1_000 });
  t.notes.instances.endQuietly(1_000);
  await kept.put('four');
  assert.equal(await kept.items(), 'four, three, one');
});

void test('ST-07 a user at both quotas makes room for themselves', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userEntries: 3, tenantEntries: 3 });
  for (const item of ['one', 'two', 'three', 'four']) await kept.put(item);
  assert.equal(await kept.items(), 'four, three, two');
});

void test('ST-05 a write that is refused for the tenant takes nothing of the user', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userEntries: 2, tenantBytes: 2_600 });
  await kept.put('one', 600);
  await kept.put('two', 600);
  await assert.rejects(kept.put('three', 1_500), { ...QUOTA, message: /^The tenant has used up/ });
  assert.equal(await kept.items(), 'two, one');
  assert.equal(await kept.counted(), '2');
});

void test('ST-07 a tenant at its quota may still change, end and replace what it has', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { tenantEntries: 3 });
  for (const item of ['one', 'two', 'three']) await kept.put(item);
  await assert.rejects(kept.put('four', 3, 'Ravi'), QUOTA);
  await kept.put('one', 5);
  await kept.state.remove(t.who('Dana'), NOTE, at('two'));
  await kept.put('four', 3, 'Ravi');
  await assert.rejects(kept.put('five'), QUOTA);
  assert.deepEqual([await kept.items(), await kept.items('Ravi')], ['three, one', 'four']);
});

void test('ST-07 what has expired makes room for the tenant at once', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { tenantEntries: 3 });
  for (const item of ['one', 'two', 'three']) await kept.put(item);
  t.notes.instances.endQuietly(86_400_000);
  await kept.put('four', 3, 'Ravi');
  assert.equal(await kept.counted(), '1');
});

void test("ST-07 a tenant's bytes have a quota too, and another tenant has its own", async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { tenantBytes: 3_000 });
  await kept.put('one', 900);
  await kept.put('two', 900);
  await assert.rejects(kept.put('three', 900), QUOTA);
  await kept.put('one', 900, 'Leo');
  assert.deepEqual([await kept.items(), await kept.items('Leo')], ['two, one', 'one']);
});

void test('ST-07 twenty thousand questions for entries that never existed leave Redis no larger', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, NOTE, at('one'), 1);
  const before = (await t.notes.instances.keysOf('Dana')).sort();
  for (let turn = 0; turn < 100; turn++) {
    const found = await Promise.all(Array.from({ length: 200 }, (_, i) => state.get(dana, NOTE, at(`${turn} ${i}`))));
    assert.ok(found.every((one) => one === undefined));
  }
  assert.deepEqual((await t.notes.instances.keysOf('Dana')).sort(), before);
});

void test('ST-07 what goes gives its bytes back, however often', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { tenantBytes: 3_000 });
  await kept.put('stays', 600);
  for (let i = 0; i < 10; i++) {
    await kept.put('comes and goes', 900);
    await kept.state.remove(t.who('Dana'), NOTE, at('comes and goes'));
    await kept.state.put(t.who('Dana'), NOTE, at('expires'), 'x'.repeat(900), { lifetimeMs: 1_000 });
    t.notes.instances.endQuietly(1_000);
  }
  await kept.put('last', 900);
  assert.equal(await kept.items(), 'last, stays');
});

void test('ST-07 copies of what PostgreSQL has make room before anything it has not, however new they are', async () => {
  await using t = new StateTest();
  const kept = await Kept.with(t, { userEntries: 3 });
  await kept.put('one');
  await kept.put('two');
  await kept.state.put(t.who('Dana'), PLAN, at('plan'), 'must last');
  t.notes.instances.endQuietly(1_000);
  await kept.put('three');
  assert.equal(await kept.items(), 'three, two, one');
  const plan = await kept.state.get(t.who('Dana'), PLAN, at('plan'));
  assert.deepEqual([plan?.value, plan?.source], ['must last', 'warm']);
  assert.equal(await kept.counted(), '3');
});

for (const [quota, limits] of [
  ["the user's entries", { userEntries: 2 }],
  ["the tenant's entries", { tenantEntries: 2 }],
  ["the user's bytes", { userBytes: 200 }],
  ["the tenant's bytes", { tenantBytes: 200 }],
] as const) {
  void test(`ST-07 a copy of what PostgreSQL has never takes the place of what it has not: ${quota}`, async () => {
    await using t = new StateTest();
    const kept = await Kept.with(t, limits);
    await kept.put('one');
    await kept.put('two');
    assert.equal(await kept.items(), 'two, one');
    const { hotCopy } = await kept.state.put(t.who('Dana'), PLAN, at('plan'), 'must last');
    assert.equal(hotCopy, 'fresh');
    assert.equal((await kept.state.get(t.who('Dana'), PLAN, at('plan')))?.source, 'warm');
    assert.equal(await kept.items(), 'two, one');
  });
}
