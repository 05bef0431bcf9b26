import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { eventually } from '../../../world/eventually';
import { PLAN, POLICY } from '../../../world/modules/state-manager/kinds';
import type { DurableChange, DurableRef, DurableStore, TenantContext } from '../../kernel';
import type { Rev } from '../contract';
import type { StateError } from '../errors';

const at = { id: 'Q3 spend' };

/** The real store, which counts what it is asked to load and may hold the answers up; and hands out every change. */
class WatchedStore implements DurableStore {
  loads = 0;
  gate: Promise<void> | undefined;
  readonly changes: DurableChange[] = [];
  #deliver: ((change: DurableChange) => Promise<void>) | undefined;

  constructor(private readonly real: DurableStore) {}

  async load(ctx: TenantContext, ref: DurableRef): ReturnType<DurableStore['load']> {
    this.loads += 1;
    const found = await this.real.load(ctx, ref);
    await this.gate;
    return found;
  }
  apply: DurableStore['apply'] = (...asked) => this.real.apply(...asked);
  page: DurableStore['page'] = (...asked) => this.real.page(...asked);
  clear: DurableStore['clear'] = (...asked) => this.real.clear(...asked);
  sweep: DurableStore['sweep'] = (...asked) => this.real.sweep(...asked);
  subscribe(deliver: (change: DurableChange) => Promise<void>): AsyncDisposable {
    this.#deliver = deliver;
    return this.real.subscribe(async (change) => {
      this.changes.push(change);
      await deliver(change);
    });
  }
  get behindMs(): number {
    return this.real.behindMs;
  }

  /** As when a delivery is repeated, or comes late. */
  async deliverAgain(change: DurableChange | undefined): Promise<void> {
    if (change !== undefined) await this.#deliver?.(change);
  }
}

async function watched(t: StateTest): Promise<WatchedStore> {
  const store = new WatchedStore(await t.notes.instances.durable());
  await t.notes.serveWith({ durable: store });
  return store;
}

/** Where what Dana has in the thread is answered from. */
async function foundBy(t: StateTest): Promise<string> {
  const record = await (await t.instance()).get(t.who('Dana'), PLAN, at);
  return record === undefined ? 'nothing' : `${String(record.value)}, ${record.source}`;
}

void test('ST-10 after Redis was wiped the original answers, once, and its copy from then on', async () => {
  await using t = new StateTest();
  const store = await watched(t);
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'first');
  const { rev } = await state.put(dana, PLAN, at, 'second');
  await t.notes.instances.wipe('Dana');
  t.notes.instances.endQuietly(3_600_000);
  const warm = await state.get(dana, PLAN, at);
  const hot = await state.get(dana, PLAN, at);
  assert.deepEqual([warm?.source, hot?.source, store.loads], ['warm', 'hot', 1]);
  assert.deepEqual({ ...warm, source: 'hot' }, hot);
  assert.deepEqual([warm?.value, warm?.version, warm?.rev], ['second', 2, rev]);
  assert.equal(Number(warm?.expiresAt) - t.clock.now(), 23 * 3_600_000);
});

void test('ST-10 a hundred readers after the wipe cause one fetch from PostgreSQL', async () => {
  await using t = new StateTest();
  const store = await watched(t);
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'first');
  await t.notes.instances.wipe('Dana');
  const found = await Promise.all(Array.from({ length: 100 }, () => state.get(dana, PLAN, at)));
  assert.deepEqual([new Set(found.map((one) => one?.value)), store.loads], [new Set(['first']), 1]);
});

void test('ST-10 whoever asks after a change is not given what was being fetched before it', async () => {
  await using t = new StateTest();
  const store = await watched(t);
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'first');
  await t.notes.instances.wipe('Dana');
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const slow = state.get(dana, PLAN, at);
  await eventually(() => assert.equal(store.loads, 1));
  store.gate = undefined;
  await state.put(dana, PLAN, at, 'second');
  await t.notes.instances.wipe('Dana');
  assert.equal(await foundBy(t), 'second, warm');
  gate.resolve();
  await slow;
});

for (const [name, change, found] of [
  ['a newer value', 'second', 'second, hot'],
  ['a removal', undefined, 'nothing'],
] as const) {
  void test(`ST-10 a late fetch never puts an older value back over ${name}`, async () => {
    await using t = new StateTest();
    const store = await watched(t);
    const [state, dana] = [await t.instance(), t.who('Dana')];
    const other = await t.notes.instances.start();
    await state.put(dana, PLAN, at, 'first');
    await t.notes.instances.wipe('Dana');
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    const slow = state.get(dana, PLAN, at);
    await eventually(() => assert.equal(store.loads, 1));
    if (change === undefined) await other.remove(dana, PLAN, at);
    else await other.put(dana, PLAN, at, change);
    gate.resolve();
    await slow;
    store.gate = undefined;
    const copies = (await t.notes.instances.keysOf('Dana')).filter((key) => key.includes('}:e:'));
    assert.equal(copies.length, change === undefined ? 0 : 1);
    assert.equal(await foundBy(t), found);
  });

  void test(`ST-08 a change that is delivered late or again never puts an older value back over ${name}`, async () => {
    await using t = new StateTest();
    const store = await watched(t);
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, PLAN, at, 'first');
    if (change === undefined) await state.remove(dana, PLAN, at);
    else await state.put(dana, PLAN, at, change);
    const [created, changed] = store.changes;
    await store.deliverAgain(created);
    assert.equal(await foundBy(t), found);
    await store.deliverAgain(changed);
    await store.deliverAgain(created);
    assert.equal(await foundBy(t), found);
  });
}

