import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { administrator, change, limit, limitOf, start } from '../../../support/module-tests/company-settings';
import { countedOf, exportedOf } from '../../../support/module-tests/customer-data/told-of';
import { stores } from '../../../support/module-tests/stores';
import type { Subject } from '../../kernel';
import { settingsCustomerData } from './customer-data';

describe('settings as data of people and companies', () => {
  void it('SP-09 of a person the reasons they wrote are erased, and the changes stay', async () => {
    await using instance = await start();
    const dana = administrator();
    const ravi = administrator(dana.tenantId);
    const { configuration } = instance;
    await configuration.change(dana, change(limit(5)));
    await configuration.change(ravi, change(limit(6), 1, { reason: 'a colleague asked' }));
    const data = settingsCustomerData(await stores.database());
    const of = ({ tenantId, userId }: Subject): Subject => ({ tenantId, ...(userId && { userId }) });
    assert.deepEqual(await countedOf(data, of(dana)), { config_change: 1 });
    const [told, ...others] = await exportedOf(data, of(dana));
    assert.deepEqual([told?.place, others], ['config_change', []]);
    assert.partialDeepStrictEqual(told?.record, { version: 1, actorId: dana.userId });
    await data.erase(of(dana));
    assert.deepEqual(await countedOf(data, of(dana)), { config_change: 0 });
    assert.deepEqual(
      (await configuration.history(dana)).map(({ reason }) => reason),
      ['a colleague asked', '(erased)'],
    );
    assert.equal(await limitOf(instance, dana), 6);
    assert.deepEqual(await countedOf(data, of(ravi)), { config_change: 1 });
  });

  void it('SP-09 of a company all is erased and nothing of its neighbour; an export has its settings and no credential', async () => {
    await using instance = await start();
    const [dana, neighbour] = [administrator(), administrator()];
    const { configuration } = instance;
    for (const who of [dana, neighbour])
      await configuration.change(who, change({ ...limit(5), 'model.key': 'sk-planted' }));
    const data = settingsCustomerData(await stores.database());
    const [company, other] = [{ tenantId: dana.tenantId }, { tenantId: neighbour.tenantId }];
    const all = { config_change: 1, config_change_item: 2, config_override: 2, config_head: 1 };
    assert.deepEqual(await countedOf(data, company), all);
    const told = await exportedOf(data, company);
    assert.deepEqual(
      told.map(({ place }) => place),
      ['config_change', 'config_override'],
    );
    assert.deepEqual(told[1]?.record, { key: 'limits.threadsPerPerson', value: 5 });
    assert.doesNotMatch(JSON.stringify(told), /planted/);
    await data.erase(company);
    assert.deepEqual(await countedOf(data, company), Object.fromEntries(Object.keys(all).map((place) => [place, 0])));
    assert.deepEqual(await countedOf(data, other), all);
  });
});
