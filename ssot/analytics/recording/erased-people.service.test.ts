import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exclusivelyIn } from '../../../platform/wiring/exclusively';
import { stores } from '../../../support/module-tests/stores';
import { aroundNow, callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
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
});
