import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exclusivelyIn } from '../../../platform/wiring/exclusively';
import { stores } from '../../../support/module-tests/stores';
import { aroundNow, callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { eventually } from '../../../world/eventually';
import { rowsIn, type TenantContext, type UserId } from '../../kernel';
import { COMPANY, type Analytics } from '..';

const { ids } = stores;
/** Everything that says whose call it was. */
const about = (personId: UserId) => ({
  ...{ personId, runId: ids.next('run'), promptHash: 'prompt', opening: { hash: 'opening', tokens: 5 } },
});

describe('usage of people who were erased', () => {
  let usage: Analytics;
  before(async () => {
    const database = await stores.database();
    usage = await openUsage({ exclusively: exclusivelyIn(() => database, 'recording') });
  });
  after(() => usage[Symbol.asyncDispose]());

  const erase = async ({ tenantId }: TenantContext, userId: UserId): Promise<void> => {
    await usage.erasures.note({ tenantId, subject: userId, requestedAt: 0 });
    await usage.customerData.erase({ tenantId, userId });
  };
  const runsOf = async ({ tenantId }: TenantContext): Promise<readonly unknown[]> => {
    const runs: unknown[] = [];
    for await (const { record } of usage.customerData.export({ tenantId })) {
      runs.push((record as { run_id: string }).run_id);
    }
    return runs;
  };

  void it('SP-09 what is reported later of somebody who was erased is counted, and does not say whose it was', async () => {
    const leo = newReporter(stores);
    const [gone, other] = [ids.next('user'), ids.next('user')];
    const early = callOf('early', about(gone));
    await usage.record(leo, [early]);
    await erase(leo, gone);
    const late = [callOf('late', about(gone)), callOf('of another', { personId: other })];
    assert.deepEqual(await usage.record(leo, [early, ...late]), { recorded: 2, repeated: 1 });
    // Sent again because the answer was lost, it is what was recorded.
    assert.deepEqual(await usage.record(leo, late), { recorded: 0, repeated: 2 });
    assert.equal(rowsIn(await usage.customerData.count({ tenantId: leo.tenantId, userId: gone })), 0);
    const { data } = await usage.usage(leo, { ...aroundNow(), by: ['person'] });
    assert.deepEqual(
      new Map(data.map(({ person, calls }) => [person, calls])),
      new Map([
        ['', 2],
        [other, 1],
      ]),
    );
    assert.deepEqual(await runsOf(leo), ['', '', '']);
  });

  void it('SP-09 somebody of the same id in another company is not the one who was erased', async () => {
    const [leo, dana] = [newReporter(stores), newReporter(stores)];
    const person = ids.next('user');
    await erase(leo, person);
    await usage.record(dana, [callOf('one', about(person))]);
    assert.equal(rowsIn(await usage.customerData.count({ tenantId: dana.tenantId, userId: person })), 1);
  });

  void it('SP-09 nothing more is recorded of a company that is erased', async () => {
    const leo = newReporter(stores);
    await usage.erasures.note({ tenantId: leo.tenantId, subject: COMPANY, requestedAt: 0 });
    await assert.rejects(usage.record(leo, [callOf('one')]), { code: 'not_allowed', retryable: false });
    assert.equal(rowsIn(await usage.customerData.count({ tenantId: leo.tenantId })), 0);
  });

  void it('SP-09 an erasure is noted once no report is under way that does not know of it', async () => {
    const leo = newReporter(stores);
    const gone = ids.next('user');
    const [stored, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const database = await stores.database();
    const inTurn = exclusivelyIn(() => database, 'recording');
    // An instance that looks for erasures, and whose insert lands late.
    await using slow = await openUsage({
      exclusively: (ctx, work) =>
        inTurn(ctx, async () => {
          const result = await work();
          stored.resolve();
          await mayEnd.promise;
          return result;
        }),
    });
    const reported = slow.record(leo, [callOf('one', about(gone))]);
    await stored.promise;
    let isNoted = false;
    const record = { tenantId: leo.tenantId, subject: gone, requestedAt: 0 };
    const noted = usage.erasures.note(record).then(() => (isNoted = true));
    const isListed = async (): Promise<boolean> =>
      (await usage.erasures.all()).some(({ subject }) => subject === record.subject);
    await eventually(async () => assert(await isListed()));
    // Time enough for an answer that waits for nobody.
    assert(await isListed());
    assert.equal(isNoted, false);
    mayEnd.resolve();
    await Promise.all([reported, noted]);
  });
});
