import { deepEqual, equal, match } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MISBEHAVIOURS, withReplaced } from '../../../../support/module-tests/agent-registry/misbehaving-agents';
import { FAILURES } from '../../../../support/module-tests/agent-registry/recorded-usage';
import { RegistryTest } from '../../../../support/module-tests/agent-registry/registry-test';
import { toolCallsIn } from '../../../../support/module-tests/agent-registry/transcript';
import { PlatformError } from '../../../kernel';
import { TOOLS } from './tools';

const OURS = 'Something went wrong on our side; our reference is <run>.';
const AWAY = 'Your usage data cannot be read right now. Ask again in a moment.';

/** What PostgreSQL says to the triage's tool, with details that only operators may read. */
function refuseStatement(t: RegistryTest, code: string, retryable: boolean): void {
  const message = 'The database refused the statement (42601) at db-7.example; nothing was saved.';
  const execute = (): Promise<never> => {
    // Between two tries there is a pause, on the test's clock.
    setImmediate(() => t.clock.advance(200));
    return Promise.reject(
      new PlatformError({ code, message, retryable, cause: new Error('syntax error near hunter2') }),
    );
  };
  t.setup.tools = TOOLS.map((tool) => (tool.name === 'usage_coverage' ? { ...tool, execute } : tool));
}

describe('a tool', () => {
  for (const [kind, readings, code, retryable, message] of [
    ['unavailable', 3, 'usage_unavailable', true, AWAY],
    ['closed', 1, 'usage_unavailable', true, AWAY],
    ['limit', 1, 'tool_timeout', true, 'There is too much usage to read at once. Ask about a shorter period.'],
    ['refused', 1, 'agent_threw', false, OURS],
    ['unknown', 1, 'agent_threw', false, OURS],
  ] as const) {
    test(`AG-09 that cannot read says so in plain words, its details to operators alone: ${kind}`, async () => {
      await using t = new RegistryTest();
      t.failReadings(FAILURES[kind], readings);
      await t.ask('Dana');
      const failure = { code, message: message.replace('<run>', t.latest) };
      const events = await t.endsOnce('Dana', 'failed', { ...failure, retryable });
      equal(t.usage.asked.length, readings);
      deepEqual(
        toolCallsIn(events).map(({ outcome, result }) => ({ outcome, result })),
        [{ outcome: 'failed', result: failure }],
      );
      equal(JSON.stringify(events).includes('hunter2'), false);
      match(t.failureDetails(), /hunter2/);
    });
  }

  test('AG-12 that lost its connection twice is retried within the same call, and shown once', async () => {
    await using t = new RegistryTest();
    t.failReadings(FAILURES.unavailable, 2);
    await t.ask('Dana');
    const events = await t.endsOnce('Dana', 'completed');
    deepEqual(
      toolCallsIn(events).map(({ tool, outcome }) => [tool, outcome]),
      [['usage_coverage', 'ok']],
    );
    equal(t.usage.asked.length, 3);
  });

  test('AG-13 that a database refuses tells the customer a plain sentence, and operators the details', async () => {
    await using t = new RegistryTest();
    refuseStatement(t, 'database_refused', false);
    await t.ask('Dana');
    const message = OURS.replace('<run>', t.latest);
    const events = await t.endsOnce('Dana', 'failed', { code: 'agent_threw', message, retryable: false });
    equal(JSON.stringify(events).includes('42601'), false);
    match(t.failureDetails(), /42601/);
  });

  for (const [code, retryable] of [
    ['database_connection_lost', true],
    ['database_commit_unknown', false],
  ] as const) {
    test(`AG-11 whose write may or may not have landed drops the run for another instance: ${code}`, async () => {
      await using t = new RegistryTest();
      refuseStatement(t, code, retryable);
      await t.ask('Dana');
      await t.observer.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
      equal(await t.table.stateOf(t.latest), 'running');
    });
  }

  for (const [what, kind, readings] of [
    ['never held', 'triage', 0],
    ['taken away during the run', 'optimisation', 3],
  ] as const) {
    test(`AG-12 reads nothing with a permission that was ${what}`, async () => {
      await using t = new RegistryTest();
      await t.hold(kind, 'Dana');
      t.users.user('Dana').permissions.delete('usage:read');
      t.resume();
      const message = 'This needs the permission "usage:read". Ask an administrator.';
      await t.endsOnce('Dana', 'failed', { code: 'tool_not_allowed', message, retryable: false });
      equal(t.usage.asked.length, readings);
    });
  }

  test('AG-12 takes no permission from its input', async () => {
    await using t = new RegistryTest();
    const tools = ['usage_coverage', 'price_list'] as const;
    t.setup.agents = withReplaced('triage', { create: MISBEHAVIOURS['claims rights in its input'], tools });
    t.users.user('Dana').permissions.delete('usage:read');
    await t.ask('Dana');
    await t.endsOnce('Dana', 'failed', { code: 'tool_not_allowed' });
    equal(t.usage.asked.length, 0);
  });
});
