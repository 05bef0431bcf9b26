import { deepEqual, equal, ok } from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { MISBEHAVIOURS, withReplaced } from '../../../support/module-tests/agent-registry/misbehaving-agents';
import { RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';
import { toolCallsIn } from '../../../support/module-tests/agent-registry/transcript';
import { openCallsIn } from '../../../world/clients/event-order';
import type { AgentDefinition } from '../contract';
import { SPECIALISTS } from '../steps/specialists';

/** A triage that does its work, and whose clean-up hangs or throws. */
function cleaningUp(t: RegistryTest, how: 'hangs' | 'throws', onCleanUp = (): void => undefined): void {
  const [own] = SPECIALISTS as readonly [AgentDefinition];
  t.usage.recordEnough();
  t.setup.agents = withReplaced('triage', {
    create: async (scope) => {
      const agent = await own.create(scope);
      return {
        run: (analysis) => agent.run(analysis),
        [Symbol.asyncDispose]: () => {
          onCleanUp();
          return how === 'throws' ? Promise.reject(new Error('no broom')) : new Promise(() => undefined);
        },
      };
    },
  });
}

const LEFT = 'an agent has not cleared up in time and was left';
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a limit', () => {
  for (const [what, ms, code, message] of [
    ['tool', 10_000, 'tool_timeout', 'Reading your usage took longer than 10 seconds. Ask again.'],
    ['step', 25_000, 'step_timeout', 'The step "triage" took longer than 25 seconds.'],
    ['run', 120_000, 'run_timeout', 'The answer took longer than 120 seconds. Ask again.'],
  ] as const) {
    test(`AG-09 of a ${what} stops the work and names itself`, async () => {
      await using t = new RegistryTest();
      if (what === 'tool') t.usage.isHanging = true;
      else {
        const limit = what === 'run' ? { limitMs: 600_000 } : {};
        t.setup.agents = withReplaced('triage', { ...limit, create: MISBEHAVIOURS['never comes to an end'] });
      }
      await t.askAndReach('Dana');
      t.clock.advance(ms - 1);
      await settled();
      equal(await t.table.stateOf(t.latest), 'running');
      t.clock.advance(1);
      const events = await t.endsOnce('Dana', 'failed', { code, message, retryable: true });
      equal(t.usage.aborted, what === 'tool' ? 1 : 0);
      deepEqual(openCallsIn(events), []);
    });
  }

  test('AG-09 of 50 tool calls stops an agent that calls tools without end', async () => {
    await using t = new RegistryTest();
    t.setup.agents = withReplaced('triage', {
      create: MISBEHAVIOURS['calls tools without end'],
      tools: ['price_list'],
    });
    await t.ask('Dana');
    const message = 'A run may use tools 50 times; this one was stopped.';
    const events = await t.endsOnce('Dana', 'failed', { code: 'tool_call_limit', message, retryable: false });
    deepEqual(
      toolCallsIn(events).map(({ outcome }) => outcome),
      Array<string>(50).fill('ok'),
    );
  });
});

describe('clean-up', () => {
  test('AG-09 that hangs is left after 2 seconds, and the answer comes', async () => {
    await using t = new RegistryTest();
    let isCleaningUp = false;
    cleaningUp(t, 'hangs', () => {
      isCleaningUp = true;
      t.observer.wake();
    });
    await t.ask('Dana');
    await t.observer.until(() => isCleaningUp || 'nobody cleans up yet');
    t.clock.advance(1_999);
    await settled();
    deepEqual(t.logged(LEFT), []);
    t.clock.advance(1);
    await t.endsOnce('Dana', 'completed');
    deepEqual(
      t.logged(LEFT).map(({ facts }) => facts['runId']),
      [t.latest],
    );
  });

  test('AG-09 that throws hides no answer', async () => {
    await using t = new RegistryTest();
    cleaningUp(t, 'throws');
    await t.ask('Dana');
    await t.endsOnce('Dana', 'completed');
    deepEqual(
      t.logged('an agent could not clear up').map(({ facts }) => facts['runId']),
      [t.latest],
    );
  });

  test('AG-09 of a run leaves no listener on what it has read with', async () => {
    await using t = new RegistryTest();
    t.usage.recordEnough();
    await t.ask('Dana');
    await t.over();
    const { signals } = t.usage;
    ok(signals.length >= 3);
    for (const signal of signals) equal(getEventListeners(signal, 'abort').length, 0);
  });
});
