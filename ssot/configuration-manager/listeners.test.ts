import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { silentLogger, systemClock } from '../kernel';
import { ConfigurationRefused, loadBase, type Base, type Problem } from '.';

const STORES = {
  PLATFORM_ENVIRONMENT: 'development',
  POSTGRES_URL: 'postgres://app:a@127.0.0.1/platform',
  POSTGRES_OWNER_URL: 'postgres://owner:b@127.0.0.1/platform',
  POSTGRES_SERVICE_URL: 'postgres://service:c@127.0.0.1/platform',
  REDIS_URL: 'redis://127.0.0.1:6379',
  CLICKHOUSE_URL: 'http://127.0.0.1:8123',
  MASTER_KEYS: `a:${randomBytes(32).toString('base64')}`,
  OPERATOR_KEYS: `ines:${randomBytes(32).toString('base64')}`,
};
type Server = Base['settings']['server'];

async function read(variables: Readonly<Record<string, string>>): Promise<Server | readonly Problem[]> {
  try {
    const base = await loadBase({ variables: { ...STORES, ...variables }, clock: systemClock, log: silentLogger });
    return base.settings.server;
  } catch (refusal) {
    assert(refusal instanceof ConfigurationRefused);
    return refusal.problems;
  }
}
const serverOf = async (variables: Readonly<Record<string, string>> = {}): Promise<Server> =>
  (await read(variables)) as Server;

test('CF-04 one port for customers and operators is refused in every environment, naming both settings', async () => {
  for (const ports of [{ PORT: '9090' }, { PORT: '8080', OPERATIONS_PORT: '8080' }, { OPERATIONS_PORT: '08080' }]) {
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      assert.deepEqual(await read({ ...ports, HOST: host }), [
        {
          variable: 'OPERATIONS_PORT',
          problem: 'is the same port as PORT',
          wayOut: 'Give OPERATIONS_PORT a port of its own, which customers cannot reach.',
        },
      ]);
    }
  }
});

test('CF-04 two ports, or any free ones, are taken', async () => {
  for (const ports of [{}, { PORT: '0', OPERATIONS_PORT: '0' }, { PORT: '9091' }]) {
    assert(!Array.isArray(await read(ports)), JSON.stringify(ports));
  }
});

test('CF-04 connections are limited unless somebody says otherwise', async () => {
  const { maxConnections, maxConnectionsPerAddress, hstsMaxAgeSeconds, allowedOrigins } = await serverOf();
  assert.deepEqual([maxConnections, maxConnectionsPerAddress], [12_000, 2_000]);
  assert.deepEqual([hstsMaxAgeSeconds, allowedOrigins], [0, []]);
  const written = { MAX_CONNECTIONS: '500', MAX_CONNECTIONS_PER_ADDRESS: '7', HSTS_MAX_AGE: '31536000' };
  const other = await serverOf(written);
  assert.deepEqual(
    [other.maxConnections, other.maxConnectionsPerAddress, other.hstsMaxAgeSeconds],
    [500, 7, 31_536_000],
  );
});

test('CF-04 allowed origins are read as browsers write them, each once', async () => {
  const { allowedOrigins } = await serverOf({
    ALLOWED_ORIGINS: ' HTTPS://Chat.Example:443, https://chat.example ,http://[2001:DB8:0::1]:8080,',
  });
  assert.deepEqual(allowedOrigins, ['https://chat.example', 'http://[2001:db8::1]:8080']);
});

const NO_ORIGIN = 'holds something that is no http: or https: origin';
for (const [variable, value, problem] of [
  ['ALLOWED_ORIGINS', 'chat.example', NO_ORIGIN],
  ['ALLOWED_ORIGINS', 'https://chat.example/', NO_ORIGIN],
  ['ALLOWED_ORIGINS', 'https://chat.example, https://chat.example/app', NO_ORIGIN],
  ['ALLOWED_ORIGINS', 'https://hunter2:x@chat.example', NO_ORIGIN],
  ['ALLOWED_ORIGINS', '*', NO_ORIGIN],
  ['ALLOWED_ORIGINS', 'https://*.chat.example', NO_ORIGIN],
  ['ALLOWED_ORIGINS', 'null', NO_ORIGIN],
  ['ALLOWED_ORIGINS', 'ftp://chat.example', NO_ORIGIN],
  ['ALLOWED_ORIGINS', 'https://chat.example:99999', NO_ORIGIN],
  ['MAX_CONNECTIONS', '0', 'is not between 1 and 1000000'],
  ['MAX_CONNECTIONS', 'many', 'is not a whole number'],
  ['MAX_CONNECTIONS_PER_ADDRESS', '-1', 'is not a whole number'],
  ['HSTS_MAX_AGE', '63072001', 'is not between 0 and 63072000'],
  ['HSTS_MAX_AGE', '1 year', 'is not a whole number'],
] as const) {
  test(`CF-04 an instance does not start with ${variable}=${value}, and says what to write`, async () => {
    const [found, ...others] = (await read({ [variable]: value })) as Problem[];
    assert.deepEqual([found?.variable, found?.problem, others], [variable, problem, []]);
    assert.match(found?.wayOut ?? '', /^Write /);
    assert(!JSON.stringify(found).includes('hunter2'));
  });
}
