import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { COUNTER, NOTE, PLAN } from '../../../world/modules/state-manager/kinds';
import type { StateManager, WriteReceipt } from '../contract';
import type { StateError } from '../errors';

const at = { id: 'Q3 spend' };
const addOne = (now = 0): number => now + 1;

for (const [durability, kind] of [
  ['volatile', NOTE],
  ['durable', PLAN],
] as const) {
  void test(`ST-04 each change raises the version by one and keeps the time of creation and the end: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    const first = await state.put(dana, kind, at, 'first');
    const created = new Date(t.clock.now());
    t.clock.advance(300_000);
    const second = await state.put(dana, kind, at, 'second');
    assert.deepEqual([first.version, second.version], [1, 2]);
    assert.notEqual(first.rev, second.rev);
    const record = await state.get(dana, kind, at);
    assert.deepEqual(
      [record?.value, record?.version, record?.createdAt, record?.updatedAt, record?.expiresAt, record?.rev],
      ['second', 2, created, new Date(t.clock.now()), new Date(created.getTime() + 86_400_000), second.rev],
    );
    assert.deepEqual(second.expiresAt, record?.expiresAt);
    assert.deepEqual([first.durable, first.hotCopy, first.replayed], [durability === 'durable', 'fresh', false]);
  });

  void test(`ST-04 a write that expects another version is refused with what stands there: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    const first = await state.put(dana, kind, at, 'first');
    const second = await state.put(dana, kind, at, 'second', { expect: first.rev });
    for (const expect of [first.rev, 'absent'] as const) {
      await assert.rejects(state.put(dana, kind, at, 'third', { expect }), (error: StateError) => {
        assert.deepEqual(
          [error.code, error.winner?.value, error.winner?.rev],
          ['state_conflict', 'second', second.rev],
        );
        return true;
      });
    }
    assert.equal((await state.get(dana, kind, at))?.rev, second.rev);
    const elsewhere = { id: 'Q4 plan' };
    await assert.rejects(state.put(dana, kind, elsewhere, 'x', { expect: first.rev }), (error: StateError) => {
      assert.deepEqual([error.code, error.winner], ['state_conflict', undefined]);
      return true;
    });
    assert.equal(await state.get(dana, kind, elsewhere), undefined);
  });

  void test(`ST-04 twenty callers on two instances create one entry: one wins, all others are told the winner: ${durability}`, async () => {
    await using t = new StateTest();
    t.notes.kind = kind;
    await t.writers.createAtOnce('Dana', 20, 'Q3 spend');
    const stands = await t.notes.valueOf('Dana', 'Q3 spend');
    assert.deepEqual([t.writers.won.length, t.writers.lost.length], [1, 19]);
    for (const { code, winner } of t.writers.lost) {
      assert.deepEqual([code, winner?.value, winner?.version], ['state_conflict', stands, 1]);
    }
  });

  for (const [how, end] of [
    ['was removed', async (t: StateTest, state: StateManager) => void (await state.remove(t.who('Dana'), kind, at))],
    ['expired', (t: StateTest) => t.notes.instances.endQuietly(86_400_000)],
    ['was lost with Redis', (t: StateTest) => (kind === NOTE ? t.notes.instances.wipe('Dana') : undefined)],
  ] as const) {
    if (kind === PLAN && how === 'was lost with Redis') continue;
    void test(`ST-04 a change based on an entry that ${how} and was written again is refused: ${durability}`, async () => {
      await using t = new StateTest();
      const [state, dana] = [await t.instance(), t.who('Dana')];
      const before = await state.put(dana, kind, at, 'before');
      await end(t, state);
      const after = await state.put(dana, kind, at, 'after');
      assert.deepEqual([before.version, after.version], [1, 1]);
      await assert.rejects(state.put(dana, kind, at, 'outdated', { expect: before.rev }), { code: 'state_conflict' });
      assert.equal((await state.get(dana, kind, at))?.value, 'after');
    });
  }

  void test(`ST-04 an entry is removed only in the version its remover has seen: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    const first = await state.put(dana, kind, at, 'first');
    const second = await state.put(dana, kind, at, 'second');
    await assert.rejects(state.remove(dana, kind, at, { expect: first.rev }), (error: StateError) => {
      assert.deepEqual([error.code, error.winner?.value], ['state_conflict', 'second']);
      return true;
    });
    assert.equal((await state.get(dana, kind, at))?.value, 'second');
    assert.deepEqual(await state.remove(dana, kind, at, { expect: second.rev }), { removed: true });
    assert.deepEqual(await state.remove(dana, kind, at), { removed: false });
    assert.equal(await state.get(dana, kind, at), undefined);
  });

  void test(`ST-04 an update whose own calculation fails leaves value, version and end as they were: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, kind, at, 'first');
    const before = await state.get(dana, kind, at);
    const failure = new Error('the calculation failed');
    const fail = (): never => {
      throw failure;
    };
    await assert.rejects(state.update(dana, kind, at, fail, { lifetimeMs: 5_000 }), failure);
    assert.deepEqual(await state.get(dana, kind, at), before);
  });

  void test(`ST-09 a repeated write is given its own outcome, not that of a write since: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    const write = (): Promise<WriteReceipt> => state.put(dana, kind, at, 'first', { writeId: 'one write' });
    const first = await write();
    await state.put(dana, kind, at, 'since');
    const repeat = await write();
    assert.deepEqual([repeat.replayed, repeat.version, repeat.rev], [true, 1, first.rev]);
    assert.equal((await state.get(dana, kind, at))?.value, 'since');
  });

  for (const [later, replayed, version] of [
    [119_999, true, 1],
    [120_000, false, 2],
  ] as const) {
    void test(`ST-09 a write repeated under its name after ${later} milliseconds is ${replayed ? 'given the first outcome' : 'a new one'}: ${durability}`, async () => {
      await using t = new StateTest();
      const [state, dana] = [await t.instance(), t.who('Dana')];
      const write = (value: string): Promise<WriteReceipt> =>
        state.put(dana, kind, at, value, { writeId: 'one write' });
      const first = await write('first');
      t.notes.instances.endQuietly(later);
      const repeat = await write('again');
      assert.deepEqual([repeat.replayed, repeat.version], [replayed, version]);
      assert.equal(repeat.rev === first.rev, replayed);
      assert.deepEqual(repeat.expiresAt, first.expiresAt);
      assert.equal((await state.get(dana, kind, at))?.value, replayed ? 'first' : 'again');
      assert.equal((await write('again')).replayed, true);
    });
  }

  void test(`ST-09 the name of a write is its writer's own, and a refused write is not remembered: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana, ravi] = [await t.instance(), t.who('Dana'), t.who('Ravi')];
    const first = await state.put(dana, kind, at, 'hers', { writeId: 'one write' });
    assert.equal((await state.put(ravi, kind, at, 'his', { writeId: 'one write' })).replayed, false);
    const refused = { writeId: 'other write', expect: 'absent' } as const;
    await assert.rejects(state.put(dana, kind, at, 'x', refused), { code: 'state_conflict' });
    const repeated = await state.put(dana, kind, at, 'now', { writeId: 'other write', expect: first.rev });
    assert.deepEqual([repeated.replayed, repeated.version], [false, 2]);
  });
}

void test('ST-04 updates of one counter queue inside an instance', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  const receipts = await Promise.all(Array.from({ length: 40 }, () => state.update(dana, COUNTER, at, addOne)));
  assert.deepEqual(
    receipts.map(({ version }) => version),
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
  assert.equal((await state.get(dana, COUNTER, at))?.value, 40);
});

void test('ST-04 an update that fails does not hold up those behind it', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  const fail = (): never => {
    throw new Error('the calculation failed');
  };
  const failing = state.update(dana, COUNTER, at, fail);
  const behind = state.update(dana, COUNTER, at, addOne);
  await assert.rejects(failing, /the calculation failed/);
  assert.equal((await behind).version, 1);
});

void test('ST-04 an update between the readings of two instances is tried again, never lost', async () => {
  await using t = new StateTest();
  const dana = t.who('Dana');
  const states = await Promise.all([t.instance(), t.notes.instances.start()]);
  await Promise.all(
    Array.from({ length: 60 }, (_, i) => (states[i % 2] ?? states[0]).update(dana, COUNTER, at, addOne)),
  );
  assert.equal((await states[0].get(dana, COUNTER, at))?.value, 60);
});
