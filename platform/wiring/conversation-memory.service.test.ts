import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { StateTest } from '../../support/module-tests/state/state-test';
import { stores } from '../../support/module-tests/stores';
import type { RememberedFilter } from '../../ssot/agent-registry';
import { silentLogger, vouchFor } from '../../ssot/kernel';
import type { StateKind } from '../../ssot/state-manager';
import { conversationMemoryIn } from './conversation-memory';

const DAY_MS = 86_400_000;
/** As they are kept, read from outside. */
const KINDS: readonly StateKind<unknown>[] = [
  { name: 'thread-narrowing', scope: 'thread', durability: 'durable', schema: z.unknown() },
  { name: 'thread-talk', scope: 'thread', schema: z.unknown() },
];
const NOTHING = { filter: {}, isComplete: true };
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
      await memory.save(ctx, threadId, said, NOTHING);
      state.clock.advance(ms);
      const { filter, isComplete } = await memory.load(ctx, threadId);
      equal(isComplete, true);
      equal(filter.models?.[0], hasModel ? 'large' : undefined);
      equal(filter.period !== undefined, hasPeriod);
    });
  }

  test('AG-15 is known to every instance', async () => {
    await using state = new StateTest();
    const [here, there] = [await state.instance(), await state.instance()];
    const [ctx, threadId] = [state.who('Dana'), stores.ids.next('thread')];
    await conversationMemoryIn(here, silentLogger).save(ctx, threadId, said, NOTHING);
    deepEqual((await conversationMemoryIn(there, silentLogger).load(ctx, threadId)).filter, said);
  });

  test("AG-15 belongs to its user's thread alone", async () => {
    await using state = new StateTest();
    const memory = conversationMemoryIn(await state.instance(), silentLogger);
    const ctx = state.who('Dana');
    const threadId = stores.ids.next('thread');
    await memory.save(ctx, threadId, said, NOTHING);
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

  for (const [what, before, versions] of [
    ['nothing', { filter: said, isComplete: true }, [1, 1]],
    ['the period alone', { filter: { ...said, period: { days: 8 } }, isComplete: true }, [1, 2]],
    ['the model alone', { filter: { ...said, models: ['small'] }, isComplete: true }, [2, 1]],
    ['what could not be read', { filter: said, isComplete: false }, [2, 2]],
  ] satisfies [string, RememberedFilter, number[]][]) {
    test(`AG-15 is stored again as far as it has changed: ${what}`, async () => {
      await using state = new StateTest();
      const working = await state.instance();
      const memory = conversationMemoryIn(working, silentLogger);
      const ctx = state.who('Dana');
      const threadId = stores.ids.next('thread');
      await memory.save(ctx, threadId, said, NOTHING);
      await memory.save(ctx, threadId, said, before);
      const kept = await Promise.all(KINDS.map((kind) => working.get(ctx, kind, { id: threadId })));
      deepEqual(
        kept.map((record) => record?.version),
        versions,
      );
    });
  }
});
