import { Redis } from 'ioredis';
import { z } from 'zod';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor, type TenantContext } from '../ssot/kernel';
import { openStateManager, type StateManager } from '../ssot/state-manager';
import { COUNTER, NOTE } from './state-kinds';

const orders = z.object({
  job: z.enum(['add', 'move', 'hold']),
  redisUrl: z.string(),
  sealingKey: z.string(),
  now: z.number(),
  ctx: z.custom<TenantContext>(),
  count: z.number(),
});
type Orders = z.infer<typeof orders>;

const JOBS: Record<Orders['job'], (state: StateManager, ctx: TenantContext, count: number) => Promise<void>> = {
  async add(state, ctx, count) {
    for (let i = 0; i < count; i++) await state.update(ctx, COUNTER, { id: 'count' }, (now = 0) => now + 1);
  },
  /** There and back, until it is killed. */
  async move(state, ctx) {
    for (let moves = 1; ; moves++) {
      const [from, to] = moves % 2 === 1 ? ['here', 'there'] : ['there', 'here'];
      await state.move(ctx, NOTE, { id: from }, { id: to });
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
  const redis = new Redis(given.redisUrl);
  const time = { ...systemClock, now: () => given.now };
  await using state = await openStateManager({
    ...{ redis, clock: systemClock, time, random: systemRandom, log: silentLogger, metrics: noMetrics },
    sealingKey: Buffer.from(given.sealingKey, 'base64'),
  });
  await redis.ping();
  process.send?.('ready');
  await new Promise((begin) => process.once('message', begin));
  await JOBS[given.job](state, vouchFor(given.ctx), given.count);
  redis.disconnect();
  process.disconnect();
}

work(orders.parse(JSON.parse(process.argv[2] ?? ''))).catch((failure: unknown) => {
  console.error(failure);
  process.exit(1);
});
