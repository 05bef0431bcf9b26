import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRedis, isCluster } from './connection';

const NOBODY = '127.0.0.1:1';

for (const [what, address, named, login] of [
  [
    'several hosts',
    `redis://app:se%2Fcret@${NOBODY},[::1]:2,localhost`,
    [
      { host: '127.0.0.1', port: 1 },
      { host: '::1', port: 2 },
      { host: 'localhost', port: 6_379 },
    ],
    { username: 'app', password: 'se/cret' },
  ],
  ['one that leads to the others', `rediss://${NOBODY}?cluster=yes`, [{ host: '127.0.0.1', port: 1 }], { tls: {} }],
] as const) {
  void test(`ST-03 these are nodes of one cluster, each asked with its login: ${what}`, () => {
    const connection = connectRedis(address);
    connection.on('error', () => undefined);
    connection.disconnect();
    assert(isCluster(connection));
    assert.deepEqual([connection.named, connection.login], [named, login]);
  });
}

void test('ST-03 one host is one server', () => {
  const connection = connectRedis(`redis://${NOBODY}`);
  connection.on('error', () => undefined);
  connection.disconnect();
  assert(!isCluster(connection));
});
