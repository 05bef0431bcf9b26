import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CustomerDataTest, type Somebody } from '../../../support/module-tests/customer-data/customer-data-test';
import { ErasureTest } from '../../../support/module-tests/customer-data/erasure-test';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { eventually } from '../../../world/eventually';
import { Backup } from '../../../world/modules/state-persistence/backup';
import { persistenceSchemaChanges } from '..';

const MINUTE_MS = 60_000;
const MODULES = ['agents', 'chat', 'accounts'];
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
});

describe('a store that comes back from before erasures', () => {
  const own = ownDatabase(persistenceSchemaChanges);

  void it('SP-11 is PostgreSQL: whom only the history lists is gone before anybody is served, and operators are told for an hour', async () => {
    const t = new ErasureTest(own.db);
    const [dana, ravi, mia] = [t.person(), t.person(), t.person()];
    const requestedAt = t.clock.now() - MINUTE_MS;
    const ofAnother = { tenantId: stores.ids.next('tenant'), subject: mia, requestedAt };
    const listed = [dana, ravi].map((subject) => ({ tenantId: t.tenantId, subject, requestedAt }));
    t.history.noted.push(ofAnother, ...listed);
    const requests = t.requests();
    await using _ = await requests.start();
    assert.deepEqual(
      [dana, ravi, mia].map((one) => t.modulesWith(one)),
      [[], [], MODULES],
    );
    for (const one of [dana, ravi]) {
      assert.deepEqual((await requests.erasure(t.by, one)).requestedAt, new Date(requestedAt));
    }
    const told = 'PostgreSQL came back from before 2 erasures, which are applied again.';
    t.clock.advance(60 * MINUTE_MS - 1);
    assert.deepEqual(requests.health(), { state: 'restored', cause: told });
    t.clock.advance(1);
    assert.deepEqual(requests.health(), { state: 'up' });
  });

  void it('SP-11 is the history: whoever was erased is gone again before anybody is served, and is noted again', async () => {
    const t = new ErasureTest(own.db);
    const [dana, ravi] = [t.person(), t.person()];
    {
      const before = t.requests();
      await using _ = await before.start();
      await t.erase(before, dana);
      await t.done(before, dana);
    }
    t.history.noted.length = 0;
    t.module('chat').people.add(dana);
    const requests = t.requests();
    await using _ = await requests.start();
    assert.deepEqual(
      [dana, ravi].map((one) => t.modulesWith(one)),
      [[], MODULES],
    );
    assert.deepEqual(t.noted, [dana]);
    const cause = 'ClickHouse came back from before an erasure, which is applied again.';
    assert.deepEqual(requests.health(), { state: 'restored', cause });
  });

  void it('SP-11 is none that was not told yet what is under way', async () => {
    const t = new ErasureTest(own.db);
    const [dana, before] = [t.person(), t.requests()];
    t.history.isAway = true;
    await using _before = await before.start();
    await t.erase(before, dana);
    await t.failing(before, dana, 'record');
    t.history.isAway = false;
    const requests = t.requests();
    await using _ = await requests.start();
    assert.deepEqual(requests.health(), { state: 'up' });
  });

  void it('SP-11 is looked for each minute by one of three instances, and by another when that is gone', async () => {
    const t = new ErasureTest(own.db);
    const instances = await Promise.all([1, 2, 3].map(() => t.requests().start()));
    assert.equal(t.history.asked, 3, 'each before it serves');
    /** Lets a minute pass for so many instances, each of which waits for its next comparison and its next look at erasures. */
    const minute = async (there: number): Promise<number> => {
      const waits = (): void => assert.equal(t.clock.pending, 2 * there);
      await eventually(waits);
      t.clock.advance(MINUTE_MS);
      await eventually(waits);
      return t.history.asked;
    };
    assert.deepEqual([await minute(3), await minute(3)], [4, 5]);
    for (const gone of instances.slice(1)) await gone[Symbol.asyncDispose]();
    assert.equal(await minute(1), 6);
    await instances[0]?.[Symbol.asyncDispose]();
  });

  void it('SP-11 can be told by an erasure that is done: the history notes it, before anything goes', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    const whenNoted: number[] = [];
    t.history.beforeNote = () => whenNoted.push(t.begun.length);
    t.history.isAway = true;
    await using _ = await requests.start();
    await t.erase(requests, dana);
    await t.failing(requests, dana, 'record');
    assert.deepEqual([(await requests.erasure(t.by, dana)).state, t.modulesWith(dana)], ['erasing', []]);
    t.history.isAway = false;
    t.begun.length = 0;
    t.clock.advance(MINUTE_MS);
    await t.done(requests, dana);
    assert.deepEqual([t.noted[0], whenNoted[0]], [dana, 0]);
  });
});

/** As a ClickHouse does that comes back from a backup. */
async function forgetRecords({ tenantId }: CustomerDataTest): Promise<void> {
  await stores.history().command({
    query: 'alter table erasure delete where tenant_id = {tenant:String} settings mutations_sync = 2',
    query_params: { tenant: tenantId },
  });
}
