import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CustomerDataTest, type Somebody } from '../../../support/module-tests/customer-data/customer-data-test';
import { stores } from '../../../support/module-tests/stores';
import { eventually } from '../../../world/eventually';
import { Backup } from '../../../world/modules/state-persistence/backup';

const APPLIED_AGAIN = 'PostgreSQL came back from before an erasure, which is applied again.';

describe('a store that comes back older', () => {
  void it('SP-11 PostgreSQL comes back from before an erasure: whoever was erased is gone before anybody is served', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const [dana, ravi] = t.people as readonly [Somebody, Somebody];
    await using backup = await Backup.make(stores.rows(), t.everywhere.schema);
    await t.erased(dana);
    await backup.restore();
    assert.notDeepEqual(await t.placesNaming(dana), []);
    const before = await t.restBeside(dana);
    const requests = t.requests();
    await using _ = await requests.start();
    assert.deepEqual(await t.placesNaming(dana), []);
    assert.deepEqual(requests.health(), { state: 'restored', cause: APPLIED_AGAIN });
    await t.done(dana, requests);
    assert.deepEqual(await t.restBeside(dana), before);
    assert.notDeepEqual(await t.placesNaming(ravi), []);
    t.clock.advance(3_600_000);
    assert.deepEqual(requests.health(), { state: 'up' });
  });

  void it('SP-11 PostgreSQL comes back from before the erasure of a company', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    await using backup = await Backup.make(stores.rows(), t.everywhere.schema);
    await t.erased(undefined);
    await backup.restore();
    await using _ = await t.requests().start();
    const marks = t.people.flatMap((one) => t.marksOf(one));
    assert.deepEqual(await t.everywhere.naming([t.tenantId, ...marks], 'company'), []);
  });

  for (const [what, comesBack] of [
    ['from before an erasure', false],
    ['empty', true],
  ] as const) {
    void it(`SP-11 ClickHouse comes back ${what}: whoever was erased stays so, and it is known there again`, async () => {
      await using t = new CustomerDataTest();
      await t.fill(3);
      const dana = t.people[0] as Somebody;
      await t.erased(dana);
      const ofDana = { tenantId: t.tenantId, userId: dana.userId, kind: 'thread', subject: dana.threadId };
      if (!comesBack) await t.archive.put({ ...ofDana, part: 1, checksum: dana.mark, body: dana.mark });
      await forgetRecords(t);
      const requests = t.requests();
      await using _ = await requests.start();
      assert.match(requests.health().cause ?? '', /^ClickHouse came back from before an erasure/);
      assert.deepEqual(await t.placesNaming(dana), []);
      await t.done(dana, requests);
      const records = await t.records.all();
      assert.deepEqual(
        records.filter(({ tenantId }) => tenantId === t.tenantId).map(({ subject }) => subject),
        [dana.userId],
      );
    });
  }

  void it('SP-11 what was restored under a running instance is found within a minute, also when the history was away', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const dana = t.people[0] as Somebody;
    await using backup = await Backup.make(stores.rows(), t.everywhere.schema);
    await t.erased(dana);
    let isAway = true;
    const requests = t.requests(t.modules, {
      note: (record) => t.records.note(record),
      all: () => (isAway ? Promise.reject(new Error('away')) : t.records.all()),
    });
    await using _ = await requests.start();
    await backup.restore();
    isAway = false;
    t.clock.advance(60_000);
    await t.done(dana, requests);
    assert.deepEqual(await t.placesNaming(dana), []);
  });

  void it('SP-11 of three instances one compares the lists each minute, and another goes on when it is gone', async () => {
    await using t = new CustomerDataTest();
    await t.fill(1);
    let comparisons = 0;
    const records = { note: t.records.note, all: () => ((comparisons += 1), t.records.all()) };
    const instances = await Promise.all([1, 2, 3].map(() => t.requests(t.modules, records).start()));
    assert.equal(comparisons, 3, 'each before it serves');
    /** Lets a minute pass for so many instances, each of which waits for its next comparison and its next look at erasures. */
    const minute = async (there: number): Promise<number> => {
      const waits = (): void => assert.equal(t.clock.pending, 2 * there);
      await eventually(waits);
      t.clock.advance(60_000);
      await eventually(waits);
      return comparisons;
    };
    assert.deepEqual([await minute(3), await minute(3)], [4, 5]);
    for (const gone of instances.slice(1)) await gone[Symbol.asyncDispose]();
    assert.equal(await minute(1), 6);
    await instances[0]?.[Symbol.asyncDispose]();
  });

  void it('SP-11 an erasure is done only when the history notes it, and is noted there before anything goes', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const dana = t.people[0] as Somebody;
    const steps: string[] = [];
    let isAway = true;
    const requests = t.requests(
      t.modules.map((module) => ({
        ...module,
        erase: (subject) => (steps.push(module.name), module.erase(subject)),
      })),
      {
        all: () => t.records.all(),
        note: (record) => (steps.push('record'), isAway ? Promise.reject(new Error('away')) : t.records.note(record)),
      },
    );
    await using _ = await requests.start();
    const by = t.contextOf(t.people[1] as Somebody);
    await requests.erase(by, dana.userId, () => Promise.resolve());
    await t.failing(dana, requests, 'record');
    assert.equal(steps[0], 'record');
    isAway = false;
    t.clock.advance(60_000);
    await t.done(dana, requests);
  });

  void it('SP-11 what is on legal hold in the store that came back is not erased', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const dana = t.people[0] as Somebody;
    await using backup = await Backup.make(stores.rows(), t.everywhere.schema);
    await t.erased(dana);
    await backup.restore();
    const requests = t.requests();
    const by = t.contextOf(t.people[1] as Somebody);
    await requests.hold(by, { userId: dana.userId, reason: 'Lawsuit of May' }, () => Promise.resolve());
    await using _ = await requests.start();
    assert.equal((await requests.erasure(by, dana.userId)).state, 'held');
    assert.notDeepEqual(await t.placesNaming(dana), []);
  });

  void it('SP-11 the history of another deployment erases nobody', async () => {
    await using t = new CustomerDataTest();
    await t.fill(1);
    const stranger = { tenantId: stores.ids.next('tenant'), subject: stores.ids.next('user'), requestedAt: 1 };
    await t.records.note(stranger);
    const requests = t.requests();
    await using _ = await requests.start();
    assert.deepEqual(requests.health(), { state: 'up' });
  });
});

/** As a ClickHouse does that comes back from a backup. */
async function forgetRecords({ tenantId }: CustomerDataTest): Promise<void> {
  await stores.history().command({
    query: 'alter table erasure delete where tenant_id = {tenant:String} settings mutations_sync = 2',
    query_params: { tenant: tenantId },
  });
}
