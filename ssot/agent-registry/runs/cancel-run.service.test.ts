import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';
import { transcriptOf } from '../../../support/module-tests/agent-registry/transcript';
import { eventually } from '../../../world/eventually';
import { isEnding, openCallsIn } from '../../../world/clients/event-order';
import type { RunId } from '../../kernel';

/** One ending, told by the specialist at work, with no call left open. */
async function endedAsCancelled(t: RegistryTest): Promise<void> {
  const events = await t.endsOnce('Dana', 'cancelled');
  const { userId } = t.users.user('Dana');
  const { type, agent, data } = events.at(-1) as (typeof events)[number];
  deepEqual({ type, agent, data }, { type: 'agent_cancelled', agent: 'triage', data: { userId } });
  deepEqual(openCallsIn(events), []);
}

async function waitsBehindTheFirst(t: RegistryTest): Promise<void> {
  await t.hold('triage', 'Dana');
  await t.ask('Dana', 'Question 2 about cost');
}

async function endedWaiting(t: RegistryTest, ending: string, endings = 2): Promise<void> {
  const events = await t.ended('Dana', endings);
  deepEqual(transcriptOf(events.filter(({ runId }) => runId === t.latest)), [
    'question: Question 2 about cost (1 ahead)',
    ending,
  ]);
}

describe('cancelling', () => {
  for (const how of ['goes on', 'fails'] as const) {
    test(`AG-07 while the last step ${how} leaves one ending`, async () => {
      await using t = new RegistryTest();
      t.instances.isBusDown = true;
      await t.hold('reporting', 'Dana');
      deepEqual(await t.cancel('Dana', 'two'), { outcome: 'stopping', state: 'cancelling' });
      t.resume(how);
      await t.endsOnce('Dana', 'cancelled');
    });
  }

  test('AG-07 an answer that was just stored leaves it answered', async () => {
    await using t = new RegistryTest();
    await t.hold('reporting', 'Dana');
    t.resume();
    await t.ended('Dana');
    deepEqual(await t.cancel('Dana'), { outcome: 'already_ended', state: 'completed' });
    await t.endsOnce('Dana', 'completed');
  });

  for (const [where, isBusDown, instance, passes] of [
    ['where it runs', false, 'one', 0],
    ['through another instance', false, 'two', 0],
    ['through another instance while Redis is away, within 5 seconds', true, 'two', 5_000],
  ] as const) {
    test(`AG-10 stops a run ${where}, and aborts what it reads`, async () => {
      await using t = new RegistryTest();
      t.usage.isHanging = true;
      t.instances.isBusDown = isBusDown;
      await t.askAndReach('Dana');
      await t.cancel('Dana', instance);
      t.clock.advance(passes);
      await endedAsCancelled(t);
      equal(t.usage.aborted, 1);
    });
  }

  test('AG-10 a run that waits ends it, and it never starts', async () => {
    await using t = new RegistryTest();
    await waitsBehindTheFirst(t);
    deepEqual(await t.cancel('Dana'), { outcome: 'stopping', state: 'cancelled' });
    t.resume();
    await endedWaiting(t, 'nobody stops');
  });

  test('AG-10 twice at one instant is cancelling once', async () => {
    await using t = new RegistryTest();
    t.usage.isHanging = true;
    await t.askAndReach('Dana');
    await Promise.all([t.cancel('Dana'), t.cancel('Dana')]);
    await endedAsCancelled(t);
  });

  test('AG-10 a stop that could not be stored stops nothing', async () => {
    await using t = new RegistryTest();
    await t.hold('triage', 'Dana');
    await t.until('Dana', (events) => events.some(({ type }) => type === 'agent_started'));
    t.instances.losesCommits = true;
    await rejects(t.cancel('Dana'), /lost before the commit/);
    t.instances.losesCommits = false;
    t.resume();
    await t.endsOnce('Dana', 'completed');
  });

  test('AG-10 a run that is being cancelled says so', async () => {
    await using t = new RegistryTest();
    t.instances.isBusDown = true;
    await t.hold('triage', 'Dana');
    await t.cancel('Dana', 'two');
    deepEqual(await t.cancel('Dana', 'two'), { outcome: 'stopping', state: 'cancelling' });
  });

  test('AG-10 a run whose instance then stops ends it as cancelled, and releases it to nobody', async () => {
    await using t = new RegistryTest();
    t.instances.isBusDown = true;
    await t.hold('triage', 'Dana');
    await t.cancel('Dana', 'two');
    const drained = await (await t.instance()).drain(AbortSignal.abort());
    deepEqual(drained, { finished: 1, handedOver: 0 });
    await endedAsCancelled(t);
  });

  test('AG-11 a run whose instance is killed then ends it as cancelled, not answered', async () => {
    await using t = new RegistryTest();
    t.instances.isBusDown = true;
    await t.hold('optimisation', 'Dana');
    await t.cancel('Dana', 'two');
    await t.table.setLease(t.latest);
    await t.instances.another();
    await t.endsOnce('Dana', 'cancelled');
  });

  test('AG-08 a run for which capacity was just found keeps it from starting', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    await t.askAsMany('Birch', 2);
    await t.ask('Leo');
    await t.instance('two');
    t.instances.slowDownCancelling();
    const cancelling = t.cancel('Leo', 'two');
    // The cancellation holds the run's row before it is told.
    await eventually(async () => equal(await t.table.isLocked(t.latest), true));
    await t.gate.letOneThrough();
    await t.observer.until(() => t.observer.counters.includes('agent_run_claims_busy_total {}') || 'no claim was busy');
    t.instances.hurry();
    await cancelling;
    await t.runIs('cancelled');
    equal(transcriptOf(await t.ended('Leo')).at(-1), 'nobody stops');
  });
});

