import { deepEqual, equal, match } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import {
  meddling,
  MISBEHAVIOURS,
  withReplaced,
  type Misbehaviour,
} from '../../../support/module-tests/agent-registry/misbehaving-agents';
import { RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';
import type { AgentDefinition } from '../contract';
import { SPECIALISTS } from './specialists';

const OURS = 'Something went wrong on our side; our reference is <run>.';
const TOOLS = 'usage_coverage, usage_summary, usage_breakdown, price_list, find_savings';
const ENDINGS: readonly (readonly [Misbehaviour, string, string])[] = [
  ['throws', 'agent_threw', OURS],
  ['cannot be built', 'agent_threw', OURS],
  ['returns nothing', 'agent_empty_result', 'The step "triage" gave no result.'],
  ['returns the wrong shape', 'agent_invalid_result', 'The step "triage" gave no usable result.'],
  ['claims rights in its input', 'agent_invalid_result', 'The step "triage" gave no usable result.'],
  ['returns part of what it owes', 'agent_invalid_result', 'The step "triage" gave no usable result.'],
  [
    'calls a tool that is not on its list',
    'tool_not_allowed',
    'The agent "triage" may not use the tool "find_savings".',
  ],
  ['calls a tool that does not exist', 'tool_unknown', `There is no tool "delete_everything". There are: ${TOOLS}.`],
  [
    'calls a tool with alien input',
    'tool_input_invalid',
    'The tool "usage_coverage" was called with input it does not know.',
  ],
];

function misbehave(t: RegistryTest, how: Misbehaviour): void {
  t.setup.agents = withReplaced('triage', { create: MISBEHAVIOURS[how], tools: ['usage_coverage', 'price_list'] });
}

describe('an agent', () => {
  for (const [how, code, message] of ENDINGS) {
    test(`AG-09 that ${how} ends the run once, as failed, with a safe message`, async () => {
      await using t = new RegistryTest();
      misbehave(t, how);
      await t.ask('Dana');
      await t.endsOnce('Dana', 'failed', { code, message: message.replace('<run>', t.latest), retryable: false });
    });
  }

  for (const [how, field] of [
    ['returns part of what it owes', 'coverage'],
    ['calls a tool with alien input', 'filter'],
  ] as const) {
    test(`AG-09 that ${how} is logged with what was wrong: ${field}`, async () => {
      await using t = new RegistryTest();
      misbehave(t, how);
      await t.ask('Dana');
      await t.endsOnce('Dana', 'failed');
      match(t.failureDetails(), new RegExp(field));
    });
  }

  test('AG-13 that throws is logged with its details, of which the customer reads nothing', async () => {
    await using t = new RegistryTest();
    misbehave(t, 'throws');
    await t.ask('Dana');
    const events = await t.endsOnce('Dana', 'failed');
    equal(JSON.stringify(events).includes('hunter2'), false);
    const line = t.observer.lines.find(({ facts }) => facts['runId'] === t.latest);
    match((line?.facts['err'] as Error | undefined)?.message ?? '', /hunter2/);
  });

  test('AG-09 whose last step gives no report ends the run as failed', async () => {
    await using t = new RegistryTest();
    t.usage.recordEnough();
    const none = { output: z.object({}), create: () => ({ run: () => Promise.resolve({}) }) };
    t.setup.agents = withReplaced('reporting', none);
    await t.ask('Dana');
    const message = 'The last step gave no report.';
    await t.endsOnce('Dana', 'failed', { code: 'agent_invalid_result', message, retryable: false });
  });

  test('AG-05 that cannot load is named to operators, and only questions that need it fail', async () => {
    await using t = new RegistryTest();
    t.usage.recordEnough();
    t.setup.agents = withReplaced('optimisation', { create: undefined as never });
    await t.ask('Dana');
    const message = 'There is no agent "optimisation". There are: triage, data, action-planning, reporting.';
    await t.endsOnce('Dana', 'failed', { code: 'agent_unavailable', message, retryable: false });
    await t.ask('Leo', 'Will it rain tomorrow?');
    await t.endsOnce('Leo', 'completed');
    const cause = 'The agent "optimisation" has no factory.';
    const { state, cause: told, refused } = (await t.instance()).health();
    deepEqual({ state, told, refused }, { state: 'degraded', told: cause, refused: [cause] });
  });

  test('AG-06 that is slow to build for one tenant delays no other', async () => {
    await using t = new RegistryTest();
    t.usage.recordEnough();
    const [own] = SPECIALISTS as readonly [AgentDefinition];
    t.setup.agents = withReplaced('triage', {
      create: (scope) =>
        scope.question.includes('patience') ? new Promise<never>(() => undefined) : own.create(scope),
    });
    await t.ask('Leo', 'Does patience save money?');
    await t.ask('Dana');
    await t.endsOnce('Dana', 'completed');
  });

  test('AG-06 cannot alter data that it was handed or has returned, nor speak after its step', async () => {
    await using t = new RegistryTest();
    const refusals: string[] = [];
    t.usage.recordEnough();
    t.setup.agents = meddling((message) => refusals.push(message));
    await t.ask('Dana');
    await t.endsOnce('Dana', 'completed');
    const period = '2025-08-11T09:00:00.000Z to 2025-09-10T09:00:00.000Z';
    const about = t.usage.asked.filter(({ what }) => what !== 'prices').map((one) => one.about);
    deepEqual(about, [period, period, period]);
    deepEqual(refusals, ['This step is over.', 'This step is over.']);
  });
});
