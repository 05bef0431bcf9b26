import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Analyst } from '../../../support/module-tests/agent-registry/analyse';

describe('a follow-up question', () => {
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
