import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QUESTION, RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';
import { transcriptOf } from '../../../support/module-tests/agent-registry/transcript';
import { isEnding } from '../../../world/clients/event-order';
import { eventually } from '../../../world/eventually';
import { plans } from '../../configuration-manager';
import { claim } from '../runs/store/run-store';

async function startsAfterTheFirst(t: RegistryTest): Promise<void> {
  const events = await t.ended('Dana', 2);
  const [first, second] = t.accepted;
  const end = events.findIndex((event) => isEnding(event) && event.runId === first?.runId);
  const start = events.findIndex(({ type, runId }) => type === 'agent_started' && runId === second?.runId);
  equal(start > end && end >= 0, true, transcriptOf(events).join('\n'));
}

describe('a question', () => {
  for (const isBusDown of [false, true]) {
    test(`AG-08 starts after the one before it in its thread has ended, ${isBusDown ? 'without' : 'with'} Redis`, async () => {
      await using t = new RegistryTest();
      t.instances.isBusDown = isBusDown;
      await t.hold('triage', 'Dana');
      equal((await t.ask('Dana', 'What did the last week cost?')).waiting, 1);
      t.resume();
      await startsAfterTheFirst(t);
      const facts = t.logged('no subscription to other instances; polling finds their runs').map((line) => line.facts);
      deepEqual(facts, isBusDown ? [{ reason: 'Error: Redis does not answer' }] : []);
    });
  }

  test('AG-08 begins where it is asked, even while nobody can poll', async () => {
    await using t = new RegistryTest();
    t.instances.refusesPolls = true;
    await t.ask('Dana');
    await t.endsOnce('Dana', 'completed');
    const [line] = t.logged('queued runs could not be read; the next poll tries again');
    deepEqual(line?.facts, { reason: 'Error: nobody answers' });
  });

  test('AG-08 in another thread waits for nothing', async () => {
    await using t = new RegistryTest();
    await t.hold('triage', 'Dana');
    equal((await t.ask('Dana', QUESTION, { title: 'Offsite' })).waiting, 0);
    await t.observer.until(async () => (await t.instance()).health().running === 2 || 'one run is at work');
  });

  test('AG-08 that is the fourth of a user waits, and starts when one of the three ends', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    for (let thread = 0; thread < 4; thread++) await t.ask('Dana', QUESTION, { title: `Thread ${thread}` });
    await t.gate.reached(3);
    // Whoever polls has polled when the instance has stopped.
    await (await t.instances.another()).drain(AbortSignal.abort());
    equal(await t.table.stateOf(t.latest), 'queued');
    await t.gate.letOneThrough();
    await t.runIs('running');
  });
});

describe('the limit of a plan', () => {
  for (const [plan, tenant, limit] of [
    ['free', 'Birch', 2],
    ['early', 'Cedar', 5],
    ['mid', 'Dune', 10],
    ['enterprise', 'Acme', 50],
  ] as const) {
    test(`AG-08 of ${limit} running questions is never exceeded through two instances: ${plan}`, async () => {
      await using t = new RegistryTest();
      t.holdAll();
      const users = limit + 3;
      await t.askAsMany(tenant, users, ['one', 'two']);
      await t.tenantHas(tenant, { running: limit, queued: 3 });
      await t.gate.reached(limit);
      t.releaseAll();
      await t.tenantHas(tenant, { completed: users, running: 0, queued: 0 });
      equal(t.gate.peak, limit);
    });
  }

  test('AG-08 that is new holds from the next claim on: larger', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    await t.askAsMany('Birch', 5);
    await t.tenantHas('Birch', { running: 2, queued: 3 });
    t.users.moveTo('mid', t.users.colleague('Birch', 0).tenantId);
    await t.gate.letOneThrough();
    await t.tenantHas('Birch', { completed: 1, running: 2, queued: 2 });
    t.clock.advance(5_000);
    await t.tenantHas('Birch', { running: 4, queued: 0 });
  });

  test('AG-08 that is new holds from the next claim on: smaller', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    await t.askAsMany('Dune', 12);
    await t.tenantHas('Dune', { running: 10, queued: 2 });
    t.users.moveTo('free', t.users.colleague('Dune', 0).tenantId);
    await t.gate.letOneThrough();
    // A claim has been tried by then, and its outcome has landed with it.
    await eventually(async () => equal((await t.table.row(t.latest))?.plan, 'free'));
    await t.tenantHas('Dune', { completed: 1, running: 9, queued: 2 });
  });

  test('AG-08 is kept when two instances would each claim the last place', async () => {
    await using t = new RegistryTest();
    // It stores what is asked and claims nothing: the test claims instead.
    (await t.instance()).stopClaiming();
    await t.askAsMany('Birch', 3);
    const { tenantId, userId } = t.users.colleague('Birch', 0);
    const [first, second, third] = t.accepted.map(({ runId }) => ({ tenantId, userId, runId }));
    const claimAt = async (instance: string, run = first) =>
      claim({ db: await t.instances.database(instance), plans }, run as NonNullable<typeof run>, instance);
    const isClaimed = (outcome: Awaited<ReturnType<typeof claimAt>>): boolean => typeof outcome === 'object';
    equal(isClaimed(await claimAt('one', first)), true);
    // One takes the last place, and has not committed it when the other looks.
    t.instances.slowDownClaims('one');
    const slow = claimAt('one', second);
    await t.observer.until(() => t.instances.slowClaims === 1 || 'nothing is being claimed');
    equal(await claimAt('two', third), 'busy');
    t.instances.hurry();
    equal(isClaimed(await slow), true);
    equal(await claimAt('two', third), 'lost_race');
    await t.tenantHas('Birch', { running: 2, queued: 1 });
  });
});

