import { Redis } from 'ioredis';
import { z } from 'zod';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor, type TenantContext } from '../ssot/kernel';
import { openStateManager, type StateKind, type StateManager } from '../ssot/state-manager';
import { openDatabase } from '../ssot/database-manager';
import { openStatePersistence } from '../ssot/state-persistence';
import { addressOf } from './settings';
import { COUNTER, NOTE, PLAN } from './state-kinds';

const orders = z.object({
  job: z.enum(['add', 'move', 'hold']),
  redisUrl: z.string(),
  sealingKey: z.string(),
  now: z.number(),
  ctx: z.custom<TenantContext>(),
  count: z.number(),
  lasts: z.boolean(),
});
type Orders = z.infer<typeof orders>;

const JOBS: Record<
  Orders['job'],
  (state: StateManager, ctx: TenantContext, count: number, kind: StateKind<unknown>) => Promise<void>
> = {
  async add(state, ctx, count) {
    for (let i = 0; i < count; i++) await state.update(ctx, COUNTER, { id: 'count' }, (now = 0) => now + 1);
  },
  /** There and back, until it is killed. */
  async move(state, ctx, _count, kind) {
    for (let moves = 1; ; moves++) {
      const [from, to] = moves % 2 === 1 ? ['here', 'there'] : ['there', 'here'];
      await state.move(ctx, kind, { id: from }, { id: to });
      process.send?.({ moves });
    }
  },
  async hold(state, ctx, count) {
    for (let i = 0; i < count; i++)
      await state.takeSlot(ctx, { scope: 'tenant', name: 'answers' }, { limit: 10, leaseMs: 30_000 });
    process.send?.({ held: count });
    await new Promise(() => undefined);
  },
};

/** An instance of its own, in a process of its own. Waits for its orders, so that several can begin at once. */
async function work(given: Orders): Promise<void> {
  const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
  const redis = new Redis(given.redisUrl);
  const time = { ...systemClock, now: () => given.now };
  await using database = await openDatabase(
    {
      url: addressOf('SPEC_POSTGRES_URL'),
      ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
      serviceUrl: addressOf('SPEC_POSTGRES_SERVICE_URL'),
      changes: [],
    },
    ports,
  );
  const { workingState } = await openStatePersistence({ warm: database, time, ...ports });
  await using state = await openStateManager({
    ...{ redis, time, ...ports },
    sealingKey: Buffer.from(given.sealingKey, 'base64'),
    durable: workingState,
  });
  await redis.ping();
  process.send?.('ready');
  await new Promise((begin) => process.once('message', begin));
  await JOBS[given.job](state, vouchFor(given.ctx), given.count, given.lasts ? PLAN : NOTE);
  redis.disconnect();
  process.disconnect();
}

work(orders.parse(JSON.parse(process.argv[2] ?? ''))).catch((failure: unknown) => {
  console.error(failure);
  process.exit(1);
});
