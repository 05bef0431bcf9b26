import { equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StateTest } from '../../support/module-tests/state-test';
import { stores } from '../../support/module-tests/stores';
import { silentLogger, vouchFor } from '../../ssot/kernel';
import { conversationMemoryIn } from './conversation-memory';

const DAY_MS = 86_400_000;
const said = { models: ['large'], period: { days: 7 } };

describe('what a thread is narrowed to', () => {
  for (const [what, ms, hasModel, hasPeriod] of [
    ['a moment before a day', DAY_MS - 1_000, true, true],
    ['after a day', DAY_MS, true, false],
    ['a moment before 30 days', 30 * DAY_MS - 1_000, true, false],
    ['after 30 days', 30 * DAY_MS, false, false],
  ] as const) {
    test(`AG-15 is remembered for 30 days, its period for one: ${what}`, async () => {
      await using state = new StateTest();
      const memory = conversationMemoryIn(await state.instance(), silentLogger);
      const ctx = state.who('Dana');
      const threadId = stores.ids.next('thread');
      await memory.save(ctx, threadId, said);
      state.clock.advance(ms);
      const { filter, isComplete } = await memory.load(ctx, threadId);
      equal(isComplete, true);
      equal(filter.models?.[0], hasModel ? 'large' : undefined);
      equal(filter.period !== undefined, hasPeriod);
    });
  }

  test("AG-15 belongs to its user's thread alone", async () => {
    await using state = new StateTest();
    const memory = conversationMemoryIn(await state.instance(), silentLogger);
    const ctx = state.who('Dana');
    const threadId = stores.ids.next('thread');
    await memory.save(ctx, threadId, said);
    const colleague = vouchFor({ ...ctx, userId: stores.ids.next('user') });
    for (const [who, thread] of [
      [ctx, stores.ids.next('thread')],
      [colleague, threadId],
    ] as const) {
      const { filter } = await memory.load(who, thread);
      equal(Object.keys(filter).length, 0);
    }
    ok((await memory.load(ctx, threadId)).filter.models);
  });
});
