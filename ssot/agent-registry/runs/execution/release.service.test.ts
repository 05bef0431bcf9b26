import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QUESTION, RegistryTest } from '../../../../support/module-tests/agent-registry/registry-test';
import { eventually } from '../../../../world/eventually';
import { SPECIALISTS } from '../../steps/specialists';

const claimedAfterInterruption = 'agent_runs_claimed_total {"after":"interruption"}';

describe('an instance that stops', () => {
  for (const [what, isBusDown, passes] of [
    ['is told', false, 0],
    ['polls', true, 5_000],
  ] as const) {
    test(`AG-11 releases its runs, and another that ${what} goes on without waiting for a lease`, async () => {
      await using t = new RegistryTest();
      await t.hold('optimisation', 'Dana');
      t.instances.isBusDown = isBusDown;
      t.setup.agents = SPECIALISTS;
      await t.instances.another();
      deepEqual(await (await t.instance()).drain(AbortSignal.abort()), { finished: 0, handedOver: 1 });
      t.clock.advance(passes);
      await t.endsOnce('Dana', 'completed');
      await t.observer.counted(claimedAfterInterruption, 0);
    });
  }

  test('AG-11 releases its runs when it is closed', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    t.setup.agents = SPECIALISTS;
    await t.instances.another();
    await (await t.instance())[Symbol.asyncDispose]();
    await t.endsOnce('Dana', 'completed');
  });

  test('AG-11 releases what it is taking at that moment, too', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    const one = await t.instance('one');
    t.setup.agents = SPECIALISTS;
    t.instances.slowDownClaims('one');
    await t.ask('Dana', QUESTION, { instance: 'one' });
    await t.observer.until(() => Promise.resolve(t.instances.slowClaims === 1 || 'nothing is being taken'));
    await one.drain(AbortSignal.abort());
    await t.instances.another();
    t.instances.hurry();
    await t.endsOnce('Dana', 'completed');
    await t.observer.counted(claimedAfterInterruption, 0);
  });

  test('AG-11 finishes what it can in time', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    const draining = (await t.instance()).drain(new AbortController().signal);
    t.resume();
    deepEqual(await draining, { finished: 1, handedOver: 0 });
    await t.endsOnce('Dana', 'completed');
  });

  test('AG-11 is told to stop, and leaves a run whose reading hangs to another after a second', async () => {
    await using t = new RegistryTest();
    t.usage.recordEnough().isHanging = true;
    await t.askAndReach('Dana');
    (await t.instance()).stopClaiming();
    t.usage.isHanging = false;
    await t.instances.another();
    t.clock.advance(999);
    equal(t.usage.aborted, 0);
    t.clock.advance(1);
    await t.endsOnce('Dana', 'completed');
    equal(t.usage.aborted, 1);
    await t.observer.counted(claimedAfterInterruption, 0);
  });

  test('AG-11 lets another answer what it is asked', async () => {
    await using t = new RegistryTest();
    (await t.instance('one')).stopClaiming();
    await t.instance('two');
    await t.ask('Dana', QUESTION, { instance: 'one' });
    await t.endsOnce('Dana', 'completed');
  });

  test('AG-08 leaves its question in its place until another goes on with it', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    t.instances.isBusDown = true;
    for (const instance of ['one', 'two']) await t.instance(instance);
    await t.askAsMany('Birch', 2);
    await t.gate.reached(2);
    await (await t.instance('one')).drain(AbortSignal.abort());
    await t.ask('Leo', QUESTION, { instance: 'two' });
    await t.tenantHas('Birch', { running: 2, queued: 1 });
  });
});

describe('a thread that is deleted', () => {
  test('AG-11 under a run ends it without an event', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    await t.deleteThread('Dana');
    t.resume();
    const { state, error_code: code } = await t.over();
    deepEqual([state, code], ['failed', 'thread_not_found']);
  });

  test('AG-06 takes its runs with it, and nobody works on them', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    await t.deleteThread('Dana', [await t.instance()]);
    t.resume();
    await eventually(async () => equal((await t.instance()).health().running, 0));
    equal(await t.table.stateOf(t.latest), 'unknown');
    deepEqual(
      t.observer.lines.filter(({ level }) => level === 'warn' || level === 'error'),
      [],
    );
  });
});
