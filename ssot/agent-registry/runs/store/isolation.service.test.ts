import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { RegistryTest } from '../../../../support/module-tests/agent-registry/registry-test';
import { stores } from '../../../../support/module-tests/stores';
import { disorderIn } from '../../../../world/clients/event-order';
import { PlatformError, type CallId, type RunId, type ThreadId } from '../../../kernel';

const NO_RUN = { code: 'run_not_found', field: 'runId', message: 'There is no such run.', retryable: false };

describe("somebody else's run", () => {
  for (const [what, user] of [
    ['a colleague', 'Ravi'],
    ['another tenant', 'Leo'],
    ['nobody', 'Dana'],
  ] as const) {
    test(`AG-06 cannot be told from one that does not exist: of ${what}`, async () => {
      await using t = new RegistryTest();
      await t.hold('optimisation', 'Dana');
      const runId = what === 'nobody' ? stores.ids.next('run') : t.latest;
      const runs = await t.instance();
      await rejects(runs.get(t.contextOf(user), runId), NO_RUN);
      await rejects(runs.cancel(t.contextOf(user), runId), NO_RUN);
      const { state, lease_epoch: epoch } = (await t.table.row(t.latest)) ?? {};
      deepEqual({ state, epoch }, { state: 'running', epoch: 1 });
    });
  }

  test('AG-06 is not met by a message under the id of its own: the thread reads as one that never was', async () => {
    await using t = new RegistryTest();
    await t.ask('Dana', 'Costs?', { message: 'the same' });
    const runs = await t.instance();
    for (const threadId of [await t.thread('Dana'), stores.ids.next('thread')]) {
      await rejects(runs.submit(t.contextOf('Ravi'), { threadId, clientMessageId: 'the same', text: 'Costs?' }), {
        code: 'thread_not_found',
      });
    }
    equal(await t.table.countOfUser(t.users.user('Ravi').userId), 0);
    await t.ended('Dana');
  });

  test('AG-13 has results that nobody else can fetch, nor under a run of their own', async () => {
    await using t = new RegistryTest();
    await t.ask('Dana');
    await t.ended('Dana');
    await t.ask('Leo');
    await t.ended('Leo');
    const [danas, leos] = [await t.firstCall('Dana'), await t.firstCall('Leo')];
    const runs = await t.instance();
    for (const [user, runId, callId] of [
      ['Ravi', danas.runId, danas.callId],
      ['Leo', danas.runId, danas.callId],
      ['Dana', danas.runId, leos.callId],
      ['Dana', danas.runId, stores.ids.next('call')],
    ] as const) {
      await rejects(runs.result(t.contextOf(user), runId, callId), NO_RUN);
    }
    equal((await t.firstResult('Dana')).tool, 'usage_coverage');
  });

  test('AG-06 is never changed or answered by any sequence of asking, reading, cancelling and fetching', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Leo');
    const theirs = { threadId: await t.thread('Leo'), runId: t.latest };
    const own = { threadId: await t.thread('Dana'), runId: (await t.ask('Dana', 'Costs?')).runId };
    const runs = await t.instance();
    const ctx = t.contextOf('Dana');
    let attempts = 0;
    const deeds = {
      ask: ({ threadId }: { threadId: ThreadId }) =>
        runs.submit(ctx, { threadId, clientMessageId: `attempt-${++attempts}`, text: 'What does it cost?' }),
      read: ({ runId }: { runId: RunId }) => runs.get(ctx, runId),
      cancel: ({ runId }: { runId: RunId }) => runs.cancel(ctx, runId),
      fetch: ({ runId }: { runId: RunId }) => runs.result(ctx, runId, 'call_01m813dzb7e07rnws8tmrd8jfy' as CallId),
      list: () => runs.listPublished(ctx),
    };
    const names = Object.keys(deeds) as (keyof typeof deeds)[];
    const observed = async (): Promise<string> =>
      JSON.stringify([await t.events('Leo'), await runs.get(t.contextOf('Leo'), theirs.runId)]);
    const before = await observed();
    const sequences = fc.array(fc.tuple(fc.constantFrom(...names), fc.boolean()), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        for (const [name, isOwn] of sequence) {
          const answered = await deeds[name](isOwn ? own : theirs).then(
            () => true,
            (refusal: unknown) => {
              if (!(refusal instanceof PlatformError)) throw refusal;
              return false;
            },
          );
          equal(answered && !isOwn && name !== 'list', false, name);
        }
        equal(await observed(), before);
      }),
      { numRuns: 6 },
    );
  });
});

describe("one's own run", () => {
  test('AG-06 reads as it stands', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    const runs = await t.instance();
    const at = new Date(t.clock.now());
    deepEqual(await runs.get(t.contextOf('Dana'), t.latest), {
      ...{ runId: t.latest, threadId: await t.thread('Dana'), question: 'Where does our money go?' },
      ...{ state: 'running', errorCode: null, createdAt: at, startedAt: at, endedAt: null },
    });
    equal(runs.health().running, 1);
  });

  test('AG-06 at the same instant as a neighbour reads the usage of its own tenant', async () => {
    await using t = new RegistryTest();
    t.usage.recordEnough();
    await Promise.all([t.ask('Dana'), t.ask('Leo')]);
    for (const user of ['Dana', 'Leo'] as const) {
      const events = await t.ended(user);
      deepEqual(disorderIn(events), []);
      equal(new Set(events.map(({ runId }) => runId)).size, 1);
      const { tenantId } = t.users.user(user);
      equal(t.usage.asked.filter((one) => one.tenantId === tenantId).length, 4);
    }
  });

  test('AG-06 is about its own tenant, of ten tenants with ten users who ask at once through two instances', async () => {
    await using t = new RegistryTest();
    const [tenants, each] = [10, 10];
    for (let tenant = 0; tenant < tenants; tenant++) {
      const covered = { calls: 100 + tenant, daysWithUse: 1, first: null, last: null };
      t.usage.coveredOf.set(t.users.oneOfMany(tenant, 0).tenantId, covered);
    }
    const users = Array.from({ length: tenants * each }, (_, at) =>
      t.users.oneOfMany(at % tenants, Math.floor(at / tenants)),
    );
    // Answered by two specialists, who read how many calls the tenant has made.
    await t.askAtOnce(users, 'Will it rain tomorrow?', ['one', 'two']);
    await t.observer.counted('agent_runs_concluded_total {"conclusion":"ended"}', users.length);
    deepEqual(
      await t.table.answers(),
      Array.from({ length: tenants }, (_, tenant) => {
        return { tenantId: t.users.oneOfMany(tenant, 0).tenantId, answers: each, calls: 100 + tenant };
      }),
    );
  });
});

test('AG-13 what is kept can be read while PostgreSQL takes no writes', async () => {
  await using t = new RegistryTest();
  t.users.user('Ada').permissions.add('reports:publish');
  const runs = await t.instance();
  await t.ask('Ada');
  await t.ended('Ada');
  await runs.publish(t.contextOf('Ada'), t.latest);
  t.instances.isReadOnly = true;
  t.clock.advance(5_000);
  // Whoever polls has polled when the instance has stopped.
  await runs.drain(AbortSignal.abort());
  equal((await runs.get(t.contextOf('Ada'), t.latest)).state, 'completed');
  equal((await t.firstResult('Ada')).tool, 'usage_coverage');
  equal((await runs.listPublished(t.contextOf('Ada'))).length, 1);
  deepEqual(
    t.observer.lines.filter(({ level }) => level === 'warn' || level === 'error'),
    [],
  );
});
