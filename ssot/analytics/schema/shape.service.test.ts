import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { aroundNow, callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { OwnHistory } from '../../../world/modules/analytics/own-history';

const STEPS = 6;

async function built(history: OwnHistory): Promise<void> {
  await using _usage = await openUsage({}, history.url);
}

describe('the shape of the history', () => {
  void it('CH-10 five instances that start on an empty history build it once, and each records and answers', async () => {
    await using history = await OwnHistory.open(stores);
    const five = await Promise.all(Array.from({ length: 5 }, () => openUsage({}, history.url)));
    const leo = newReporter(stores);
    for (const [index, usage] of five.entries()) await usage.record(leo, [callOf(`call ${index}`)]);
    for (const usage of five) assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 5);
    const steps = await history.rows<{ name: string }>('select distinct name from {db}.schema_step');
    assert.equal(steps.length, STEPS);
    await Promise.all(five.map((usage) => usage[Symbol.asyncDispose]()));
  });

  void it('CH-10 a build that was cut off half-way is completed by the next start', async () => {
    await using history = await OwnHistory.open(stores);
    await built(history);
    await history.run('drop view {db}.usage_of');
    await history.run("alter table {db}.schema_step delete where name = 'usage_of'");
    await using usage = await openUsage({}, history.url);
    const leo = newReporter(stores);
    await usage.record(leo, [callOf('one')]);
    assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 1);
  });

  void it('CH-10 what has been done is not done again', async () => {
    await using history = await OwnHistory.open(stores);
    await built(history);
    await history.run('drop view {db}.usage_of');
    await built(history);
    assert.deepEqual(
      await history.rows("select name from system.tables where database = '{db}' and name = 'usage_of'"),
      [],
    );
  });

  for (const [title, statement, field, what] of [
    ['missing', 'drop column run_id', 'usage.run_id', 'is missing'],
    ['of another type', 'modify column latency_ms Int64', 'usage.latency_ms', 'is of the type Int64, not UInt64'],
    ['in another place', 'modify column feature String first', 'usage.tenant_id', 'stands in another place: feature'],
    ['not known', 'add column extra String', 'usage.extra', 'is not known to this version'],
  ] as const) {
    void it(`CH-10 a column that is ${title} refuses the start, named with its table`, async () => {
      await using history = await OwnHistory.open(stores);
      await built(history);
      await history.run(`alter table {db}.usage ${statement}`);
      await assert.rejects(openUsage({}, history.url), (error: { code: string; field: string; message: string }) => {
        assert.deepEqual([error.code, error.field], ['analytics_schema_mismatch', field]);
        assert(error.message.includes(`column ${field.split('.')[1]} of table usage ${what}`), error.message);
        return true;
      });
    });
  }

  void it('CH-10 a version goes on recording and answering while a newer one has added a column', async () => {
    await using history = await OwnHistory.open(stores);
    await built(history);
    await history.run("insert into {db}.schema_step (name) values ('usage_region')");
    await history.run("alter table {db}.usage add column region String default 'eu'");
    await using usage = await openUsage({}, history.url);
    const leo = newReporter(stores);
    await usage.record(leo, [callOf('one')]);
    assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 1);
  });
});
