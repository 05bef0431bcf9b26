import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { HttpClient, type Problem } from '../../../world/clients/http-client';
import { Evidence } from '../../../world/evidence';
import { PlatformInProcess } from '../../../world/operations/platform-under-test';

void test('AU-05 false renewals from one network make nobody in another one wait', async () => {
  await using platform = await PlatformInProcess.start();
  const renew = async (from: string): Promise<string> => {
    const door = new HttpClient(platform.url, 'somebody', new Evidence(), undefined, from);
    const wish = { refreshToken: 'made up', device: 'browser' };
    return (await door.send<Problem>('post', '/v1/sign-in/renew', wish)).body.code;
  };
  // What was tried from a network is remembered for a minute, in the next run of this test, too.
  const [here, there] = [0, 1].map(() => `2001:db8:${randomBytes(2).toString('hex')}::1`) as [string, string];
  const first = await renew(here);
  let latest = first;
  for (let tries = 1; tries < 60 && latest === first; tries++) latest = await renew(here);
  assert.deepEqual([latest, await renew(there)], ['rate_limited', first]);
});
