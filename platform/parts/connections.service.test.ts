import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { loadBase, type Base } from '../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { change } from '../../support/module-tests/company-settings';
import { firstAnswer } from '../../support/module-tests/http/first-answer';
import { openDevice, ownConnections } from '../../support/module-tests/own-connections';
import { signedInAt } from '../../support/module-tests/signed-in';
import { eventually } from '../../world/eventually';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { platformVariables } from '../../world/settings';
import { createPlatform, startPlatform, type Platform } from '..';

const PORTS = { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger } as const;

describe('the connections of an instance', () => {
  let base: Base;
  let platform: Platform;
  before(async () => {
    base = await loadBase({ variables: platformVariables(), clock: systemClock, log: silentLogger });
    platform = await startPlatform(base, PORTS);
  });
  after(() => platform.stop());

  it('LC-01 are not taken before all its parts are up, even when they could be', async () => {
    let isStarting = true;
    await using connections = await ownConnections(platform, base, PORTS, () => isStarting);
    await connections.part.start(AbortSignal.timeout(1_000));
    const early = await firstAnswer(connections.url);
    isStarting = false;
    const later = await firstAnswer(connections.url);
    assert.deepEqual([early, later], ['not_ready', 'token_missing']);
  });

  it('CF-09 are as many as a company lets its people have, where that is less than its plan', async () => {
    await using connections = await ownConnections(platform, base, PORTS);
    await connections.part.start(AbortSignal.timeout(1_000));
    const { ctx, accessToken } = await signedInAt(platform);
    await platform.services.configuration.change(ctx, change({ 'limits.connectionsPerPerson': 1 }));
    using _first = await openDevice(connections.url, accessToken);
    const second = await firstAnswer(connections.url, { authorization: `Bearer ${accessToken}` });
    assert.equal(second, 'connection_limit');
  });

  for (const [what, isOverBefore] of [
    ['that is over when they are asked to end', true],
    ['that ends afterwards', false],
  ] as const) {
    it(`WS-12 are kept for half a second after the time for runs, so that a last event arrives: a time ${what}`, async () => {
      const clock = new ControlledClock(systemClock.now());
      await using connections = await ownConnections(platform, base, { ...PORTS, clock });
      await connections.part.start(AbortSignal.timeout(1_000));
      const { accessToken } = await signedInAt(platform);
      using _device = await openDevice(connections.url, accessToken);
      const time = new AbortController();
      if (isOverBefore) time.abort();
      let isDrained = false;
      const drained = connections.part
        .drain({ finishBy: time.signal, handOverBy: time.signal })
        .then(() => (isDrained = true));
      if (!isOverBefore) {
        clock.advance(60_000);
        time.abort();
      }
      clock.advance(499);
      await turn();
      assert.equal(isDrained, false);
      clock.advance(1);
      await drained;
    });
  }

  it('LC-01 are not taken either while a start that did not succeed is undone', async () => {
    const taken = { OPERATIONS_PORT: new URL(platform.operationsUrl).port };
    const variables = { ...platformVariables(), ...taken };
    const refused = createPlatform(await loadBase({ variables, clock: systemClock, log: silentLogger }), PORTS);
    const starting = refused.lifecycle.start();
    await eventually(() => assert.ok(refused.services.gateway()));
    const undoing = Promise.withResolvers<string>();
    refused.lifecycle.watch(({ to }) => {
      if (to === 'stopping') firstAnswer(refused.url).then(undoing.resolve, undoing.reject);
    });
    await Promise.all([assert.rejects(starting, { code: 'start_cancelled' }), refused.stop()]);
    assert.equal(await undoing.promise, 'not_ready');
  });
});
