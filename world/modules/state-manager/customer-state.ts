import { Redis } from 'ioredis';
import { z } from 'zod';
import { sql, vouchFor, type TenantContext } from '../../../ssot/kernel';
import type { StateManager } from '../../../ssot/state-manager';
import { addressOf, masterKeys } from '../../settings';
import type { PlatformUser, StateHost } from './host';
import type { StateInstances } from './instances';
import { BY_TARGET } from './kinds';

const counted = z.object({ count: z.number() });

/** The working state that the serving platform keeps of somebody, looked at through a further instance of the module. */
export class CustomerState {
  #state: Promise<StateManager> | undefined;

  constructor(private readonly deps: { readonly host: StateHost; readonly instances: StateInstances }) {}

  async keepForEach(user: PlatformUser, devices: readonly string[]): Promise<void> {
    const ctx = await contextOf(user);
    for (const device of devices) {
      await user.signInOn(device);
      await (await this.#open()).put(ctx, BY_TARGET.session, { id: user.session(device).pair.sessionId }, device);
    }
  }

  async keptFor(user: PlatformUser, device: string): Promise<unknown> {
    const { sessionId } = user.session(device).pair;
    return (await (await this.#open()).get(await contextOf(user), BY_TARGET.session, { id: sessionId }))?.value;
  }

  /** As when Redis was started anew. */
  async loseRedis(user: PlatformUser): Promise<void> {
    const redis = this.#redis();
    const keys = await redis.keys(`sm:{${await user.tenant.id()}}:*`);
    if (keys.length === 0) throw new Error('Redis has nothing to lose');
    await redis.del(...keys);
  }

  /** Entries that each store has for somebody's only thread. */
  async keptForThread(user: PlatformUser): Promise<{ redis: number; postgres: number }> {
    const ctx = await contextOf(user);
    const about = `thread:${user.thread()}:`;
    const keys = await this.#redis().keys(`sm:{${ctx.tenantId}}:e:*:${about}*`);
    const database = await this.deps.host.connections.database();
    const [row] = await database.transaction(ctx, (tx) =>
      tx.query(sql`select count(*)::int as count from working_state where starts_with(name, ${about})`, counted),
    );
    return { redis: keys.length, postgres: row?.count ?? 0 };
  }

  #redis(): Redis {
    const redis = new Redis(addressOf('SPEC_REDIS_URL'));
    this.deps.host.own({ [Symbol.dispose]: () => redis.disconnect() });
    return redis;
  }

  /** As another instance of the platform opens it. */
  openAnother(): Promise<StateManager> {
    return this.deps.instances.start({ redis: this.#redis(), keys: masterKeys(), time: 'server' });
  }

  #open(): Promise<StateManager> {
    return (this.#state ??= this.openAnother());
  }
}

async function contextOf(user: PlatformUser): Promise<TenantContext> {
  const userId = await user.register();
  return vouchFor({ tenantId: await user.tenant.id(), userId, plan: 'enterprise', permissions: ['chat:use'] });
}
