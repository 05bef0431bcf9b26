import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadBase, type Base } from '../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { createThreadNotifier } from '../../ssot/websocket-manager';
import { firstAnswer } from '../../support/module-tests/http/first-answer';
import { serveHttpApi } from '../../support/module-tests/http/http-api';
import { stores } from '../../support/module-tests/stores';
import { eventually } from '../../world/eventually';
import { platformVariables } from '../../world/settings';
import { createPlatform, startPlatform, type Platform } from '..';
import { threadHeadsOver } from '../wiring/hints';
import { commonOf } from './common';
import { connectionParts } from './connections';

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
    const common = commonOf(PORTS);
    const { services } = platform;
    const { state, configuration } = services;
    const bus = threadHeadsOver(state);
    await using notifier = createThreadNotifier({ ...common, bus, db: await stores.database() });
    let isStarting = true;
    const { parts, handleUpgrade } = connectionParts(base, common, {
      ...{ ids: stores.ids, isStarting: () => isStarting, notifier: () => notifier },
      ...{ services: () => services, state: () => state, configuration: () => configuration },
    });
    const [connections] = parts;
    await using door = await serveHttpApi({ handleUpgrade });
    await connections?.start?.(AbortSignal.timeout(1_000));
    const early = await firstAnswer(door.url);
    isStarting = false;
    const later = await firstAnswer(door.url);
    await connections?.release?.(AbortSignal.timeout(1_000));
    assert.deepEqual([early, later], ['not_ready', 'token_missing']);
  });

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