describe('a question that waits', () => {
  test('AG-08 for 10 minutes ends as failed, is told why, and may be asked again', async () => {
    await using t = new RegistryTest();
    await waitsBehindTheFirst(t);
    await t.table.setCreatedAt(t.latest, t.clock.now() - 595_000);
    t.clock.advance(5_000);
    await endedWaiting(t, 'null fails: run_queue_timeout', 1);
    const { data } = (await t.events('Dana')).at(-1) as { data: object };
    const message = 'This question waited 10 minutes without a free place. Ask it again.';
    deepEqual(data, { code: 'run_queue_timeout', message, retryable: true });
    const { state, error_code: code } = await t.over();
    deepEqual([state, code], ['failed', 'run_queue_timeout']);
  });

  test('AG-08 a moment less than 10 minutes waits on', async () => {
    await using t = new RegistryTest();
    await waitsBehindTheFirst(t);
    await t.table.setCreatedAt(t.latest, t.clock.now() - 594_999);
    t.clock.advance(5_000);
    // Whoever polls has polled when the instance has stopped.
    const draining = (await t.instance()).drain(new AbortController().signal);
    t.resume();
    await draining;
    equal(await t.table.stateOf(t.latest), 'queued');
  });

  test('AG-08 too long, and cannot be ended yet, keeps nobody else from starting', async () => {
    await using t = new RegistryTest();
    await waitsBehindTheFirst(t);
    const { runId } = t.accepted.at(-1) as { runId: RunId };
    // Whoever is asked leaves it to the others.
    await (await t.instance('two')).drain(AbortSignal.abort());
    const contextFor = t.users.contextFor.bind(t.users);
    const dana = t.users.user('Dana').userId;
    t.users.contextFor = (id) => (id === dana ? Promise.reject(new Error('nobody answers')) : contextFor(id));
    await t.table.setCreatedAt(runId, t.clock.now() - 600_000);
    await t.ask('Leo', 'Where does our money go?', { instance: 'two' });
    await t.runIs('running');
    equal(await t.table.stateOf(runId), 'queued');
    t.users.contextFor = contextFor;
    t.clock.advance(5_000);
    await t.runIs('failed', runId);
    t.resume();
  });

  test('AG-08 has one ending when it is cancelled at the moment at which it expires', async () => {
    await using t = new RegistryTest();
    await waitsBehindTheFirst(t);
    await t.table.setCreatedAt(t.latest, t.clock.now() - 600_000);
    t.users.meanwhile = () => t.cancel('Dana');
    t.clock.advance(5_000);
    await t.runIs('cancelled');
    t.resume();
    await endedWaiting(t, 'nobody stops');
    equal((await t.events('Dana')).filter(isEnding).length, 2);
  });
});
