import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadBase } from '../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../ssot/kernel';
import { addressOf, platformVariables } from '../world/settings';
import { startPlatform } from '.';

void test('AU-07 an instance serves operators on a port of their own, from its start to its end', async () => {
  const base = await loadBase({ variables: platformVariables(), clock: systemClock, log: silentLogger });
  const ports = { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger } as const;
  const platform = await startPlatform(base, ports);
  const { url, operationsUrl } = platform;
  const headers = { authorization: `Bearer ${addressOf('SPEC_OPERATOR_KEY')}` };
  const statusOf = async (address: string): Promise<number> => (await fetch(address, { headers })).status;
  try {
    assert.notEqual(new URL(url).port, new URL(operationsUrl).port);
    for (const path of ['/v1/operations/instance', '/metrics']) {
      assert.equal(await statusOf(`${operationsUrl}${path}`), 200, path);
      assert.equal(await statusOf(`${url}${path}`), 404, path);
    }
    assert.equal(await statusOf(`${operationsUrl}/health/ready`), 200);
    assert.equal(await statusOf(`${url}/health/ready`), 200);
  } finally {
    await platform.stop();
  }
  for (const address of [url, operationsUrl]) await assert.rejects(fetch(`${address}/health/live`));
});
