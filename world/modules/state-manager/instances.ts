import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Database } from '../../../ssot/database-manager';
import {
  KeyRing,
  noMetrics,
  PERMISSIONS,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type DurableStore,
  type TenantContext,
} from '../../../ssot/kernel';
import { openStateManager, type StateManager, type StateManagerDeps } from '../../../ssot/state-manager';
import { openStatePersistence } from '../../../ssot/state-persistence';
import { PEOPLE, type PersonName } from '../../actors/personas';
import type { StateHost } from './host';

export type InstanceOptions = Partial<StateManagerDeps> & {
  readonly database?: Database;
  /** After how long a change that its writer has not delivered is anybody's, milliseconds. */
  readonly orphanedMs?: number;
};

export function keyRingOf(key: Uint8Array): KeyRing {
  return new KeyRing([{ id: 'scenario', key }]);
}

/** Instances of the module on real stores, for tenants and users of the scenario's own. */
export class StateInstances {
  readonly sealingKey = randomBytes(32);
  readonly #users = new Map<PersonName, TenantContext>();
  readonly #tenants = new Map<string, TenantContext['tenantId']>();
  #cleansUp = false;

  constructor(private readonly host: StateHost) {}

  /** Entries expire on the scenario's clock; time limits and waits are the machine's unless `clock` is given. */
  async start(options: InstanceOptions = {}): Promise<StateManager> {
    const { database: _database, orphanedMs: _orphanedMs, ...deps } = options;
    if (deps.redis === undefined && !this.#cleansUp) {
      this.#cleansUp = true;
      this.host.own({ [Symbol.asyncDispose]: () => this.#cleanUp() });
    }
    const redis = deps.redis ?? this.host.connections.redis();
    const keys = keyRingOf(this.sealingKey);
    const durable = deps.durable ?? (await this.durable(options));
    const time = this.host.clock;
    const machine = { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics };
    const state = await openStateManager({ ...machine, time, keys, ...deps, redis, durable });
    return this.host.own(state);
  }

  /** Working state in real PostgreSQL. */
  async durable(options: InstanceOptions = {}): Promise<DurableStore> {
    const { clock = systemClock, time = this.host.clock, orphanedMs } = options;
    const { workingState } = await openStatePersistence({
      ...{ warm: options.database ?? (await this.host.connections.database()), clock, time },
      ...{ log: silentLogger, metrics: noMetrics, ...(orphanedMs !== undefined && { orphanedMs }) },
    });
    return workingState;
  }

  /** A verified identity of this scenario alone. */
  who(name: PersonName): TenantContext {
    const known = this.#users.get(name);
    if (known !== undefined) return known;
    const { ids } = this.host.connections;
    const { company, role } = PEOPLE[name];
    const tenantId = this.#tenants.get(company) ?? ids.next('tenant');
    this.#tenants.set(company, tenantId);
    const permissions = role === 'administrator' ? [...PERMISSIONS] : (['chat:use'] as const);
    const made = vouchFor({ tenantId, userId: ids.next('user'), plan: 'enterprise', permissions });
    this.#users.set(name, made);
    return made;
  }

  redis(): Redis {
    return this.host.connections.redis();
  }

  /** Every key of somebody's tenant in Redis. */
  keysOf(name: PersonName): Promise<string[]> {
    return this.redis().keys(`sm:{${this.who(name).tenantId}}:*`);
  }

  /** Redis loses everything of somebody's tenant. */
  async wipe(name: PersonName): Promise<void> {
    await this.redis().del(...(await this.keysOf(name)));
  }

  /** Entries come to their end, while no timer of an instance runs. */
  endQuietly(ms: number): void {
    const { clock } = this.host;
    clock.set(clock.now() + ms);
  }

  /** Removes what these tenants have in Redis, so that no later sweep finds it. */
  async #cleanUp(): Promise<void> {
    for (const tenantId of this.#tenants.values()) {
      const keys = await this.redis().keys(`sm:{${tenantId}}:*`);
      if (keys.length > 0) await this.redis().del(...keys);
      for (const tenants of ['sm:tenants:any', 'sm:tenants:durable'])
        await this.redis().zrem(tenants, `sm:{${tenantId}}:`);
    }
  }
}