describe('while one tenant has all that its plan allows at work on an instance', () => {
  test("AG-08 another's first question begins there at that moment", async () => {
    await using t = new RegistryTest();
    t.holdAll();
    await t.askAsMany('Acme', 60);
    await t.tenantHas('Acme', { running: 50, queued: 10 });
    await t.ask('Leo');
    await t.runIs('running');
    await t.tenantHas('Acme', { running: 50, queued: 10 });
  });

  for (const [what, elsewhere] of [
    ['as soon as there is room', false],
    ['where there is room', true],
  ] as const) {
    test(`AG-08 of the ten places that are left each other tenant gets one, and its second question begins ${what}`, async () => {
      await using t = new RegistryTest();
      t.holdAll();
      await t.askAsMany('Acme', 60);
      await t.tenantHas('Acme', { running: 50, queued: 10 });
      await t.askAsMany('Dune', 2);
      await t.askAsMany('Cedar', 2);
      for (const tenant of ['Dune', 'Cedar'] as const) await t.tenantHas(tenant, { running: 1, queued: 1 });
      equal((await t.instance()).health().running, 52);
      if (elsewhere) await t.instances.another();
      else for (let ended = 0; ended < 4; ended++) await t.gate.letOneThrough();
      for (const tenant of ['Dune', 'Cedar'] as const) await t.tenantHas(tenant, { running: 2, queued: 0 });
    });
  }

  test("AG-08 another's first question begins at that moment, and the 101st to wait is refused", async () => {
    await using t = new RegistryTest();
    t.holdAll();
    await t.askAsMany('Birch', 102);
    await t.tenantHas('Birch', { running: 2, queued: 100 });
    await rejects(t.ask('Leo'), {
      code: 'run_queue_full',
      retryable: true,
      message: '100 questions of your company wait already, as many as its plan allows. Ask again later.',
    });
    equal((await t.ask('Dana')).waiting, 0);
    await t.runIs('running');
    await t.tenantHas('Birch', { running: 2, queued: 100 });
  });

  test('AG-08 a question that is being claimed takes no second place from the next one', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    await t.askAsMany('Acme', 49);
    await t.tenantHas('Acme', { running: 49 });
    t.instances.slowDownClaims('one');
    await t.ask('Leo');
    await t.ask('Mia');
    await t.gate.letOneThrough();
    // Both are being claimed: nobody waits for the claim of another tenant's question.
    await t.observer.until(() => t.instances.slowClaims === 2 || `${t.instances.slowClaims} are being claimed`);
    t.instances.hurry();
    t.observer.wake();
    for (const tenant of ['Birch', 'Cedar'] as const) await t.tenantHas(tenant, { running: 1 });
  });
});
