import { Redis } from 'ioredis';
import { z } from 'zod';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor, type TenantContext } from '../../../ssot/kernel';
import { openStateManager, type StateManager } from '../../../ssot/state-manager';
import { openStatePersistence } from '../../../ssot/state-persistence';
import { addressOf } from '../../settings';
import { databaseAt } from '../../stores/database-at';
import { keyRingOf } from './instances';
import { COUNTER, NOTE, PLAN } from './kinds';
import { ANSWERS } from './slots';

const order = z.object({
  job: z.enum(['add', 'write', 'settle', 'hold']),
  redisUrl: z.string(),
  sealingKey: z.string(),
  now: z.number(),
  ctx: z.custom<TenantContext>(),
  count: z.number(),
  durable: z.boolean(),
});
export type Order = z.infer<typeof order>;

const JOBS: Record<Order['job'], (state: StateManager, ctx: TenantContext, order: Order) => Promise<void>> = {
  async add(state, ctx, { count }) {
    for (let i = 0; i < count; i++) await state.update(ctx, COUNTER, { id: 'count' }, (now = 0) => now + 1);
  },
  /** New entries, one after the other, until it is killed. */
  async write(state, ctx, { durable }) {
    for (let i = 1; ; i++) {
      await state.put(ctx, durable ? PLAN : NOTE, { id: 'written', item: `${i}` }, i);
      report({ written: i });
    }
  },
  async settle(state, ctx) {
    const { hotCopy } = await state.put(ctx, PLAN, { id: 'Q3 spend' }, 'settled before it was killed');
    report({ hotCopy });
    await forEver();
  },
  async hold(state, ctx, { count }) {
    for (let i = 0; i < count; i++) await state.takeSlot(ctx, ANSWERS.pool, ANSWERS.terms);
    report({ held: count });
    await forEver();
  },
};

/** An instance of its own, in a process of its own. Waits for the word to begin, so that several begin at once. */
async function work(given: Order): Promise<void> {
  const machine = { clock: systemClock, random: systemRandom, metrics: noMetrics };
  const redis = new Redis(given.redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => 20 });
  redis.on('error', () => undefined); // Scenarios cut it off.
  const time = { ...systemClock, now: () => given.now };
  // The schema is there: whoever has started this process has brought it up to date.
  await using database = await databaseAt(addressOf('SPEC_POSTGRES_URL'), []);
  const { workingState } = await openStatePersistence({ warm: database, time, log: silentLogger, ...machine });
  await using state = await openStateManager({
    ...{ redis, time, logger: silentLogger, durable: workingState, ...machine },
    keys: keyRingOf(Buffer.from(given.sealingKey, 'base64')),
  });
  await redis.ping();
  report('ready');
  await new Promise((begin) => process.once('message', begin));
  await JOBS[given.job](state, vouchFor(given.ctx), given);
  redis.disconnect();
  process.disconnect();
}

function report(what: unknown): void {
  process.send?.(what);
}

function forEver(): Promise<never> {
  return new Promise(() => undefined);
}

process.once('disconnect', () => process.exit());
work(order.parse(JSON.parse(process.argv[2] ?? ''))).catch((failure: unknown) => {
  console.error(failure);
  process.exit(1);
});
