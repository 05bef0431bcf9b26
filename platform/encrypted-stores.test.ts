import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import Redis from 'ioredis';
import { openAnalytics } from '../ssot/analytics';
import { plans } from '../ssot/configuration-manager';
import { loadBase } from '../ssot/configuration-manager';
import { openDatabase } from '../ssot/database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../ssot/kernel';

const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
/** What a client of PostgreSQL says before anything else when it wants TLS. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const TLS_HANDSHAKE = 0x16;

/** All that a client says to a server which is no store: PostgreSQL's clients are answered that there is no TLS here. */
async function heardFrom(connect: (port: number) => Promise<unknown>): Promise<Buffer> {
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      heard.push(first);
      socket.on('data', (more) => heard.push(more));
      if (first.equals(SSL_REQUEST)) socket.write('N');
      else socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await connect((server.address() as AddressInfo).port);
    return Buffer.concat(heard);
  } finally {
    server.close();
  }
}

for (const sslmode of ['require', 'verify-ca', 'verify-full']) {
  void test(`CF-04 with sslmode=${sslmode} nothing but the wish for TLS reaches a PostgreSQL that has none`, async () => {
    const heard = await heardFrom(async (port) => {
      const url = `postgres://app:planted-password@127.0.0.1:${port}/platform?sslmode=${sslmode}`;
      await assert.rejects(openDatabase({ url, ownerUrl: url, serviceUrl: url, changes: [] }, ports));
    });
    assert.deepEqual(heard, SSL_REQUEST);
  });
}

void test('CF-04 rediss:// is TLS from the first byte, in capitals too', async () => {
  const heard = await heardFrom(async (port) => {
    const redis = new Redis(await redisUrl(`REDISS://:planted-password@127.0.0.1:${port}`), {
      retryStrategy: () => null,
    });
    redis.on('error', () => undefined);
    await new Promise((ended) => redis.once('end', ended));
  });
  assert.equal(heard[0], TLS_HANDSHAKE);
  assert(!heard.includes('planted-password'));
});

void test('CF-04 https:// to ClickHouse is TLS from the first byte', async () => {
  const heard = await heardFrom(async (port) => {
    const url = `https://platform:planted-password@127.0.0.1:${port}/platform`;
    await using analytics = await openAnalytics({ url }, { ...ports, plans });
    assert.notEqual((await analytics.health()).state, 'up');
  });
  assert.equal(heard[0], TLS_HANDSHAKE);
  assert(!heard.includes('planted-password'));
});

/** As the platform hands it to the driver. */
async function redisUrl(written: string): Promise<string> {
  const postgres = 'postgres://app:planted@127.0.0.1/platform';
  const { settings } = await loadBase({
    variables: {
      ...{ PLATFORM_ENVIRONMENT: 'test', POSTGRES_URL: postgres, POSTGRES_OWNER_URL: postgres },
      ...{ POSTGRES_SERVICE_URL: postgres, REDIS_URL: written, CLICKHOUSE_URL: 'http://127.0.0.1' },
      ...{ MASTER_KEYS: `a:${Buffer.alloc(32).toString('base64')}`, OPERATOR_KEYS: 'ines:planted' },
    },
    clock: systemClock,
    log: silentLogger,
  });
  return settings.stores.redisUrl.reveal();
}
