import { once } from 'node:events';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { Script, withDeadline, type Clock, type Logger } from '../../kernel';
import type { Counter, CountingStep } from './counting';

/** As long as working state waits for Redis: shorter, and a busy machine's pause would double what guessers may try. */
const CALL_LIMIT_MS = 500;
const ASKED_AGAIN_MS = 1_000;

/**
 * The counting of `counting.ts` as one atomic step for all instances. KEYS: the counters. ARGV: 1 step, 2 now or '' for the
 * server's time, 3 the budgets as JSON. Answers the waits before the step, none of them longer because whoever counted before
 * had a clock that is ahead.
 */
const COUNTING = new Script(`
local step, now, budgets = ARGV[1], tonumber(ARGV[2]), cjson.decode(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local tallies, waits, usedUp = {}, {}, false
for i, key in ipairs(KEYS) do
  local budget, stored = budgets[i], redis.call('GET', key)
  local tally = stored and cjson.decode(stored) or { failures = {}, lockedUntil = 0, locks = 0 }
  local recent = {}
  for _, at in ipairs(tally.failures) do
    if at > now - budget.withinMs then recent[#recent + 1] = at end
  end
  tally.failures = recent
  if now > tally.lockedUntil + budget.locksForgottenMs then tally.locks = 0 end
  local wait, longest = 0, budget.withinMs
  if tally.lockedUntil > now then
    wait, longest = tally.lockedUntil - now, budget.locksMs[math.min(tally.locks, #budget.locksMs)] or longest
  elseif #recent >= budget.failures then wait = recent[#recent - budget.failures + 1] + budget.withinMs - now end
  wait = math.min(wait, longest)
  tallies[i], waits[i], usedUp = tally, wait, usedUp or wait > 0
end
for i, key in ipairs(KEYS) do
  local budget, tally = budgets[i], tallies[i]
  if step == 'succeed' and not usedUp and #budget.locksMs > 0 then redis.call('DEL', key) end
  if step == 'fail' and waits[i] == 0 then
    table.insert(tally.failures, now)
    local lock = budget.locksMs[math.min(tally.locks + 1, #budget.locksMs)]
    if lock and #tally.failures >= budget.failures then tally.lockedUntil, tally.locks = now + lock, tally.locks + 1 end
    local keptMs = budget.withinMs
    if tally.locks > 0 then keptMs = math.max(keptMs, tally.lockedUntil - now) + budget.locksForgottenMs end
    redis.call('SET', key, cjson.encode(tally), 'PX', string.format('%.0f', keptMs))
  end
end
return waits`);

const waits = z.array(z.number());

/** Counts failures for all instances, in Redis. While it does not answer, each instance has its own counts only. */
export class SharedCounters {
  #awayUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly deps: {
      readonly clock: Clock;
      /** Whose time counts: the store's own, which is the same for instances whose clocks differ, or this one's. */
      readonly time: 'server' | Clock;
      readonly log: Logger;
    },
  ) {}

  /** For each counter the wait before this step, in milliseconds; 0: none. Undefined: Redis did not answer. */
  apply(step: CountingStep, counters: readonly Counter[]): Promise<readonly number[] | undefined> {
    return this.ask(async (redis) => {
      const { time } = this.deps;
      const keys = counters.map(({ key }) => key);
      const budgets = JSON.stringify(counters.map(({ budget }) => budget));
      const now = time === 'server' ? '' : Math.floor(time.now());
      return waits.parse(await COUNTING.runOn(redis, keys, [step, now, budgets]));
    });
  }

  /** Undefined: Redis did not answer in time. Nothing is left for later, and for a second nobody waits for it again. */
  async ask<T>(question: (redis: Redis | Cluster) => Promise<T>): Promise<T | undefined> {
    const { clock, log } = this.deps;
    const isConnecting = this.redis.status === 'connecting' || this.redis.status === 'connect';
    if (!(isConnecting || this.redis.status === 'ready') || clock.monotonic() < this.#awayUntil) return undefined;
    const givenUp = new AbortController();
    // An instance that has just started serves before it is connected: it would count alone what others count together.
    const answer = isConnecting
      ? once(this.redis, 'ready', { signal: givenUp.signal }).then(() => question(this.redis))
      : question(this.redis);
    try {
      return await withDeadline(clock, CALL_LIMIT_MS, answer);
    } catch (error) {
      this.#awayUntil = clock.monotonic() + ASKED_AGAIN_MS;
      log.warn({ reason: String(error) }, 'failed attempts are counted by each instance alone: Redis does not answer');
      return undefined;
    } finally {
      givenUp.abort();
    }
  }
}
