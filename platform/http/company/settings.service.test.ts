import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownPlatform } from '../../../support/module-tests/own-platform';
import { signedInAt } from '../../../support/module-tests/signed-in';
import { HttpClient, type Problem } from '../../../world/clients/http-client';
import { Evidence } from '../../../world/evidence';

void test('CF-05 a change of settings and taking one back need a proof that is not ten minutes old', async () => {
  await using own = await ownPlatform();
  const { accessToken } = await signedInAt(own.platform);
  const dana = new HttpClient(own.platform.url, 'Dana', new Evidence(), accessToken);
  const set = { 'limits.threadsPerPerson': 5 };
  const change = (expectedVersion: number): unknown => ({ expectedVersion, reason: 'for the test', set });
  const restore = { toVersion: 0, expectedVersion: 1, reason: 'for the test' };
  await dana.require('patch', '/v1/settings', change(0));
  own.clock.advance(10 * 60_000);
  for (const answer of [
    await dana.send<Problem>('patch', '/v1/settings', change(1)),
    await dana.send<Problem>('post', '/v1/settings/restore', restore),
  ])
    assert.equal(answer.body.code, 'step_up_required');
  assert.equal((await dana.require<{ version: number }>('get', '/v1/settings')).version, 1);
});
