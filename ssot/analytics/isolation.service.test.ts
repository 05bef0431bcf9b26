import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { stores } from '../../support/module-tests/stores';
import { aroundNow, callOf, newReporter, openUsage } from '../../world/modules/analytics/analytics-under-test';
import { addressOf } from '../../world/settings';
import { systemClock, vouchFor, type TenantContext } from '../kernel';
import type { Analytics } from '.';
import { layoutOn } from './schema/layout';
import { Store, TENANT_TABLES } from './store/store';

const count = z.object({ n: z.coerce.number() });

describe('the usage of one company', () => {
  let usage: Analytics;
  let store: Store;
  let leo: TenantContext;
  let dana: TenantContext;
  before(async () => {
    [leo, dana] = [newReporter(stores), newReporter(stores)];
    usage = await openUsage();
    store = new Store(addressOf('SPEC_CLICKHOUSE_URL'), systemClock, layoutOn(''));
    await usage.record(leo, [callOf('one', { feature: 'of Leo' })]);
    await usage.record(dana, [callOf('one', { feature: 'of Dana' }), callOf('two', { feature: 'of Dana' })]);
    for (const { tenantId, userId } of [leo, dana]) {
      const ref = { tenantId, userId, kind: 'thread', subject: 'one' };
      await usage.archive.put({ ...ref, part: 0, checksum: 'none', body: '{}' });
      await usage.erasures.note({ tenantId, subject: userId, requestedAt: 0 });
    }
  });
  after(async () => {
    await usage[Symbol.asyncDispose]();
    await store.close();
  });

  for (const table of TENANT_TABLES) {
    void it(`CH-01 a statement that forgets the company is shown its rows only: ${table}`, async () => {
      const forgotten = `select uniqExact(tenant_id) as n from ${table}`;
      assert.deepEqual(await store.askOf(leo, forgotten, {}, count), [{ n: 1 }]);
      const ofOther = `select count() as n from ${table} where tenant_id = {other:String}`;
      assert.deepEqual(await store.askOf(leo, ofOther, { other: dana.tenantId }, count), [{ n: 0 }]);
      assert.deepEqual(await store.ask(`select count() as n from ${table}`, {}, count), [{ n: 0 }]);
    });
  }

  void it('CH-01 every table that has a company is one of those that are kept apart', async () => {
    const found = await store.ask(
      `select distinct table from system.columns where database = currentDatabase() and name = 'tenant_id'
       and table in (select name from system.tables where database = currentDatabase() and engine like '%MergeTree') order by table`,
      {},
      z.object({ table: z.string() }),
    );
    assert.deepEqual(
      found.map(({ table }) => table),
      [...TENANT_TABLES].sort(),
    );
  });

  for (const statement of [
    "insert into usage (tenant_id, event_id) values ('a', 'b')",
    'truncate table usage',
    'drop table usage',
    'create table other (n UInt8) engine = Memory',
  ]) {
    void it(`CH-01 a question changes nothing: ${statement}`, async () => {
      await assert.rejects(store.askOf(leo, statement, {}, count), { code: 'analytics_broken_answer' });
      assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 1);
    });
  }

  for (const [title, value] of [
    ['a quote and a comment', "') or 1 = 1 --"],
    ['another select', "of Leo' union all select * from usage --"],
    ['our own mark', '/* counted */'],
    ['a backslash', '\\'],
    ['a quote behind a backslash', "\\'"],
    ['a placeholder', '{tenant:String}'],
    ['the id of another company', undefined],
    ['four bytes', '😀'],
    ['any', '%'],
  ] as const) {
    void it(`CH-01 a filter that is written to break out finds nothing: ${title}`, async () => {
      for (const name of ['provider', 'model', 'feature', 'person'] as const) {
        const where = { [name]: [value ?? dana.tenantId] };
        assert.deepEqual((await usage.usage(leo, { ...aroundNow(), by: ['feature'], where })).data, []);
      }
    });
  }

  void it('CH-01 what another company reports under the same id counts for each', async () => {
    assert.deepEqual((await usage.usage(leo, { ...aroundNow(), by: ['feature'] })).data[0]?.feature, 'of Leo');
    assert.equal((await usage.coverage(dana, aroundNow())).data.calls, 2);
  });

  void it('CH-01 nobody reads or reports without the right, or for a company that was not vouched for', async () => {
    const without = vouchFor({ ...leo, permissions: [] });
    const forged: TenantContext = { ...leo };
    for (const ctx of [without, forged]) {
      await assert.rejects(usage.coverage(ctx, aroundNow()));
      await assert.rejects(usage.record(ctx, [callOf('two')]));
    }
    await assert.rejects(usage.cutOff(forged));
    await assert.rejects(async () => store.askOf(forged, 'select 1 as n', {}, count));
    assert.equal((await usage.coverage(leo, aroundNow())).data.calls, 1);
  });
});
