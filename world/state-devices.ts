import { Redis } from 'ioredis';
import { z } from 'zod';
import { sql, vouchFor, type TenantContext } from '../ssot/kernel';
import type { StateManager } from '../ssot/state-manager';
import type { Person } from './person';
import type { RevenueWorld } from './revenue-world';
import { addressOf } from './settings';
import { BY_SCOPE } from './state-kinds';

const counted = z.object({ count: z.number() });

/** The working state that the serving platform keeps of somebody, looked at through a further instance of the module. */
export class StateDevices {
  #state: Promise<StateManager> | null = null;

  constructor(private readonly world: RevenueWorld) {}

  async keepForEach(person: Person, devices: readonly string[]): Promise<void> {
    const ctx = await contextOf(person);
    for (const device of devices) {
      const { pair } = await person.signInOn(device);
      await (await this.#open()).put(ctx, BY_SCOPE.session, { id: pair.sessionId }, device);
    }
  }

  async keptFor(person: Person, device: string): Promise<unknown> {
    const { pair } = person.session(device);
    return (await (await this.#open()).get(await contextOf(person), BY_SCOPE.session, { id: pair.sessionId }))?.value;
  }

  /** As when the server was started anew. */
  async lose(person: Person): Promise<void> {
    const { tenantId } = await contextOf(person);
    const redis = this.#redis();
    const keys = await redis.keys(`sm:{${tenantId}}:*`);
    if (keys.length === 0) throw new Error('Redis has nothing to lose');
    await redis.del(...keys);
  }

  /** Entries that each store has for somebody's only thread. */
  async keptForThread(person: Person): Promise<{ hot: number; warm: number }> {
    const ctx = await contextOf(person);
    const about = `thread:${person.thread()}:`;
    const keys = await this.#redis().keys(`sm:{${ctx.tenantId}}:e:*:${about}*`);
    const database = await this.world.connections.database();
    const [row] = await database.transaction(ctx, (tx) =>
      tx.query(sql`select count(*)::int as count from working_state where starts_with(name, ${about})`, counted),
    );
    return { hot: keys.length, warm: row?.count ?? 0 };
  }

  #redis(): Redis {
    const redis = new Redis(addressOf('SPEC_REDIS_URL'));
    this.world.own({ [Symbol.dispose]: () => redis.disconnect() });
    return redis;
  }

  #open(): Promise<StateManager> {
    const sealingKey = Buffer.from(addressOf('SPEC_MASTER_KEY'), 'base64');
    this.#state ??= this.world.state.start({ redis: this.#redis(), sealingKey, time: 'server' });
    return this.#state;
  }
}

async function contextOf(person: Person): Promise<TenantContext> {
  const userId = await person.register();
  return vouchFor({ tenantId: await person.tenant.id(), userId, plan: 'enterprise', permissions: ['chat:use'] });
}
