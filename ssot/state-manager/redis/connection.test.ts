import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { eventually } from '../../../world/eventually';
import { connectRedis, isCluster, subscriberTo } from './connection';

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

void test('ST-12 in a cluster whoever listens is led to the next of the named nodes when the one before is gone', async () => {
  const cameTo: number[] = [];
  const nodes = [0, 1].map((index) =>
    createServer((socket) => {
      cameTo.push(index);
      socket.destroy();
    }).listen(0, '127.0.0.1'),
  );
  await Promise.all(nodes.map((node) => once(node, 'listening')));
  const named = nodes.map((node) => ({ host: '127.0.0.1', port: (node.address() as AddressInfo).port }));
  const cluster = Object.assign(connectRedis(`redis://${NOBODY}?cluster=yes`), { named });
  cluster.on('error', () => undefined);
  cluster.disconnect();
  const subscriber = subscriberTo(cluster);
  subscriber.on('error', () => undefined);
  void subscriber.connect().catch(() => undefined);
  await eventually(() => assert.deepEqual(cameTo.slice(0, 3), [1, 0, 1]));
  subscriber.disconnect();
  for (const node of nodes) node.close();
});
