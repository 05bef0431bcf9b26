import type { Clock, Random, TenantContext } from '../kernel';
import type { Scope, Slot } from './contract';
import { StateError } from './errors';
import type { Hot } from './hot';
import { slotKey } from './keys';
import { Script } from './scripts';

const SHORTEST_MS = 5_000;
const LONGEST_MS = 300_000;

/** ARGV: now, lease end, holder, limit. A dead holder's place comes free with its lease. */
const TAKE = new Script(`
local now = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local held = redis.call('ZCARD', KEYS[1])
if held >= tonumber(ARGV[4]) then return held end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.floor(tonumber(ARGV[2]) - now) + 600000)
return -1`);

const RENEW = new Script(`
local ends = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not ends or tonumber(ends) <= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.floor(tonumber(ARGV[2]) - tonumber(ARGV[1])) + 600000)
return 1`);

const GIVE_BACK = new Script(`#!lua flags=allow-oom
return redis.call('ZREM', KEYS[1], ARGV[1])`);

/** Never more holders than the limit, over all instances. */
export async function takeSlot(
  ports: { readonly hot: Hot; readonly clock: Clock; readonly random: Random },
  ctx: TenantContext,
  pool: { scope: Scope; id?: string; name: string },
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<Slot | { full: number }> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new StateError('state_invalid_value', 'limit must be at least 1.', { field: 'limit' });
  if (!(leaseMs >= SHORTEST_MS && leaseMs <= LONGEST_MS)) {
    throw new StateError('state_invalid_lifetime', 'A lease lasts five seconds to five minutes.', { field: 'leaseMs' });
  }
  const { hot, clock, random } = ports;
  const key = slotKey(ctx, pool);
  const holder = Buffer.from(random.bytes(12)).toString('base64url');
  const held = Number(await hot.run(TAKE, [key], [clock.now(), clock.now() + leaseMs, holder, limit]));
  if (held >= 0) return { full: held };
  return {
    renew: async () => Number(await hot.run(RENEW, [key], [clock.now(), clock.now() + leaseMs, holder])) === 1,
    async [Symbol.asyncDispose]() {
      await hot.run(GIVE_BACK, [key], [holder]);
    },
  };
}
