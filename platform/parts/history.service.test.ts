import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadBase } from '../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { createLifecycle } from '../../ssot/lifecycle-manager';
import { stores } from '../../support/module-tests/stores';
import { eventually } from '../../world/eventually';
import { FaultProxy } from '../../world/operations/fault-proxy';
import { addressOf, platformVariables } from '../../world/settings';
import { commonOf } from './common';
import { historyParts } from './history';

describe('the history of an instance', () => {
  it('LC-03 that is away lets the instance serve on, degraded', async () => {
    await using proxy = await FaultProxy.open(addressOf('SPEC_CLICKHOUSE_URL'));
    const variables = { ...platformVariables(), CLICKHOUSE_URL: proxy.url };
    const base = await loadBase({ variables, clock: systemClock, log: silentLogger });
    const common = commonOf({ clock: systemClock, time: 'server', random: systemRandom, log: silentLogger });
    const db = await stores.database();
    const { parts } = historyParts(base, common, { database: () => db, configuration: assert.fail });
    await using lifecycle = createLifecycle({ ...common, parts, settings: { checkEveryMs: 50 } });
    const word = (): readonly boolean[] => [lifecycle.ready().ok, lifecycle.ready().degraded];
    await lifecycle.start();
    assert.deepEqual(word(), [true, false]);
    proxy.cut();
    await eventually(() => assert.deepEqual(word(), [true, true]));
  });
});
