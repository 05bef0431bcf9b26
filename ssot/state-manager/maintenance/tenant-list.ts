import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Clock, Script } from '../../kernel';
import type { RedisClient } from '../redis/redis-client';
import { NOW, REMOVING, WRITING } from '../redis/script';

/** How long whoever has listed a tenant relies on it. */
const LISTED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** ARGV: 2 tenant. */
const LIST = new Script(`${WRITING}${NOW}
return redis.call('ZADD', KEYS[1], text(now), ARGV[2])`);
/** ARGV: 2 tenant, 3 how long others rely on it. */
const FORGET = new Script(`${REMOVING}${NOW}
local listed = redis.call('ZSCORE', KEYS[1], ARGV[2])
if listed and now - tonumber(listed) > 2 * tonumber(ARGV[3]) then return redis.call('ZREM', KEYS[1], ARGV[2]) end
return 0`);
const tenants = z.array(z.string());

/**
 * The tenants that the sweep visits. In a cluster of Redis the list stands elsewhere than what it lists, so no script can write
 * both: a tenant is listed first, its writers rely on that for a minute, and it is taken off only when nobody does any more.
 */
export class TenantList {
  /** When this instance has listed which tenant, on its monotonic clock. */
  readonly #listed = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  constructor(
    /** Of the list itself; it is alone in its slot. */
    private readonly key: string,
    private readonly deps: {
      readonly redis: RedisClient;
      readonly clock: Clock;
      /** Empty when Redis' own time decides. */
      readonly now: () => number | '';
    },
  ) {}

  /** Call it before anything is written for the tenant. */
  async add(tenant: string): Promise<void> {
    const { redis, clock, now } = this.deps;
    const at = clock.monotonic();
    if (at - (this.#listed.get(tenant) ?? -Infinity) < LISTED_MS) return;
    await redis.run(LIST, [this.key], [now(), tenant]);
    this.#listed.set(tenant, at);
  }

  async all(): Promise<readonly string[]> {
    return tenants.parse(await this.deps.redis.call((redis) => redis.zrange(this.key, '0', '-1')));
  }

  /** Of a tenant that was found empty; it stays while somebody may still rely on it. */
  async forget(tenant: string): Promise<void> {
    const { redis, now } = this.deps;
    await redis.run(FORGET, [this.key], [now(), tenant, LISTED_MS]);
  }

  /** Of a tenant that is erased. */
  async remove(tenant: string): Promise<void> {
    this.#listed.delete(tenant);
    await this.deps.redis.call((redis) => redis.zrem(this.key, tenant));
  }
}
