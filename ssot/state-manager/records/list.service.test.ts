import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { COUNTER, NOTE, PLAN } from '../../../world/modules/state-manager/kinds';
import type { ListQuery, Page, StateManager } from '../contract';

const itemsOf = ({ items }: Page<unknown>): string => items.map(({ at }) => at.item ?? '~').join(', ');

for (const [durability, kind] of [
  ['volatile', NOTE],
  ['durable', PLAN],
] as const) {
  /** In two threads, the last two written later than the others; and something of another kind. */
  const laid = async (t: StateTest): Promise<{ state: StateManager; since: Date }> => {
    const [state, dana] = [await t.instance(), t.who('Dana')];
    const put = (id: string, item: string): Promise<unknown> => state.put(dana, kind, { id, item }, item);
    for (const item of ['a*', 'a1', 'b1']) await put('Q3 spend', item);
    t.notes.instances.endQuietly(1_000);
    const since = new Date(t.clock.now());
    await put('Q3 spend', 'a2');
    await put('Q4 plan', 'a3');
    await state.put(dana, COUNTER, { id: 'Q3 spend', item: 'a4' }, 1);
    return { state, since };
  };

  for (const [question, q, found] of [
    ['everything', {}, 'a3, a2, b1, a1, a*'],
    ['by thread', { id: 'Q4 plan' }, 'a3'],
    ['by prefix', { id: 'Q3 spend', itemPrefix: 'a' }, 'a2, a1, a*'],
    ['by prefix in all threads', { itemPrefix: 'a' }, 'a3, a2, a1, a*'],
    ['wildcards are taken literally', { id: 'Q3 spend', itemPrefix: 'a*' }, 'a*'],
    ['a prefix of nothing', { itemPrefix: 'c' }, ''],
    ['changed since', { updatedSince: 'then' }, 'a3, a2'],
  ] as const) {
    void test(`ST-07 a list finds exactly what was asked: ${question}: ${durability}`, async () => {
      await using t = new StateTest();
      const { state, since } = await laid(t);
      const query: ListQuery = 'updatedSince' in q ? { updatedSince: since } : q;
      assert.equal(itemsOf(await state.list(t.who('Dana'), kind, query)), found);
      assert.equal(itemsOf(await state.list(t.who('Ravi'), kind, query)), '');
    });
  }

  void test(`ST-07 an entry that changes keeps its place in a list, one that is written anew comes first: ${durability}`, async () => {
    await using t = new StateTest();
    const { state } = await laid(t);
    const dana = t.who('Dana');
    await state.put(dana, kind, { id: 'Q3 spend', item: 'a1' }, 'changed');
    assert.equal(itemsOf(await state.list(dana, kind)), 'a3, a2, b1, a1, a*');
    await state.remove(dana, kind, { id: 'Q3 spend', item: 'a1' });
    await state.put(dana, kind, { id: 'Q3 spend', item: 'a1' }, 'again');
    assert.equal(itemsOf(await state.list(dana, kind)), 'a1, a3, a2, b1, a*');
  });

  void test(`ST-07 what has expired is not listed, and hides nothing behind it: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    for (const [item, lifetimeMs] of [
      ['old', 60_000],
      ['expired', 1_000],
      ['new', 60_000],
    ] as const) {
      await state.put(dana, kind, { id: 'kept', item }, item, { lifetimeMs });
    }
    t.notes.instances.endQuietly(1_000);
    assert.equal(itemsOf(await state.list(dana, kind)), 'new, old');
  });

  void test(`ST-07 a page has 50 entries, and its cursor leads to the rest: ${durability}`, async () => {
    await using t = new StateTest();
    const [state, dana] = [await t.instance(), t.who('Dana')];
    for (let i = 1; i <= 60; i++) await state.put(dana, kind, { id: 'kept', item: `${i}` }, i);
    const first = await state.list(dana, kind);
    const rest = await state.list(dana, kind, { cursor: first.cursor as string });
    const all = Array.from({ length: 60 }, (_, i) => `${60 - i}`).join(', ');
    assert.deepEqual([first.items.length, rest.items.length, rest.cursor], [50, 10, undefined]);
    assert.equal(`${itemsOf(first)}, ${itemsOf(rest)}`, all);
    const exact = await state.list(dana, kind, { limit: 60 });
    assert.deepEqual([itemsOf(exact), exact.cursor], [all, undefined]);
  });

  void test(`ST-07 a cursor is valid for 15 minutes, for one user and one question: ${durability}`, async () => {
    await using t = new StateTest();
    const { state, since } = await laid(t);
    const dana = t.who('Dana');
    const question = { id: 'Q3 spend', limit: 2 } as const;
    const { cursor = '' } = await state.list(dana, kind, question);
    const rest = (query: ListQuery, who = dana): Promise<Page<unknown>> => state.list(who, kind, { ...query, cursor });
    const refusal = { code: 'state_invalid_query', field: 'cursor' };
    await assert.rejects(rest({}), refusal);
    await assert.rejects(rest({ ...question, itemPrefix: 'a' }), refusal);
    await assert.rejects(rest({ ...question, updatedSince: since }), refusal);
    await assert.rejects(rest(question, t.who('Ravi')), refusal);
    await assert.rejects(rest(question, t.who('Leo')), refusal);
    await assert.rejects(state.list(dana, kind, { ...question, cursor: `${cursor.slice(0, -1)}-` }), refusal);
    t.notes.instances.endQuietly(899_999);
    assert.equal(itemsOf(await rest(question)), 'a1, a*');
    t.notes.instances.endQuietly(1);
    await assert.rejects(rest(question), { ...refusal, message: /older than 15 minutes/ });
  });
}

void test('ST-03 what a list shows is read from the store that answers for it', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, NOTE, { id: 'a' }, 1);
  await state.put(dana, PLAN, { id: 'a' }, 2);
  const sources = await Promise.all([NOTE, PLAN].map(async (kind) => (await state.list(dana, kind)).items[0]?.record));
  assert.deepEqual(
    sources.map((record) => record?.source),
    ['hot', 'warm'],
  );
});
