import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exclusivelyIn } from '../../platform/wiring/exclusively';
import { countedOf, exportedOf } from '../../support/module-tests/customer-data/told-of';
import { stores } from '../../support/module-tests/stores';
import { callOf, newReporter, openUsage } from '../../world/modules/analytics/analytics-under-test';
import type { ExportRecord, Subject } from '../kernel';
import type { Analytics } from '.';

/** More than an export reads at once. */
const MANY = 1_001;
const AT_ONCE = 500;

describe('usage as data of people and companies', () => {
  let usage: Analytics;
  before(async () => {
    const database = await stores.database();
    usage = await openUsage({ exclusively: exclusivelyIn(() => database, 'recording') });
  });
  after(() => usage[Symbol.asyncDispose]());

  const exportedBy = async (subject: Subject): Promise<readonly ExportRecord['record'][]> => {
    const records = await exportedOf(usage.customerData, subject);
    assert(records.every(({ place }) => place === 'usage'));
    return records.map(({ record }) => record);
  };

  void it('SP-12 an export holds each call once, however many there are, and of a person theirs alone', async () => {
    const leo = newReporter(stores);
    const { tenantId } = leo;
    const calls = Array.from({ length: MANY }, (_, at) => callOf(`call ${String(at).padStart(4, '0')}`));
    for (let at = 0; at < MANY; at += AT_ONCE) await usage.record(leo, calls.slice(at, at + AT_ONCE));
    const personId = stores.ids.next('user');
    await usage.record(leo, [callOf('of one', { personId })]);
    const all = (await exportedBy({ tenantId })) as readonly { readonly event_id: string }[];
    assert.deepEqual(
      all.map(({ event_id }) => event_id),
      [...calls.map(({ eventId }) => eventId), 'of one'],
    );
    const [theirs, ...more] = await exportedBy({ tenantId, userId: personId });
    assert.partialDeepStrictEqual(theirs, { event_id: 'of one', person_id: personId, model: 'gpt-4o' });
    assert.deepEqual(more, []);
    assert.deepEqual(await countedOf(usage.customerData, { tenantId, userId: personId }), { usage: 1 });
  });

  void it('SP-09 of a company that is erased nothing is left, and its neighbour keeps all', async () => {
    const [leo, mia] = [newReporter(stores), newReporter(stores)];
    for (const who of [leo, mia]) await usage.record(who, [callOf('one'), callOf('two', { feature: 'search' })]);
    const before = await countedOf(usage.customerData, { tenantId: leo.tenantId });
    assert.deepEqual([before['usage'], Number(before['usage_names']) > 0], [2, true]);
    await usage.customerData.erase({ tenantId: leo.tenantId });
    assert.deepEqual(await countedOf(usage.customerData, { tenantId: leo.tenantId }), { usage: 0, usage_names: 0 });
    assert.deepEqual(await countedOf(usage.customerData, { tenantId: mia.tenantId }), before);
  });

  void it('CH-05 the time zones are those that ClickHouse knows', async () => {
    for (const [zone, isKnown] of [
      ['Europe/Berlin', true],
      ['UTC', true],
      ['Mars/Olympus_Mons', false],
      ['+05:30', false],
      ['', false],
    ] as const)
      assert.equal(await usage.isTimeZone(zone), isKnown, zone);
  });
});
