import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { BY_TARGET, HABIT, NOTE, PLAN, SHARED } from '../../../world/modules/state-manager/kinds';

const DAY = 86_400_000;
const at = { id: 'Q3 spend' };

for (const [durability, kind] of [
  ['volatile', NOTE],
  ['durable', PLAN],
] as const) {
  for (const [passed, isThere] of [
    [DAY - 1, true],
    [DAY, false],
  ] as const) {
    void test(`ST-06 ${passed} milliseconds later an entry is ${isThere ? 'there' : 'gone'}, from reads, lists and counts alike: ${durability}`, async () => {
      await using t = new StateTest();
      const [state, dana] = [await t.instance(), t.who('Dana')];
      await state.put(dana, kind, at, 'compare prices');
      t.notes.instances.endQuietly(passed);
      assert.equal((await state.list(dana, kind)).items.length, isThere ? 1 : 0);
      assert.equal((await state.get(dana, kind, at))?.value, isThere ? 'compare prices' : undefined);
      assert.deepEqual(await state.clear(dana, { scope: 'thread', id: at.id }), { removed: isThere ? 1 : 0 });
    });
  }

  void test(`ST-06 reading does not extend a life: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, kind, at, 'compare prices');
    t.notes.instances.endQuietly(DAY / 2);
    await state.get(dana, kind, at);
    await state.list(dana, kind);
    t.notes.instances.endQuietly(DAY / 2);
    assert.equal(await state.get(dana, kind, at), undefined);
  });

  void test(`ST-06 a change that names a lifetime gives it from now on, longer or shorter: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, kind, at, 'first');
    t.notes.instances.endQuietly(DAY / 2);
    const extended = await state.put(dana, kind, at, 'second', { lifetimeMs: 2 * DAY });
    assert.equal(extended.expiresAt.getTime() - t.clock.now(), 2 * DAY);
    t.notes.instances.endQuietly(DAY);
    assert.equal((await state.get(dana, kind, at))?.value, 'second');
    const shortened = await state.update(dana, kind, at, () => 'third', { lifetimeMs: 5_000 });
    assert.equal(shortened.expiresAt.getTime() - t.clock.now(), 5_000);
    t.notes.instances.endQuietly(5_000);
    assert.equal(await state.get(dana, kind, at), undefined);
  });

  void test(`ST-06 an entry written after another one's end lives its own whole life: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, kind, at, 'first', { lifetimeMs: 5_000 });
    t.notes.instances.endQuietly(5_000);
    const again = await state.put(dana, kind, at, 'second');
    assert.deepEqual([again.version, again.expiresAt.getTime() - t.clock.now()], [1, DAY]);
    const record = await state.get(dana, kind, at);
    assert.deepEqual([record?.value, record?.createdAt], ['second', new Date(t.clock.now())]);
  });

  for (const lifetimeMs of [1_000, 2_592_000_000]) {
    void test(`ST-06 a lifetime of ${lifetimeMs} milliseconds is taken as it is: ${durability}`, async () => {
      await using t = new StateTest();
      const state = await t.instance();
      const { expiresAt } = await state.put(t.who('Dana'), kind, at, 1, { lifetimeMs });
      assert.equal(expiresAt.getTime() - t.clock.now(), lifetimeMs);
    });
  }

  void test(`ST-06 Redis itself drops what no sweep finds 10 minutes after its end: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, kind, at, 'compare prices');
    const key = (await t.notes.instances.keysOf('Dana')).find((one) => one.includes('}:e:')) ?? '';
    const leftMs = await t.notes.instances.redis().pttl(key);
    assert.ok(Math.abs(leftMs - DAY - 600_000) < 30_000, `${leftMs} ms`);
  });
}

void test('ST-06 kinds of every scope end when their scope does', async () => {
  await using t = new StateTest();
  const [state, ada] = [await t.instance(), t.who('Ada')];
  const kinds = [
    ...[BY_TARGET.device, BY_TARGET.run, BY_TARGET.session, NOTE].map((kind) => [kind, { id: 'first' }] as const),
    ...[HABIT, SHARED].map((kind) => [kind, {}] as const),
  ];
  const ends: number[] = [];
  for (const [kind, place] of kinds) {
    ends.push((await state.put(ada, kind, place, 1)).expiresAt.getTime() - t.clock.now());
  }
  assert.deepEqual(ends, [1_800_000, 3_600_000, 43_200_000, DAY, 7 * DAY, 7 * DAY]);
});

void test("ST-06 by Redis' own time an entry ends for all instances at once, whatever their clocks say", async () => {
  await using t = new StateTest();
  await t.writers.startPairApart(300_000);
  await t.writers.noteThroughTheOneBehind('Dana', 'Q3 spend', 'compare prices', 60_000);
  assert.deepEqual(await t.writers.foundByBoth('Dana', 'Q3 spend'), ['compare prices', 'compare prices']);
});
