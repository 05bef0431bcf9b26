import { once } from 'node:events';
import { Cluster } from 'ioredis';
import { pause, systemClock } from '../../ssot/kernel';
import { connectRedis } from '../../ssot/state-manager';
import { eventually } from '../../world/eventually';

const KEY = '{soak}cut off';
/** Counts, and then keeps the node busy for 400 ms, so that the connection breaks before the answer is sent. */
const COUNT_SLOWLY = `
  redis.call('incr', KEYS[1])
  local function now() local t = redis.call('time') return t[1] * 1000 + t[2] / 1000 end
  local till = now() + 400
  while now() < till do end
  return 1`;
const UNDER_WAY_MS = 100;

/** How often a change was made that was sent once, and whose connection broke while a node was at it. */
export async function changesMadeOfOneCutOff(address: string): Promise<number> {
  const redis = connectRedis(address);
  redis.on('error', () => undefined); // Its connections are broken on purpose.
  using _redis = { [Symbol.dispose]: () => redis.disconnect() };
  if (redis.status !== 'ready') await once(redis, 'ready');
  const change = redis.eval(COUNT_SLOWLY, 1, KEY);
  await pause(systemClock, UNDER_WAY_MS);
  for (const node of redis instanceof Cluster ? redis.nodes() : [redis]) node.stream?.destroy();
  // Whether it is answered or refused, it may have been made; what counts is how often.
  await Promise.allSettled([change]);
  return await eventually(async () => Number(await redis.get(KEY)));
}
