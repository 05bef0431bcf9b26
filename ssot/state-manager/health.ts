import type { Clock, DurableStore } from '../kernel';
import type { StateHealth } from './contract';
import { MAX_BEHIND_MS } from './limits';
import type { Sweeper } from './maintenance/sweeper';
import type { RedisClient } from './redis/redis-client';

/** What an operator must know, worst first. Asks Redis itself, so that an open breaker does not hide that it is back. */
export async function checkHealth(
  { clock, durable }: { readonly clock: Clock; readonly durable: DurableStore },
  redis: RedisClient,
  sweeper: Sweeper,
): Promise<StateHealth> {
  if (redis.isRefusing) {
    return { state: 'down', latencyMs: null, cause: 'Redis has failed too often; it is asked again within 5 seconds.' };
  }
  const began = clock.monotonic();
  let policy: unknown;
  try {
    // Its second part is the value.
    const answer: unknown = await redis.call((connection) => connection.config('GET', 'maxmemory-policy'));
    policy = (answer as readonly unknown[])[1];
  } catch {
    // The answer is the error.
    return { state: 'down', latencyMs: null, cause: 'Redis does not answer.' };
  }
  const latencyMs = Math.round((clock.monotonic() - began) * 10) / 10;
  if (policy !== 'noeviction') {
    const cause = `Redis drops entries on its own (maxmemory-policy ${String(policy)}). Set it to noeviction.`;
    return { state: 'misconfigured', latencyMs, cause };
  }
  const causes = [
    ...(sweeper.nearlyFull > 0 ? [`Tenants that use 90 % or more of their quota: ${sweeper.nearlyFull}.`] : []),
    ...(durable.behindMs > MAX_BEHIND_MS
      ? ['Changes of durable state have waited for more than 30 seconds to reach Redis.']
      : []),
    ...(sweeper.isLate ? ['Expired entries have not been removed for more than two minutes.'] : []),
  ];
  return causes.length > 0 ? { state: 'degraded', latencyMs, cause: causes.join(' ') } : { state: 'up', latencyMs };
}
