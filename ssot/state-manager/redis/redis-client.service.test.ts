import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { systemClock, systemRandom } from '../../kernel';
import { RedisClient } from './redis-client';

const MANY = 50;

void test('ST-09 however many wait for a connection, it is listened to once, and all are answered when it is open', async () => {
  const redis = stores.redis().duplicate({ lazyConnect: true });
  const client = new RedisClient(redis, { clock: systemClock, random: systemRandom });
  const answers = Array.from({ length: MANY }, () => client.call((connection) => connection.ping()));
  assert.deepEqual([redis.listenerCount('ready'), redis.listenerCount('error')], [1, 1]);
  assert.deepEqual(await Promise.all(answers), Array<string>(MANY).fill('PONG'));
  assert.deepEqual([redis.listenerCount('ready'), redis.listenerCount('error')], [0, 0]);
  redis.disconnect();
});
