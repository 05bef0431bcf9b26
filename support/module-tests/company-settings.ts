import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { masterKeyOfRun } from '../../world/settings';
import { stores } from './stores';
import {
  KeyRing,
  noMetrics,
  PlatformError,
  silentLogger,
  sql,
  systemClock,
  systemRandom,
  vouchFor,
  type MasterKey,
  type TenantContext,
  type TenantId,
  type Transactions,
} from '../../ssot/kernel';
import {
  openConfiguration,
  Secret,
  type Base,
  type Change,
  type Configuration,
  type ReloadBus,
} from '../../ssot/configuration-manager';

/** The same whenever it is asked for: the database remembers which key has which id. */
export const masterKey = (id: string): MasterKey => ({ id, key: createHash('sha256').update(id).digest() });
export const FIRST = masterKey('first');

/** Word between the instances of a test; `isCut`: nothing is taken and nothing arrives. */
export class Bus implements ReloadBus {
  isCut = false;
  readonly published: unknown[][] = [];
  readonly #listeners = new Set<(tenantId: TenantId) => void>();

  async publish(...note: [TenantId, number]): Promise<void> {
    if (this.isCut) throw new Error('Redis does not answer');
    this.published.push(note);
    this.tell(note[0]);
    return Promise.resolve();
  }
  subscribe(on: (tenantId: TenantId) => void): Promise<AsyncDisposable> {
    if (this.isCut) return Promise.reject(new Error('Redis does not answer'));
    this.#listeners.add(on);
    return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve(void this.#listeners.delete(on)) });
  }
  tell(tenantId: TenantId): void {
    for (const on of this.#listeners) on(tenantId);
  }
}

/** PostgreSQL as an instance meets it, which can be away; counts the readings of companies. */
export class Store implements Transactions {
  isAway = false;
  readings = 0;
  /** Waited for after a reading of a company and before it is handed on. */
  beforeHandingOn: () => Promise<void> = () => Promise.resolve();

  async transaction<T>(...turn: Parameters<Transactions['transaction']>): Promise<T> {
    this.#assertThere();
    const isReading = turn[2]?.readOnly === true;
    if (isReading) this.readings += 1;
    const result = (await (await stores.database()).transaction(...turn)) as T;
    if (isReading) await this.beforeHandingOn();
    return result;
  }
  async asService<T>(...turn: Parameters<Transactions['asService']>): Promise<T> {
    this.#assertThere();
    return (await (await stores.database()).asService(...turn)) as T;
  }
  #assertThere(): void {
    if (!this.isAway) return;
    throw new PlatformError({ code: 'database_unreachable', message: 'PostgreSQL does not answer', retryable: true });
  }
}

export interface Instance extends AsyncDisposable {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly clock: ControlledClock;
  /** What was counted for operators, in order. */
  readonly counted: (readonly unknown[])[];
  /** The facts of warnings. */
  readonly warned: object[];
}

/** `db`: in its tables instead of the platform's. */
export async function start(
  bus: ReloadBus = new Bus(),
  keys: readonly MasterKey[] = [FIRST],
  db?: Transactions,
): Promise<Instance> {
  const [store, clock] = [new Store(), new ControlledClock()];
  const base = {
    settings: { model: { url: '', name: 'platform-model', key: new Secret('platform-key') } },
    origins: new Map(),
    // That of the run is known in its database already.
    keys: new KeyRing([...keys, masterKeyOfRun()]),
  } as unknown as Base;
  // The limit of a reading is the machine's; the looks follow the test.
  const time = {
    now: () => systemClock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms: number, then: () => void) => (ms === 1_000 ? systemClock : clock).after(ms, then),
  };
  const counted: (readonly unknown[])[] = [];
  const metrics = { ...noMetrics, count: (...fact: readonly unknown[]) => void counted.push(fact) };
  const warned: object[] = [];
  const logger = { ...silentLogger, warn: (facts: object) => void warned.push(facts) };
  const machine = { random: systemRandom, logger, metrics };
  const configuration = await openConfiguration(base, { db: db ?? store, bus, clock: time, ...machine });
  return {
    configuration,
    store,
    clock,
    counted,
    warned,
    [Symbol.asyncDispose]: () => configuration[Symbol.asyncDispose](),
  };
}

export function administrator(tenantId = stores.ids.next('tenant')): TenantContext {
  const permissions = ['settings:read', 'settings:write'] as const;
  return vouchFor({ tenantId, userId: stores.ids.next('user'), plan: 'enterprise', permissions });
}
let requests = 0;
export const change = (set: Change['set'], expectedVersion = 0, more: Partial<Change> = {}): Change => {
  return { expectedVersion, reason: 'for the test', requestId: `r-${(requests += 1)}`, ...(set && { set }), ...more };
};
export const refusedAs =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof PlatformError && error.code === code;
export const limitOf = async ({ configuration }: Instance, ctx: TenantContext): Promise<number> =>
  (await configuration.for(ctx)).limits.threadsPerPerson;
export const limit = (threads: number): Record<string, number> => ({ 'limits.threadsPerPerson': threads });

export async function rowsOf(ctx: TenantContext): Promise<string> {
  const database = await stores.database();
  const rows = await Promise.all(
    ['config_head', 'config_override', 'config_change', 'config_change_item'].map((table) =>
      database.transaction(ctx, (tx) =>
        tx.query(sql([`select to_jsonb(t) as row from ${table} t order by 1`]), z.object({ row: z.unknown() })),
      ),
    ),
  );
  return JSON.stringify(rows);
}
