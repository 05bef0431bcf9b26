import { type Random, type TenantContext, Script } from '../../kernel';
import type { Scope, Slot } from '../contract';
import { StateError } from '../errors';
import { slotKey } from '../keys';
import type { RedisClient } from '../redis/redis-client';
import { NOW, REMOVING, WRITING } from '../redis/script';

const MIN_LEASE_MS = 5_000;
const MAX_LEASE_MS = 300_000;

/** ARGV: now or '' for the server's time, lease, holder, limit. A dead holder's slot comes free with its lease. */
const LEASE = `${WRITING}${NOW}
local expires = text(now + tonumber(ARGV[2]))`;
const TAKE = new Script(`${LEASE}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now))
local held = redis.call('ZCARD', KEYS[1])
if held >= tonumber(ARGV[4]) then return {held, tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) - now} end
redis.call('ZADD', KEYS[1], expires, ARGV[3])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + 600000)
return {}`);
const RENEW = new Script(`${LEASE}
local until_now = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not until_now or tonumber(until_now) <= now then return 0 end
redis.call('ZADD', KEYS[1], expires, ARGV[3])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + 600000)
return 1`);
const GIVE_BACK = new Script(`${REMOVING}
return redis.call('ZREM', KEYS[1], ARGV[1])`);

export interface SlotDeps {
  readonly redis: RedisClient;
  readonly now: () => number | '';
  readonly random: Random;
}

/** Never more holders than the limit, over all instances. Throws StateError (state_invalid_value, state_invalid_lifetime). */
export async function takeSlot(
  deps: SlotDeps,
  ctx: TenantContext,
  pool: { scope: Scope; id?: string; name: string },
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<Slot | { full: number; freeInMs: number }> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new StateError('state_invalid_value', 'limit must be a whole number from 1 on.', { field: 'limit' });
  if (!(leaseMs >= MIN_LEASE_MS && leaseMs <= MAX_LEASE_MS)) {
    throw new StateError('state_invalid_lifetime', 'A lease lasts five seconds to five minutes.', { field: 'leaseMs' });
  }
  const { redis, now, random } = deps;
  const key = slotKey(ctx, pool);
  const holder = Buffer.from(random.bytes(12)).toString('base64url');
  const [full, freeInMs] = (await redis.run(TAKE, [key], [now(), leaseMs, holder, limit])) as readonly number[];
  if (full !== undefined && freeInMs !== undefined) return { full, freeInMs };
  return new HeldSlot(deps, key, holder, leaseMs);
}

/** Every open connection holds two: a few fields, and nothing more. */
class HeldSlot implements Slot {
  constructor(
    private readonly deps: SlotDeps,
    private readonly key: string,
    private readonly holder: string,
    private readonly leaseMs: number,
  ) {}

  async renew(): Promise<boolean> {
    const { redis, now } = this.deps;
    return Number(await redis.run(RENEW, [this.key], [now(), this.leaseMs, this.holder])) === 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.deps.redis.run(GIVE_BACK, [this.key], [this.holder]);
  }
}
