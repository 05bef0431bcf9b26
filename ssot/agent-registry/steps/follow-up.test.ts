import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Analyst } from '../../../support/module-tests/agent-registry/analyse';

describe('a follow-up question', () => {
  for (const [what, then, saves] of [
    ['nothing new', 'What did it cost?', 1],
    ['the same', 'Cost in the last 7 days?', 1],
    ['another period', 'Cost in the last 8 days?', 2],
  ] as const) {
    test(`AG-15 saves what its thread is narrowed to when that changes: ${what}`, async () => {
      const analyst = new Analyst();
      await analyst.report('Cost of the last 7 days?');
      await analyst.report(then);
      equal(analyst.memory.saves, saves);
    });
  }

  test('AG-15 says when a part of what was settled cannot be read', async () => {
    const analyst = new Analyst();
    analyst.memory.isComplete = false;
    await analyst.report('What can we save?');
    ok(analyst.thoughts.includes('What this thread had settled before cannot all be read right now.'));
  });

  test('AG-15 goes on with the period of the question before', async () => {
    const analyst = new Analyst();
    const first = await analyst.report('What did the last 7 days cost?');
    const second = await analyst.report('What can we save?');
    deepEqual(second.period, first.period);
    equal(first.period.from, '2025-09-03T09:00:00.000Z');
  });
});
