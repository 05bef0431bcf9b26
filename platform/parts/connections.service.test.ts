import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadBase, type Base } from '../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { createThreadNotifier } from '../../ssot/websocket-manager';
import { firstAnswer } from '../../support/module-tests/http/first-answer';
import { serveHttpApi } from '../../support/module-tests/http/http-api';
import { stores } from '../../support/module-tests/stores';
import { platformVariables } from '../../world/settings';
import { startPlatform, type Platform } from '..';
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
});
