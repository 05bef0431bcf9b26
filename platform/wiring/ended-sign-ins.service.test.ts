import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDevice, ownConnections, type OwnConnections } from '../../support/module-tests/own-connections';
import { signedInAt } from '../../support/module-tests/signed-in';
import { eventually } from '../../world/eventually';
import { BY_TARGET, HABIT } from '../../world/modules/state-manager/kinds';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { platformVariables } from '../../world/settings';
import { loadBase } from '../../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { startPlatform, type Platform } from '..';
import { admit } from '../http/company/let-in';
import type { Services } from '../services';
import { closeConnectionsOf, dismiss, leave } from './ended-sign-ins';

const PORTS = { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger } as const;

/** No time passes, so that nobody looks by themselves whether a sign-in has ended. */
describe('whoever is signed out', () => {
  let platform: Platform;
  let connections: OwnConnections;
  let services: Services;
  before(async () => {
    const base = await loadBase({ variables: platformVariables(), clock: systemClock, log: silentLogger });
    platform = await startPlatform(base, PORTS);
    const clock = new ControlledClock(systemClock.now());
    connections = await ownConnections(platform, base, { ...PORTS, clock });
    await connections.part.start(AbortSignal.timeout(1_000));
    services = { ...platform.services, gateway: connections.gateway };
  });
  after(async () => {
    await connections[Symbol.asyncDispose]();
    await platform.stop();
  });

  it('AU-04 loses the connections of that sign-in at that moment, and no others', async () => {
    const [dana, leo] = [await signedInAt(platform), await signedInAt(platform)];
    using device = await openDevice(connections.url, dana.accessToken);
    using other = await openDevice(connections.url, leo.accessToken);
    await closeConnectionsOf(services, dana.ctx, dana.ctx.userId, [dana.sessionId]);
    await eventually(() => assert.equal(device.closedBecause, 'session_ended'));
    assert.equal(other.closedBecause, '');
  });

  it('AU-10 because there is no room for another sign-in loses its connection as soon as that is let in', async () => {
    const { ctx, sessionId, accessToken } = await signedInAt(platform);
    using device = await openDevice(connections.url, accessToken);
    const until = new Date(systemClock.now());
    const tokens = { access: 'new', accessUntil: until, refresh: 'new', sessionId: sessionId };
    const { tenantId, userId } = ctx;
    await admit(services, silentLogger, { is: 'signed_in', tokens, tenantId, userId, ended: [sessionId] });
    await eventually(() => assert.equal(device.closedBecause, 'session_ended'));
  });

  it('ST-11 loses what was kept for that sign-in, and nothing else', async () => {
    const { ctx, sessionId } = await signedInAt(platform);
    const here = { id: sessionId };
    await services.state.put(ctx, BY_TARGET.session, here, 'small print');
    await services.state.put(ctx, HABIT, {}, 'tea');
    await leave(services, silentLogger, ctx, [sessionId]);
    assert.equal(await services.state.get(ctx, BY_TARGET.session, here), undefined);
    assert.equal((await services.state.get(ctx, HABIT, {}))?.value, 'tea');
  });

  it('ST-11 and removed from the company, loses every connection and all that was kept for them', async () => {
    const dana = await signedInAt(platform);
    await services.state.put(dana.ctx, HABIT, {}, 'tea');
    using device = await openDevice(connections.url, dana.accessToken);
    await dismiss(services, silentLogger, dana.ctx, dana.ctx.userId);
    await eventually(() => assert.equal(device.closedBecause, 'access_revoked'));
    assert.equal(await services.state.get(dana.ctx, HABIT, {}), undefined);
  });
});
