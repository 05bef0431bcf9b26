import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gatherCompany, signIn, type Member } from '../../../bench/people/crowd';
import { openDevice } from '../../../support/module-tests/own-connections';
import { HttpClient } from '../../../world/clients/http-client';
import { eventually } from '../../../world/eventually';
import { Evidence } from '../../../world/evidence';
import { PlatformInProcess } from '../../../world/operations/platform-under-test';
import { addressOf } from '../../../world/settings';

describe('what becomes of the data of a person', () => {
  let platform: PlatformInProcess;
  before(async () => (platform = await PlatformInProcess.start()));
  after(() => platform[Symbol.asyncDispose]());

  async function company(): Promise<{ ada: Member; dana: Member; asAda: HttpClient }> {
    const [ada, dana] = await gatherCompany(2, platform, addressOf('SPEC_OPERATOR_KEY'), { withUsage: false });
    assert(ada !== undefined && dana !== undefined);
    for (const one of [ada, dana]) await signIn(one, platform.url);
    return { ada, dana, asAda: new HttpClient(platform.url, 'Ada', new Evidence(), ada.accessToken) };
  }

  it('SP-09 whoever is forgotten is thrown out, and no colleague is', async () => {
    const { ada, dana, asAda } = await company();
    using ofAda = await openDevice(platform.url, ada.accessToken);
    using ofDana = await openDevice(platform.url, dana.accessToken);
    await asAda.require('post', `/v1/people/${dana.userId}/erasure`);
    await eventually(() => assert.equal(ofDana.closedBecause, 'access_revoked'));
    assert.equal(ofAda.closedBecause, '');
  });

  it('AU-13 who took whose data along stands in the audit trail', async () => {
    const { ada, dana, asAda } = await company();
    await asAda.require('get', `/v1/people/${dana.userId}/export`);
    type Entry = { readonly action: string; readonly by: { readonly id: string }; readonly subject: string };
    const { entries } = await asAda.require<{ entries: readonly Entry[] }>('get', '/v1/audit');
    assert.deepEqual(
      entries.filter(({ action }) => action === 'data_exported').map(({ by, subject }) => [by.id, subject]),
      [[ada.userId, dana.userId]],
    );
  });
});
