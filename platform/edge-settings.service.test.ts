import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { loadBase } from '../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../ssot/kernel';
import { firstAnswer } from '../support/module-tests/http/first-answer';
import { RawClient } from '../support/module-tests/http/raw-client';
import { platformVariables } from '../world/settings';
import { startPlatform, type Platform } from '.';

const SETTINGS = {
  ALLOWED_ORIGINS: 'https://chat.example, https://other.example:8443',
  HSTS_MAX_AGE: '31536000',
  MAX_CONNECTIONS_PER_ADDRESS: '3',
};
const STRANGER = '127.0.0.77';

describe('settings of the edge', () => {
  let platform: Platform;
  before(async () => {
    const variables = { ...platformVariables(), ...SETTINGS };
    const base = await loadBase({ variables, clock: systemClock, log: silentLogger });
    const ports = { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger } as const;
    platform = await startPlatform(base, ports);
  });
  after(() => platform.stop());

  const told = (headers: Readonly<Record<string, string>>): Promise<string> => firstAnswer(platform.url, headers);

  it('WS-01 the pages that ALLOWED_ORIGINS lists may connect, and no others', async () => {
    for (const origin of ['https://chat.example', 'HTTPS://Other.Example:8443']) {
      assert.equal(await told({ origin }), 'token_missing', origin);
    }
    for (const origin of ['https://other.example', platform.url]) {
      assert.equal(await told({ origin }), 'origin_not_allowed', origin);
    }
  });

  it('WS-01 TRUSTED_PROXIES are believed about where connections come from: who fails there makes nobody else wait', async () => {
    const network = `203.0.${randomInt(256)}`;
    const answers: string[] = [];
    for (let come = 0; come < 31; come++) answers.push(await told({ 'x-forwarded-for': `${network}.66` }));
    assert.equal(answers.indexOf('rate_limited'), 30);
    assert.equal(await told({ 'x-forwarded-for': `${network}.99` }), 'token_missing');
  });

  it('LC-12 HSTS_MAX_AGE is told on both ports', async () => {
    for (const url of [platform.url, platform.operationsUrl]) {
      const { headers } = await fetch(`${url}/health/live`);
      assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
    }
  });

  it('LC-12 MAX_CONNECTIONS_PER_ADDRESS holds for each port by itself', async () => {
    for (const url of [platform.url, platform.operationsUrl]) {
      await using stack = new AsyncDisposableStack();
      const statuses: number[] = [];
      for (let come = 0; come < 4; come++) {
        const client = stack.use(await RawClient.connect(url, STRANGER));
        client.send('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
        statuses.push((await client.answer()).status);
      }
      assert.deepEqual(statuses, [200, 200, 200, 429]);
    }
  });
});
