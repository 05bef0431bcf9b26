import { randomBytes } from 'node:crypto';
import { z } from 'zod';
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
  type TenantId,
  type UserId,
} from '../../ssot/kernel';
import { connectRedis, defineState, openStateManager, type StateManager } from '../../ssot/state-manager';
import { eventually } from '../../world/eventually';

const NOTE = defineState({ name: 'soak-note', scope: 'user', schema: z.string() });
const COMPANIES = 60;
const LIMIT = 2;
const LEASE_MS = 60_000;

/** Nothing here is durable; what is, PostgreSQL decides, whatever Redis is made of. */
const nothingLasts = { subscribe: () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }), behindMs: 0 };

/** Working state of many companies, so that every node has some, asked for as the platform's modules do. */
export class StateInCluster implements AsyncDisposable {
  readonly companies: readonly TenantContext[] = Array.from({ length: COMPANIES }, (_, place) =>
    vouchFor({
      ...{ tenantId: `soak-${place}` as TenantId, userId: 'dana' as UserId },
      ...{ plan: 'enterprise', permissions: [...PERMISSIONS] },
    }),
  );
  readonly #scope: AsyncDisposableStack;

  private constructor(
    private readonly instances: readonly [StateManager, StateManager],
    scope: AsyncDisposableStack,
  ) {
    this.#scope = scope;
  }

  static async open(address: string): Promise<StateInCluster> {
    await using onFailure = new AsyncDisposableStack();
    const keys = new KeyRing([{ id: 'soak', key: randomBytes(32) }]);
    const machine = { clock: systemClock, random: systemRandom, metrics: noMetrics, logger: silentLogger };
    const open = async (): Promise<StateManager> => {
      const redis = connectRedis(address);
      redis.on('error', () => undefined); // A node is killed on purpose.
      onFailure.defer(() => redis.disconnect());
      const durable = nothingLasts as unknown as DurableStore;
      return onFailure.use(await openStateManager({ ...machine, redis, durable, keys, time: 'server' }));
    };
    const instances = [await open(), await open()] as const;
    const state = new StateInCluster(instances, onFailure.move());
    for (const instance of instances) {
      await eventually(async () => {
        const { state: found, cause } = await instance.health();
        if (found !== 'up') throw new Error(cause);
      });
      // The connection for hints is made with the first listener.
      await (await instance.onHint({ platform: 'soak' }, () => undefined))[Symbol.asyncDispose]();
    }
    return state;
  }

  /** What went wrong when each company wrote at one instance and read, listed and counted at the other. */
  async everything(round: string): Promise<readonly string[]> {
    const wrongs = await Promise.all(this.companies.map((ctx) => this.#ofOne(ctx, round)));
    return wrongs.flat();
  }

  /** Companies that find no note of theirs. */
  async missing(): Promise<readonly string[]> {
    const found = await Promise.all(
      this.companies.map(async (ctx) => [ctx.tenantId, await this.instances[1].get(ctx, NOTE, {})] as const),
    );
    return found.flatMap(([tenantId, note]) => (note === undefined ? [tenantId] : []));
  }

  health(): ReturnType<StateManager['health']> {
    return this.instances[0].health();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.disposeAsync();
  }

  async #ofOne(ctx: TenantContext, round: string): Promise<readonly string[]> {
    const [one, other] = this.instances;
    const wrong: string[] = [];
    const is = (what: string, isSo: boolean): void => void (isSo || wrong.push(`${ctx.tenantId}: ${what}`));
    try {
      const heard = Promise.withResolvers<void>();
      await using _listening = await other.onHint({ ctx, scope: 'user' }, () => heard.resolve());
      await one.put(ctx, NOTE, {}, round);
      await one.put(ctx, NOTE, { item: 'gone' }, round);
      await one.update(ctx, NOTE, { item: 'counted' }, (now) => `${now ?? ''}x`);
      await one.hint({ ctx, scope: 'user' });
      await heard.promise;
      is('another note is read', (await other.get(ctx, NOTE, {}))?.value === round);
      is('a removed note is there', (await one.remove(ctx, NOTE, { item: 'gone' })).removed);
      is('the list is another one', (await other.list(ctx, NOTE)).items.length === 2);
      const pool = { scope: 'user', name: 'soak' } as const;
      const slots = [one, other, one].map((at) => at.takeSlot(ctx, pool, { limit: LIMIT, leaseMs: LEASE_MS }));
      const taken = (await Promise.all(slots)).filter((slot) => !('full' in slot));
      is(`${taken.length} slots of ${LIMIT} are taken`, taken.length === LIMIT);
      await Promise.all(taken.map((slot) => (slot as AsyncDisposable)[Symbol.asyncDispose]()));
      await one.customerData.erase({ tenantId: ctx.tenantId });
      const left = await other.customerData.count({ tenantId: ctx.tenantId });
      is(
        'something is left of an erased company',
        left.every(({ rows }) => rows === 0),
      );
      await one.put(ctx, NOTE, {}, round);
    } catch (error) {
      wrong.push(`${ctx.tenantId}: ${String(error)}`);
    }
    return wrong;
  }
}
