import type { Redis } from 'ioredis';
import { type Clock, type DurableStore, Script } from '../kernel';
import type { StateHealth } from './contract';
import { NONE } from './keys';
import { MAX_BEHIND_MS } from './limits';
import type { Sweeper } from './maintenance/sweeper';
import { isCluster, serversOf } from './redis/connection';
import { refusedWith, type RedisClient } from './redis/redis-client';
import { WRITING } from './redis/script';
import { keysOverSlots } from './redis/slots';

/** Slower answers than this make most calls, of which each has half a second, late. */
const SLOW_MS = 250;
/** Writes, as every call that keeps something does; what is written goes by itself. */
const PROBE = new Script(`${WRITING}
return redis.call('SET', KEYS[1], ARGV[1], 'PX', 10000)`);
/** Of `maxmemory-policy`. */
const KEEPS_ALL = 'noeviction';
const PROBED_KEY = `sm:${NONE}:health`;
/** Every server of a cluster that has at least a sixteenth of all keys keeps one of them. */
const PROBED_KEYS = keysOverSlots(PROBED_KEY, 16);

/** What an operator can do about the word with which Redis refuses to keep something. */
const REFUSALS: Readonly<Record<string, string>> = {
  READONLY:
    'Redis is a read-only replica. Let REDIS_URL lead to the primary; connections are opened again by themselves.',
  OOM: 'Redis has no memory left and takes nothing new. Give it more (maxmemory).',
  NOPERM: 'Redis does not let this login write. Give it the commands and keys that it needs (ACL).',
  NOAUTH: 'Redis asks for a password, and REDIS_URL has none.',
  WRONGPASS: 'Redis refused the login. Check user and password in REDIS_URL.',
  LOADING: 'Redis is loading what it had stored. It takes writes when it is done.',
  MISCONF: 'Redis cannot write to its disk and takes nothing new.',
};

/** What an operator must know, worst first. Asks Redis itself, also while nobody else does, and lets it keep something. */
export async function checkHealth(
  { clock, durable }: { readonly clock: Clock; readonly durable: DurableStore },
  redis: RedisClient,
  sweeper: Sweeper,
): Promise<StateHealth> {
  const began = clock.monotonic();
  let policy: string | undefined;
  try {
    policy = await redis.probe(async (connection) => {
      const [policies] = await Promise.all([
        Promise.all(serversOf(connection).map(policyOf)),
        ...(isCluster(connection) ? PROBED_KEYS : [PROBED_KEY]).map((key) => PROBE.runOn(connection, [key], [''])),
      ]);
      return policies.find((one) => one !== undefined && one !== KEEPS_ALL);
    });
  } catch (error) {
    // The answer is the error.
    const refused = refusedWith(error);
    const cause = refused === undefined ? 'Redis does not answer.' : (REFUSALS[refused] ?? `Redis answers ${refused}.`);
    return { state: 'down', latencyMs: null, cause };
  }
  const latencyMs = Math.round((clock.monotonic() - began) * 10) / 10;
  if (policy !== undefined) {
    const cause = `Redis drops entries on its own (maxmemory-policy ${policy}). Set it to ${KEEPS_ALL}.`;
    return { state: 'misconfigured', latencyMs, cause };
  }
  if (latencyMs > SLOW_MS)
    return { state: 'slow', latencyMs, cause: `Redis takes ${Math.round(latencyMs)} ms to answer.` };
  const causes = [
    ...(sweeper.nearlyFull > 0 ? [`Tenants that use 90 % or more of their quota: ${sweeper.nearlyFull}.`] : []),
    ...(durable.behindMs > MAX_BEHIND_MS
      ? ['Changes of durable state have waited for more than 30 seconds to reach Redis.']
      : []),
    ...(sweeper.isLate ? ['Expired entries have not been removed for more than two minutes.'] : []),
  ];
  return causes.length > 0 ? { state: 'degraded', latencyMs, cause: causes.join(' ') } : { state: 'up', latencyMs };
}

/** `CONFIG` would say it as well, but managed servers refuse it; one that refuses this too is taken at its word. */
async function policyOf(server: Redis): Promise<string | undefined> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await server.info('memory'))?.[1];
  } catch (error) {
    if (refusedWith(error) === undefined) throw error;
    return undefined;
  }
}
