import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { eventually } from '../../../world/eventually';
import { NOTE, PLAN } from '../../../world/modules/state-manager/kinds';

const DAY = 86_400_000;
const at = { id: 'Q3 spend' };

for (const [durability, kind] of [
  ['volatile', NOTE],
  ['durable', PLAN],
] as const) {
  for (const [name, lifetimeMs] of [
    ['as written', undefined],
    ['extended since', 2 * DAY],
  ] as const) {
    void test(`ST-06 what nobody reads again is gone from both stores within 30 seconds of its end: ${name}: ${durability}`, async () => {
      await using t = new StateTest();
      const state = await t.notes.serveWith({ clock: t.clock });
      await state.put(t.who('Dana'), kind, at, 'compare prices');
      if (lifetimeMs !== undefined) await state.put(t.who('Dana'), kind, at, 'all prices', { lifetimeMs });
      await state.put(t.who('Dana'), kind, { id: 'stays' }, 'stays', { lifetimeMs: 3 * DAY });
      t.notes.instances.endQuietly(lifetimeMs ?? DAY);
      t.clock.advance(30_000);
      await eventually(async () => {
        const keys = (await t.stored.entryKeys('Dana')).filter((key) => key.includes('}:e:'));
        assert.deepEqual([keys.length, keys[0]?.includes('stays')], [1, true]);
        const rows = (await t.stored.rows('Dana'))[0] ?? '';
        assert.equal(rows.split('\n').filter(Boolean).length, kind === PLAN ? 1 : 0);
      });
      const use = await t.notes.instances.redis().hget(`sm:{${t.who('Dana').tenantId}}:use`, 'n');
      assert.equal(use, '1');
    });
  }
}

void test('ST-06 two readers and the sweep meet one end: it is counted once', async () => {
  await using t = new StateTest();
  const state = await t.notes.serveWith({ clock: t.clock });
  const others = await Promise.all([t.notes.instances.start(), t.notes.instances.start()]);
  const dana = t.who('Dana');
  for (const item of ['1', '2', '3']) await state.put(dana, NOTE, { ...at, item }, item);
  await state.put(dana, NOTE, { ...at, item: 'ends' }, 'x', { lifetimeMs: 1_000 });
  t.notes.instances.endQuietly(1_000);
  const read = others.map((other) => other.get(dana, NOTE, { ...at, item: 'ends' }));
  t.clock.advance(30_000);
  assert.deepEqual(await Promise.all(read), [undefined, undefined]);
  const { tenantId, userId } = dana;
  await eventually(async () => {
    const redis = t.notes.instances.redis();
    assert.deepEqual(await redis.hmget(`sm:{${tenantId}}:use`, 'n', `n:${userId}`), ['3', '3']);
    assert.equal(await redis.zcard(`sm:{${tenantId}}:xp`), 3);
  });
});

void test('ST-06 a sweep takes more than one batch when more has expired', async () => {
  await using t = new StateTest();
  const state = await t.notes.serveWith({ clock: t.clock });
  const dana = t.who('Dana');
  for (let turn = 0; turn < 6; turn++) {
    const put = (_: unknown, i: number): Promise<unknown> =>
      state.put(dana, NOTE, { id: 'kept', item: `${turn} ${i}` }, i, { lifetimeMs: 5_000 });
    await Promise.all(Array.from({ length: 100 }, put));
  }
  t.notes.instances.endQuietly(5_000);
  t.clock.advance(30_000);
  await eventually(async () => assert.deepEqual(await t.stored.entryKeys('Dana'), []));
  // Whoever has listed the tenant a moment ago may still write for it.
  const listed = (): Promise<unknown> => t.notes.instances.redis().zscore('sm:tenants:any', `sm:{${dana.tenantId}}:`);
  assert.notEqual(await listed(), null);
  t.notes.instances.endQuietly(120_000);
  t.clock.advance(30_000);
  await eventually(async () => assert.equal(await listed(), null));
});

void test('ST-06 what need not be remembered any more is forgotten in PostgreSQL too', async () => {
  await using t = new StateTest();
  const state = await t.notes.serveWith({ clock: t.clock });
  const dana = t.who('Dana');
  await state.put(dana, PLAN, at, 'compare prices', { writeId: 'one write' });
  await state.put(t.who('Ravi'), PLAN, at, 'book a room', { lifetimeMs: 3 * DAY });
  await state.clear(dana, { user: dana.userId });
  await state.put(t.who('Ravi'), PLAN, at, 'book two rooms', { writeId: 'his' });
  t.notes.instances.endQuietly(DAY);
  t.clock.advance(30_000);
  await eventually(async () => {
    const [, , writes, erased] = await t.stored.rows('Dana');
    assert.deepEqual([writes, erased], ['', '']);
  });
  assert.equal((await state.get(t.who('Ravi'), PLAN, at))?.value, 'book two rooms');
});
