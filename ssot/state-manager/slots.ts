import type { Random, TenantContext } from '../kernel';
import type { Scope, Slot } from './contract';
import { StateError } from './errors';
import type { Hot } from './hot';
import { slotKey } from './keys';
import { Script } from './scripts';

const SHORTEST_MS = 5_000;
const LONGEST_MS = 300_000;

/** ARGV: now or '' for the server's time, lease, holder, limit. A dead holder's place comes free with its lease. */
const NOW = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local ends = string.format('%.0f', now + tonumber(ARGV[2]))`;

const TAKE = new Script(`${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local held = redis.call('ZCARD', KEYS[1])
if held >= tonumber(ARGV[4]) then return {held, tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) - now} end
redis.call('ZADD', KEYS[1], ends, ARGV[3])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + 600000)
return {}`);

const RENEW = new Script(`${NOW}
local until_now = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not until_now or tonumber(until_now) <= now then return 0 end
redis.call('ZADD', KEYS[1], ends, ARGV[3])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + 600000)
return 1`);

const GIVE_BACK = new Script(`#!lua flags=allow-oom
return redis.call('ZREM', KEYS[1], ARGV[1])`);

/** Never more holders than the limit, over all instances. `freeInMs`: until the first lease ends, if it is not renewed. */
export async function takeSlot(
  ports: { readonly hot: Hot; readonly now: () => number | ''; readonly random: Random },
  ctx: TenantContext,
  pool: { scope: Scope; id?: string; name: string },
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<Slot | { full: number; freeInMs: number }> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new StateError('state_invalid_value', 'limit must be at least 1.', { field: 'limit' });
  if (!(leaseMs >= SHORTEST_MS && leaseMs <= LONGEST_MS)) {
    throw new StateError('state_invalid_lifetime', 'A lease lasts five seconds to five minutes.', { field: 'leaseMs' });
  }
  const { hot, now, random } = ports;
  const key = slotKey(ctx, pool);
  const holder = Buffer.from(random.bytes(12)).toString('base64url');
  const [full, freeInMs] = (await hot.run(TAKE, [key], [now(), leaseMs, holder, limit])) as readonly number[];
  if (full !== undefined && freeInMs !== undefined) return { full, freeInMs };
  return {
    renew: async () => Number(await hot.run(RENEW, [key], [now(), leaseMs, holder])) === 1,
    async [Symbol.asyncDispose]() {
      await hot.run(GIVE_BACK, [key], [holder]);
    },
  };
}
