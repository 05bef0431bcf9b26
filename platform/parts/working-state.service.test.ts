import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadBase } from '../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import type { Part } from '../../ssot/lifecycle-manager';
import { StateTest } from '../../support/module-tests/state/state-test';
import { stores } from '../../support/module-tests/stores';
import { eventually } from '../../world/eventually';
import { FaultProxy } from '../../world/operations/fault-proxy';
import { platformVariables } from '../../world/settings';
import { commonOf } from './common';
import { made } from './made';
import { workingStateParts } from './working-state';

describe('working state of an instance', () => {
  it('LC-02 that could not start has nothing open, and has one connection to Redis when it could', async () => {
    await using proxy = await FaultProxy.open(stores.redisUrl());
    const variables = { ...platformVariables(), REDIS_URL: proxy.url };
    const base = await loadBase({ variables, clock: systemClock, log: silentLogger });
    const common = commonOf({ clock: systemClock, time: 'server', random: systemRandom, log: silentLogger });
    const db = await stores.database();
    let isThere = false;
    const { parts, redis } = workingStateParts(base, common, {
      database: () => made(isThere ? db : undefined),
      analytics: assert.fail,
    });
    const [{ start, stop }] = parts as [Required<Part>];
    const never = new AbortController().signal;
    await assert.rejects(start(never), { code: 'not_ready' });
    isThere = true;
    await start(never);
    await redis().ping();
    await eventually(() => assert.equal(proxy.open, 1));
    await stop(never);
    await eventually(() => assert.equal(proxy.open, 0));
  });

  it('LC-01 that drops entries on its own makes the instance unfit, and says what to do', async () => {
    await using t = new StateTest();
    const variables = { ...platformVariables(), REDIS_URL: await t.ownRedis.start() };
    const base = await loadBase({ variables, clock: systemClock, log: silentLogger });
    const common = commonOf({ clock: systemClock, time: 'server', random: systemRandom, log: silentLogger });
    const db = await stores.database();
    const { parts } = workingStateParts(base, common, { database: () => db, analytics: assert.fail });
    const [{ start, check, stop }] = parts as [Required<Part>];
    const never = new AbortController().signal;
    await start(never);
    await using _stop = { [Symbol.asyncDispose]: () => stop(never) };
    assert.deepEqual(await check(never), { ok: true });
    await t.ownRedis.configure('maxmemory-policy', 'allkeys-lru');
    const cause = 'Redis drops entries on its own (maxmemory-policy allkeys-lru). Set it to noeviction.';
    assert.deepEqual(await check(never), { ok: false, cause });
  });
});
