import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { showConfiguration } from './command';

async function run(args: readonly string[], variables: Record<string, string> = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await showConfiguration(args, {
    variables,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

const SOUND = {
  PLATFORM_ENVIRONMENT: 'development',
  POSTGRES_URL: 'postgres://app:planted-password@127.0.0.1/platform',
  POSTGRES_OWNER_URL: 'postgres://owner:b@127.0.0.1/platform',
  POSTGRES_SERVICE_URL: 'postgres://service:c@127.0.0.1/platform',
  REDIS_URL: 'redis://127.0.0.1:6379',
  CLICKHOUSE_URL: 'http://127.0.0.1:8123',
  MASTER_KEYS: `a:${randomBytes(32).toString('base64')}`,
  OPERATOR_KEYS: 'ines:planted-operator-key',
  PORT: '8081',
};

void test('CF-01 each setting is listed with its type, default, origin and who may change it', async () => {
  const { status, out } = await run([], SOUND);
  assert.equal(status, 0);
  const row = (start: string): string[] =>
    (out.split('\n').find((line) => line.startsWith(start)) ?? '').split(/ {2,}/);
  assert.deepEqual(row('PORT '), ['PORT', 'server.port', 'port', '8080', 'environment', 'platform']);
  assert.deepEqual(row('HOST '), ['HOST', 'server.host', 'address', '127.0.0.1', 'default', 'platform']);
  assert.deepEqual(row('OPERATOR_KEYS '), [
    ...['OPERATOR_KEYS', 'identity.operatorKeys', 'name:key, several', 'required', 'environment', 'secret', 'platform'],
  ]);
  assert.deepEqual(row('MODEL_NAME '), [
    ...['MODEL_NAME', 'model.name', 'text', 'gpt-4o-mini', 'default', 'platform; company, from the mid plan on'],
  ]);
  assert.match(out, /limits\.threadsPerPerson .*the plan's limit +default +company$/m);
  assert.match(out, /An instance would start, as development\./);
});

void test('CF-06 no value of a secret is shown', async () => {
  const { out, err } = await run([], { ...SOUND, REDIS_URL: 'planted-address' });
  assert(!(out + err).includes('planted'));
});

void test('CF-04 every problem of the environment at hand is named, and the status is that of a refused start', async () => {
  const { status, out, err } = await run([]);
  assert.equal(status, 78);
  assert.match(err, /The configuration has 8 problems:/);
  assert.match(out, /REDIS_URL .*missing/);
});

void test('CF-01 help explains the command and lists the settings, whatever the environment', async () => {
  const { status, out, err } = await run(['--help']);
  assert.deepEqual([status, err], [0, '']);
  assert.match(out, /^Usage: npm run configuration[\s\S]*MASTER_KEYS/);
  assert.equal((await run(['--hlep'])).status, 64);
});
