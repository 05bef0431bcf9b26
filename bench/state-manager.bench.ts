import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { createIdSource } from '../ssot/id-manager';
import {
  KeyRing,
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type DurableStore,
  type TenantContext,
} from '../ssot/kernel';
import { defineState, openStateManager, type Rev, type StateManager } from '../ssot/state-manager';
import { startServices } from '../support/services/start-services';
import { median } from './figures/median';
import type { Row } from './figures/row';

const ROUNDS = 5;
const CALLS = 400;
const NOTE = defineState({ name: 'bench-note', scope: 'thread', schema: z.string() });
const VALUE = randomBytes(512).toString('hex');
const ports = { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics };

const refuse = (): Promise<never> => Promise.reject(new Error('no durable kinds are measured here'));
const NOTHING_LASTS: DurableStore = {
  ...{ load: refuse, apply: refuse, page: refuse, clear: refuse, sweep: refuse, behindMs: 0 },
  subscribe: () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
};

/** What a hand-written compare-and-set would be: version and value, and nothing of what makes it findable or followed. */
const BARE_CAS = `
local version = redis.call('HGET', KEYS[1], 'version')
if (version or '0') ~= ARGV[1] then return {0, version} end
redis.call('HSET', KEYS[1], 'version', version + 1, 'value', ARGV[2])
return {1, version + 1}`;

export const about = 'compare-and-set and reading against the same script and a bare GET through ioredis';

/** Working state over the Redis of SPEC_REDIS_URL, or one started for it. Call by call: latency, not throughput. */
export default async function benchmark(say: (progress: string) => void): Promise<readonly Row[]> {
  const given = process.env['SPEC_REDIS_URL'];
  if (given !== undefined) return against(given, say);
  const services = await startServices(new Set(['redis']), { onProgress: say });
  try {
    return await against(services.env['SPEC_REDIS_URL'] as string, say);
  } finally {
    await services.stop();
  }
}

async function against(url: string, say: (progress: string) => void): Promise<readonly Row[]> {
  const redis = new Redis(`${url}/14`);
  const keys = new KeyRing([{ id: 'bench', key: randomBytes(32) }]);
  const state = await openStateManager({ redis, durable: NOTHING_LASTS, ...ports, keys });
  const ids = createIdSource({ ...ports, logger: silentLogger });
  const ctx = vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'free', permissions: [] });
  try {
    return await measured(redis, state, ctx, say);
  } finally {
    await state[Symbol.asyncDispose]();
    const keys = await redis.keys(`*{${ctx.tenantId}}*`);
    await redis.del(...keys);
    await redis.zrem('sm:tenants:any', `sm:{${ctx.tenantId}}:`);
    redis.disconnect();
  }
}

async function measured(
  redis: Redis,
  state: StateManager,
  ctx: TenantContext,
  say: (progress: string) => void,
): Promise<Row[]> {
  let rev: Rev | 'absent' = 'absent';
  const ours = async (): Promise<void> => {
    ({ rev } = await state.put(ctx, NOTE, { id: 'ours' }, VALUE, { expect: rev }));
  };
  const same = await sameScript(redis, state, ctx);
  const bareKey = `bench:{${ctx.tenantId}}:bare`;
  const sha = (await redis.script('LOAD', BARE_CAS)) as string;
  await redis.hset(bareKey, 'version', 1);
  let version = 1;
  const bare = async (): Promise<void> => {
    [, version] = (await redis.evalsha(sha, 1, bareKey, version, VALUE)) as [number, number];
  };
  const rawKey = `bench:{${ctx.tenantId}}:raw`;
  await redis.set(rawKey, VALUE);
  const us = await compare(
    {
      ours,
      same,
      bare,
      read: () => state.get(ctx, NOTE, { id: 'ours' }),
      get: () => redis.get(rawKey),
    },
    say,
  );
  return [
    {
      name: 'compare-and-set of 1 KiB',
      unit: 'us',
      ours: us.ours,
      floor: { name: 'the same script, raw ioredis', value: us.same },
      target: 'at most 1.3 x the floor',
      met: us.ours <= 1.3 * us.same,
    },
    {
      name: 'compare-and-set of 1 KiB',
      unit: 'us',
      ours: us.ours,
      peer: { name: 'hand-written script, no index, no story, no seal', value: us.bare },
      target: 'at most 4 x the peer',
      met: us.ours <= 4 * us.bare,
    },
    {
      name: 'reading 1 KiB',
      unit: 'us',
      ours: us.read,
      floor: { name: 'GET', value: us.get },
      target: 'at most 3.3 x the floor',
      met: us.read <= 3.3 * us.get,
    },
  ];
}

/** The module's own call as it goes over the wire, repeated without the module: only the expected rev is put in. */
async function sameScript(redis: Redis, state: StateManager, ctx: TenantContext): Promise<() => Promise<void>> {
  const EXPECT = 16;
  const seen: (string | number)[][] = [];
  const evalsha = redis.evalsha.bind(redis);
  redis.evalsha = ((...args: (string | number)[]) => {
    seen.push(args);
    return (evalsha as (...all: unknown[]) => unknown)(...args);
  }) as typeof redis.evalsha;
  let { rev } = await state.put(ctx, NOTE, { id: 'same' }, VALUE);
  await state.put(ctx, NOTE, { id: 'same' }, VALUE, { expect: rev }).then((receipt) => ({ rev } = receipt));
  redis.evalsha = evalsha;
  const call = seen.at(-1) ?? [];
  return async () => {
    call[EXPECT] = rev;
    const [outcome, incarnation, version] = (await (evalsha as (...all: unknown[]) => unknown)(...call)) as string[];
    if (outcome !== 'done') throw new Error(`the raw call was refused: ${outcome}`);
    rev = `${incarnation}.${version}` as Rev;
  };
}

/** Microseconds a call, the median of rounds in which the candidates take turns, after a warm-up. */
async function compare<K extends string>(
  candidates: Record<K, () => Promise<unknown>>,
  say: (progress: string) => void,
): Promise<Record<K, number>> {
  const names = Object.keys(candidates) as K[];
  const took = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    if (round > 0) say(`round ${round} of ${ROUNDS}: ${names.length} times ${CALLS} calls`);
    const spent = Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
    for (let i = 0; i < CALLS; i++) {
      for (const name of names) {
        const began = performance.now();
        await candidates[name]();
        spent[name] += performance.now() - began;
      }
    }
    if (round > 0) for (const name of names) took[name].push((spent[name] * 1_000) / CALLS);
  }
  return Object.fromEntries(names.map((name) => [name, median(took[name])])) as Record<K, number>;
}