void test('ST-08 a removal that is delivered late takes nothing newer away', async () => {
  await using t = new StateTest();
  const store = await watched(t);
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'first');
  await state.remove(dana, PLAN, at);
  await state.put(dana, PLAN, at, 'second');
  await store.deliverAgain(store.changes.find(({ op }) => op === 'removed'));
  assert.equal(await foundBy(t), 'second, hot');
});

void test('ST-08 every change is committed with its name, version and rising stamp, also the end of what had expired', async () => {
  await using t = new StateTest();
  const store = await watched(t);
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'first', { lifetimeMs: 5_000 });
  await state.put(dana, PLAN, at, 'second');
  t.notes.instances.endQuietly(5_000);
  await state.put(dana, PLAN, at, 'third');
  await state.remove(dana, PLAN, at);
  await state.remove(dana, PLAN, at);
  assert.deepEqual(
    store.changes.map(({ op, version }) => `${op} ${version}`),
    ['created 1', 'updated 2', 'expired 2', 'created 1', 'removed 1'],
  );
  const stamps = store.changes.map(({ stamp }) => stamp);
  assert.deepEqual(
    stamps,
    [...stamps].sort((one, other) => one - other),
  );
  assert.equal(JSON.stringify(store.changes).includes('third'), false);
});

for (const [passed, found] of [
  [29_999, 'first, hot'],
  [30_000, 'second, warm'],
] as const) {
  void test(`ST-10 ${passed} milliseconds after it was confirmed an old copy is ${found === 'first, hot' ? 'still' : 'no more'} trusted`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, PLAN, at, 'first');
    await t.stored.comeBackOlder('Dana', () => state.put(dana, PLAN, at, 'second'));
    t.notes.instances.endQuietly(passed);
    assert.equal(await foundBy(t), found);
  });
}

void test('ST-10 who asks for the latest is never given a copy, and no update is worked out from one', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  const first = await state.put(dana, PLAN, at, 'first');
  await t.stored.comeBackOlder('Dana', () => state.put(dana, PLAN, at, 'second'));
  assert.equal((await state.get(dana, PLAN, at))?.value, 'first');
  const expect: Rev = first.rev;
  await assert.rejects(state.put(dana, PLAN, at, 'third', { expect }), (error: StateError) => {
    assert.deepEqual([error.code, error.winner?.value, error.winner?.source], ['state_conflict', 'second', 'warm']);
    return true;
  });
  assert.equal((await state.get(dana, PLAN, at, { fresh: 'latest' }))?.value, 'second');
  await state.update(dana, PLAN, at, (now) => `${String(now)} and third`);
  assert.equal(await foundBy(t), 'second and third, hot');
});

void test('ST-06 a copy is no longer served once its entry has expired, however fresh it is', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'first', { lifetimeMs: 5_000 });
  t.notes.instances.endQuietly(5_000);
  assert.equal(await foundBy(t), 'nothing');
});

void test('ST-07 of copies, the one that was confirmed longest ago makes room', async () => {
  await using t = new StateTest();
  const state = await t.notes.serveWith({ limits: { userEntries: 2 } });
  const dana = t.who('Dana');
  for (const item of ['1', '2', '3']) {
    await state.put(dana, PLAN, { ...at, item }, item);
    t.notes.instances.endQuietly(1_000);
  }
  const copies = (await t.notes.instances.keysOf('Dana')).filter((key) => key.includes('}:e:'));
  assert.deepEqual(copies.map((key) => key.split(':').at(-1)).sort(), ['2', '3']);
  const records = await Promise.all(['1', '2', '3'].map((item) => state.get(dana, PLAN, { ...at, item })));
  assert.deepEqual(
    records.map((record) => record?.value),
    ['1', '2', '3'],
  );
});

void test("ST-07 what the tenant shares is nobody's quota", async () => {
  await using t = new StateTest();
  const state = await t.notes.serveWith({ limits: { userEntries: 1 } });
  for (const item of ['1', '2']) await state.put(t.who('Ada'), POLICY, { item }, item);
  assert.equal((await t.notes.instances.keysOf('Ada')).filter((key) => key.includes('}:e:')).length, 2);
  assert.equal((await state.get(t.who('Dana'), POLICY, { item: '1' }))?.source, 'hot');
});

void test('ST-09 a damaged copy is replaced from PostgreSQL and counted, a damaged original is refused', async () => {
  await using t = new StateTest();
  const counted: string[] = [];
  const metrics = { count: (name: string, labels = {}) => void counted.push(`${name} ${JSON.stringify(labels)}`) };
  const state = await t.notes.serveWith({ metrics: { gauge: () => {}, observe: () => {}, ...metrics } });
  const dana = t.who('Dana');
  await state.put(dana, PLAN, at, 'first');
  await t.stored.damage('Dana');
  assert.equal(await foundBy(t), 'first, warm');
  assert.equal(await foundBy(t), 'first, hot');
  assert.deepEqual(counted, ['state_corrupted_total {"kind":"spec-plan"}']);
  await t.stored.damageOriginal('Dana');
  await t.notes.instances.wipe('Dana');
  await assert.rejects(state.get(dana, PLAN, at), { code: 'state_corrupted' });
});
