import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { BY_TARGET, HABIT, NOTE, PLAN } from '../../../world/modules/state-manager/kinds';
import type { Scope, StateManager } from '../contract';

const TARGETS = Object.keys(BY_TARGET) as (keyof typeof BY_TARGET)[];

async function keepTwoOfEach(t: StateTest, state: StateManager): Promise<void> {
  for (const target of TARGETS) {
    for (const id of ['first', 'second']) await state.put(t.who('Dana'), BY_TARGET[target], { id }, target);
  }
}

async function left(t: StateTest, state: StateManager): Promise<string[]> {
  const found: string[] = [];
  for (const target of TARGETS) {
    for (const id of ['first', 'second']) {
      if ((await state.get(t.who('Dana'), BY_TARGET[target], { id })) !== undefined) found.push(`${id} ${target}`);
    }
  }
  return found;
}

for (const target of TARGETS) {
  void test(`ST-11 clearing takes exactly the named target: ${target}`, async () => {
    await using t = new StateTest();
    const state = await t.instance();
    await keepTwoOfEach(t, state);
    const all = await left(t, state);
    const scope: Scope = target;
    assert.deepEqual(await state.clear(t.who('Dana'), { scope, id: 'first' }), { removed: 1 });
    assert.deepEqual(
      await left(t, state),
      all.filter((one) => one !== `first ${target}`),
    );
    assert.deepEqual(await state.clear(t.who('Dana'), { scope, id: 'first' }), { removed: 0 });
  });
}

void test('ST-11 clearing takes all kinds and items of its target, volatile and durable, and nothing of a colleague', async () => {
  await using t = new StateTest();
  const state = await t.instance();
  for (const name of ['Dana', 'Ravi'] as const) {
    for (const kind of [NOTE, PLAN]) {
      for (const item of ['a', 'b']) await state.put(t.who(name), kind, { id: 'Q3', item }, item);
      await state.put(t.who(name), kind, { id: 'Q3 plan' }, 'begins alike');
    }
  }
  assert.deepEqual(await state.clear(t.who('Dana'), { scope: 'thread', id: 'Q3' }), { removed: 4 });
  for (const kind of [NOTE, PLAN]) {
    assert.equal((await state.list(t.who('Dana'), kind)).items.length, 1);
    assert.equal((await state.list(t.who('Ravi'), kind)).items.length, 3);
  }
});

void test('ST-05 a clear that was cut off is finished by its repeat', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  const [state, dana] = [await t.instance(), t.who('Dana')];
  for (const kind of [NOTE, PLAN]) await state.put(dana, kind, { id: 'Q3 spend' }, 'kept');
  t.faults.cut();
  const clear = (): Promise<unknown> => state.clear(dana, { scope: 'thread', id: 'Q3 spend' });
  const code = await t.faults.calling(() => clear().catch((error: { code: string }) => error.code));
  assert.equal(code, 'state_hot_unavailable');
  await t.faults.restore();
  assert.deepEqual(await clear(), { removed: 1 });
  assert.deepEqual([(await state.list(dana, NOTE)).items, (await state.list(dana, PLAN)).items], [[], []]);
  assert.deepEqual(await t.stored.rows('Dana').then((rows) => rows[0]), '');
});

void test("ST-11 erasing takes everything of a user from both stores, what was set aside too, and nothing of a colleague's", async () => {
  await using t = new StateTest();
  const state = await t.instance();
  const [dana, ravi] = [t.who('Dana'), t.who('Ravi')];
  await state.put(dana, NOTE, { id: 'damaged' }, 1);
  await t.stored.damage('Dana');
  await assert.rejects(state.get(dana, NOTE, { id: 'damaged' }), { code: 'state_corrupted' });
  await keepTwoOfEach(t, state);
  await state.put(dana, HABIT, {}, 'short answers');
  await state.put(dana, PLAN, { id: 'Q3' }, 'compare prices', { writeId: 'hers' });
  for (const kind of [NOTE, PLAN]) await state.put(ravi, kind, { id: 'Q3' }, 'book a room');
  await state.clear(t.who('Ada'), { user: dana.userId });
  assert.deepEqual(await t.stored.keysNaming('Dana'), []);
  assert.equal((await t.stored.rows('Dana')).join('\n').includes(dana.userId), false);
  for (const kind of [NOTE, PLAN]) assert.equal((await state.get(ravi, kind, { id: 'Q3' }))?.value, 'book a room');
});

for (const [durability, kind] of [
  ['volatile', NOTE],
  ['durable, and Redis has lost everything', PLAN],
] as const) {
  void test(`ST-11 whoever still writes for an erased user is refused for 24 hours: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, kind, { id: 'Q3' }, 'compare prices', { writeId: 'before' });
    await state.clear(dana, { user: dana.userId });
    if (kind === PLAN) await t.notes.instances.wipe('Dana');
    const write = (): Promise<{ version: number }> => state.put(dana, kind, { id: 'Q3' }, 'back again');
    t.notes.instances.endQuietly(86_399_999);
    await assert.rejects(write(), { code: 'state_erased', retryable: false });
    assert.equal(await state.get(dana, kind, { id: 'Q3' }), undefined);
    t.notes.instances.endQuietly(1);
    assert.equal((await write()).version, 1);
  });
}

void test("ST-03 an administrator of another tenant erases and clears nothing of Dana's", async () => {
  await using t = new StateTest();
  const [state, dana, leo] = [await t.instance(), t.who('Dana'), t.who('Leo')];
  for (const kind of [NOTE, PLAN]) await state.put(dana, kind, { id: 'Q3' }, 'compare prices');
  assert.deepEqual(await state.clear(leo, { user: dana.userId }), { removed: 0 });
  assert.deepEqual(await state.clear(leo, { scope: 'thread', id: 'Q3' }), { removed: 0 });
  for (const kind of [NOTE, PLAN]) {
    assert.equal((await state.get(dana, kind, { id: 'Q3' }))?.value, 'compare prices');
    assert.equal((await state.put(dana, kind, { id: 'Q3' }, 'still mine')).version, 2);
  }
});

void test('ST-11 a change that was still waiting for its delivery when its user was erased is not kept', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  const [state, dana] = [await t.instance(), t.who('Dana')];
  t.faults.cut();
  const { hotCopy } = await t.faults.calling(() => state.put(dana, PLAN, { id: 'Q3' }, 'compare prices'));
  assert.equal(hotCopy, 'pending');
  const other = await t.notes.instances.start();
  await other.clear(t.who('Ada'), { user: dana.userId });
  await t.faults.restore();
  await t.faults.calling(() => state.get(dana, PLAN, { id: 'Q3' }, { fresh: 'latest' }));
  t.faults.waits.clock.advance(1_000);
  // The instance has nothing to deliver any more when it has closed.
  await state[Symbol.asyncDispose]();
  assert.deepEqual(await t.stored.keysNaming('Dana'), []);
  assert.equal((await t.stored.rows('Dana')).join('\n').includes(dana.userId), false);
});
