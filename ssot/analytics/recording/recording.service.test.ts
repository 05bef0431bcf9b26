import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exclusivelyIn } from '../../../platform/wiring/exclusively';
import { stores } from '../../../support/module-tests/stores';
import {
  aroundNow,
  callOf,
  newReporter,
  openUsage,
  usageLimits,
} from '../../../world/modules/analytics/analytics-under-test';
import type { Database } from '../../database-manager';
import type { TenantContext } from '../../kernel';
import type { Analytics } from '..';

let database: Database;
const opened: Analytics[] = [];
async function open(of: Parameters<typeof usageLimits>[0] = {}): Promise<Analytics> {
  const plans = usageLimits(of);
  const usage = await openUsage({ plans, exclusively: exclusivelyIn(() => database, 'recording') });
  opened.push(usage);
  return usage;
}

async function callsOf(usage: Analytics, ctx: TenantContext): Promise<number> {
  return (await usage.coverage(ctx, aroundNow())).data.calls;
}

const hundred = Array.from({ length: 100 }, (_, index) => callOf(`call ${index}`));

describe('recording of usage', () => {
  before(async () => {
    database = await stores.database();
  });
  after(() => Promise.all(opened.map((usage) => usage[Symbol.asyncDispose]())));

  for (const [where, instances] of [
    ['one instance', 1],
    ['two instances', 2],
  ] as const) {
    void it(`CH-03 of equal reports sent to ${where} at one moment, one is recorded and the others are repeats`, async () => {
      const usages = await Promise.all(Array.from({ length: instances }, () => open()));
      const leo = newReporter(stores);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (usages[index % instances] as Analytics).record(leo, hundred)),
      );
      assert.deepEqual(outcomes.map(({ recorded, repeated }) => `${recorded} ${repeated}`).toSorted(), [
        ...Array.from({ length: 7 }, () => '0 100'),
        '100 0',
      ]);
      assert.equal(await callsOf(usages[0] as Analytics, leo), 100);
    });

    void it(`CH-03 of different uses under one id sent to ${where} at one moment, one is recorded and the others are conflicts`, async () => {
      const usages = await Promise.all(Array.from({ length: instances }, () => open()));
      const leo = newReporter(stores);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, index) =>
          (usages[index % instances] as Analytics).record(leo, [callOf('call 1', { outputTokens: index + 1 })]),
        ),
      );
      const conflicts = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as { code: string }] : []));
      assert.deepEqual(
        conflicts.map(({ code }) => code),
        Array.from({ length: 7 }, () => 'analytics_event_conflict'),
      );
      assert.equal(await callsOf(usages[0] as Analytics, leo), 1);
    });
  }

  void it('CH-02 an id of any letters is known again, and no other is taken for it', async () => {
    const usage = await open();
    const leo = newReporter(stores);
    const hostile = [
      "it's",
      '\\',
      "\\'",
      "') or 1 = 1 --",
      '{tenant:String}',
      'a\nb',
      '\t',
      '😀',
      '%',
      'a,b',
      '€'.repeat(128),
    ];
    const calls = hostile.map((id) => callOf(id === '\t' ? 'a\tb' : id));
    assert.deepEqual(await usage.record(leo, calls.slice(0, -1)), { recorded: 10, repeated: 0 });
    assert.deepEqual(await usage.record(leo, calls), { recorded: 1, repeated: 10 });
    assert.equal(await callsOf(usage, leo), 11);
  });

  void it('CH-02 a thousand ids of the greatest length are known again', async () => {
    const usage = await open();
    const leo = newReporter(stores);
    const calls = Array.from({ length: 1_000 }, (_, index) => callOf(`${index} `.padEnd(128, '😀').slice(0, 128)));
    const whole = calls.map((call) => ({ ...call, eventId: call.eventId.toWellFormed() }));
    assert.deepEqual(await usage.record(leo, whole), { recorded: 1_000, repeated: 0 });
    assert.deepEqual(await usage.record(leo, whole), { recorded: 0, repeated: 1_000 });
  });

  void it("CH-03 of one company's reports one is stored at a time, and that of another company beside it", async () => {
    const begun: string[] = [];
    const mayGoOn = Promise.withResolvers<void>();
    const [leo, other] = [newReporter(stores), newReporter(stores)];
    const exclusively = async <T>({ tenantId }: TenantContext, work: () => Promise<T>): Promise<T> => {
      begun.push(tenantId);
      await mayGoOn.promise;
      return work();
    };
    const usage = await openUsage({ exclusively });
    opened.push(usage);
    const reports = ['a', 'b', 'c'].map((id) => usage.record(leo, [callOf(id)]));
    const beside = usage.record(other, [callOf('a')]);
    // Reports begin in their turn before anything is waited for.
    await new Promise((turn) => setImmediate(turn));
    assert.deepEqual(begun, [leo.tenantId, other.tenantId]);
    mayGoOn.resolve();
    await Promise.all([...reports, beside]);
    assert.deepEqual(begun.slice(2), [leo.tenantId, leo.tenantId]);
  });

  void it('CF-09 a company with as many models as its plan allows is told so, and the report leaves nothing', async () => {
    const usage = await open({ modelsPerTenant: 3 });
    const leo = newReporter(stores);
    const models = ['a', 'b', 'c'].map((model) => callOf(model, { model }));
    await usage.record(leo, models);
    await assert.rejects(
      usage.record(
        leo,
        [callOf('d'), callOf('e', { model: 'd' })].map((one) => ({ ...one, provider: 'other' })),
      ),
      {
        code: 'analytics_names_limit',
        field: 'events[0].model',
        limit: { name: 'modelsPerTenant', max: 3 },
        message:
          'Nothing was recorded: your company has reported 3 different models, as many as its plan allows, and ' +
          'events[0].model is another one. Report the name that the provider gives the model, without ids or dates of your own.',
      },
    );
    await usage.record(leo, [callOf('f', { model: 'b' })]);
    assert.equal(await callsOf(usage, leo), 4);
    await usage.record(newReporter(stores), [callOf('g', { model: 'd' })]);
  });

  void it('CF-09 of different features in one report, as many are taken as the plan allows, the last one too', async () => {
    const usage = await open({ featuresPerTenant: 5 });
    const leo = newReporter(stores);
    const features = (count: number) =>
      Array.from({ length: count }, (_, at) => callOf(`${at}`, { feature: `f${at}` }));
    await assert.rejects(usage.record(leo, features(6)), {
      code: 'analytics_names_limit',
      field: 'events[5].feature',
      limit: { name: 'featuresPerTenant', max: 5 },
    });
    assert.deepEqual(await usage.record(leo, features(5)), { recorded: 5, repeated: 0 });
  });

  void it('CF-09 new names reported to two instances at one moment never exceed the plan', async () => {
    const usages = [await open({ featuresPerTenant: 10 }), await open({ featuresPerTenant: 10 })] as const;
    const leo = newReporter(stores);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) =>
        usages[at % 2 === 0 ? 0 : 1].record(leo, [callOf(`${at}`, { feature: `f${at}` })]),
      ),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 10);
    assert.equal((await usages[0].usage(leo, { ...aroundNow(), by: ['feature'] })).data.length, 10);
  });
});
