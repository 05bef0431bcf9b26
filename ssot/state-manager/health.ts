import type { StateHealth, StateManagerDeps } from './contract';
import type { Hot } from './hot';
import { BEHIND_MS } from './limits';
import type { Sweeper } from './sweeper';

/** What an operator must know, worst first. Asks Redis itself, so that an open breaker does not hide that it is back. */
export async function healthOf(
  { redis, clock, durable }: StateManagerDeps,
  hot: Hot,
  sweeper: Sweeper,
): Promise<StateHealth> {
  if (hot.breaker.isOpen && !hot.breaker.mayProbe) {
    return { state: 'down', latencyMs: null, cause: 'Redis has failed too often; it is asked again in a moment.' };
  }
  const began = clock.monotonic();
  let policy: unknown;
  try {
    // Its second part is the value.
    const answer: unknown = await hot.limited(() => redis.config('GET', 'maxmemory-policy'));
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
    ...(sweeper.nearlyFull > 0 ? [`Companies that keep 90 % or more of what they may: ${sweeper.nearlyFull}.`] : []),
    ...(durable.behindMs > BEHIND_MS
      ? ['Changes of durable state have waited for more than 30 seconds to be told.']
      : []),
    ...(sweeper.isLate ? ['Nothing has been swept for more than two minutes.'] : []),
  ];
  return causes.length > 0 ? { state: 'degraded', latencyMs, cause: causes.join(' ') } : { state: 'up', latencyMs };
}
