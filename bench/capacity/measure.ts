import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { openAnalytics } from '../../ssot/analytics';
import { plans } from '../../ssot/configuration-manager';
import { createIdSource } from '../../ssot/id-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor } from '../../ssot/kernel';
import { callOf } from '../../world/modules/analytics/analytics-under-test';
import { Fleet } from '../connections/fleet';
import { DEVICES_OF_A_PERSON, isQuick, SIZE } from '../connections/size';
import type { Costs } from './model';

const GROUP = 'capacity';
const HELD_MS = isQuick ? 5_000 : 30_000;
const WAVES = isQuick ? 2 : 10;
const CEILING_MS = isQuick ? 500 : 3_000;
/** As many at once as a store is asked by instances. */
const AT_ONCE = 16;
const REPORTS = isQuick ? 5 : 20;
const REPORT = 1_000;

type Env = Readonly<Record<string, string>>;
type Say = (progress: string) => void;
type OfConnections = Omit<Costs, 'usageBytes' | `max${string}`>;

/** What the stores have counted themselves. */
interface Counted {
  /** As PostgreSQL's processes have told it by now: each up to ten seconds late. */
  readonly transactions: number;
  /** Exactly: only transactions that change something are given a number. */
  readonly commits: number;
  readonly commands: number;
  readonly redisBytes: number;
  readonly eventBytes: number;
}

/** All inputs of the model, measured on this machine, which devices, instance and stores share. */
export async function measure(env: Env, say: Say): Promise<Costs> {
  await using stack = new AsyncDisposableStack();
  const owner = new Client({ connectionString: env['SPEC_POSTGRES_OWNER_URL'] });
  await owner.connect();
  stack.defer(() => owner.end());
  const redis = stack.adopt(new Redis(String(env['SPEC_REDIS_URL'])), (client) => client.disconnect());
  const connections = await ofConnections(env, { owner, redis }, say);
  const usage = await ofUsage(env, say);
  say('what each store does at the most');
  return {
    ...connections,
    ...usage,
    maxTransactions: await transactionsOf(String(env['SPEC_POSTGRES_OWNER_URL'])),
    maxCommands: await atMost(() => redis.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, 'bench:capacity', 'x')),
  };
}

async function ofConnections(env: Env, stores: { owner: Client; redis: Redis }, say: Say): Promise<OfConnections> {
  await using fleet = await Fleet.start(env);
  const crew = await fleet.crew('ours');
  const { server } = crew;
  const rooms = SIZE.idle / DEVICES_OF_A_PERSON;
  const resident = async (): Promise<number> => server.ask('resident', null);
  const [before, memory] = [await counted(stores), await resident()];
  say(`opening ${SIZE.idle} connections`);
  await fleet.devices(crew, GROUP, rooms);
  const [opened, spent] = [await counted(stores), await server.ask('spent', null)];
  const connectionKib = ((await resident()) - memory) / 1_024 / SIZE.idle;
  say(`holding them for ${HELD_MS / 1_000} s`);
  await new Promise((resolve) => setTimeout(resolve, HELD_MS));
  const [held, heldSpent] = [await counted(stores), await server.ask('spent', null)];
  const each = (difference: number): number => difference / SIZE.idle / (HELD_MS / 1_000);
  say(`${WAVES} events to each of ${rooms} threads`);
  const events = rooms * WAVES;
  await fleet.clients.ask('expect', { group: GROUP, events: events * DEVICES_OF_A_PERSON, timed: false });
  const reached = fleet.clients.ask('reached', { group: GROUP, limitMs: 120_000 });
  await Promise.all([server.ask('waves', { rooms, waves: WAVES, burst: 1 }), reached]);
  const [told, toldSpent] = [await counted(stores), await server.ask('spent', null)];
  return {
    connectionKib,
    connectionUs: each(heldSpent - spent),
    connectionTransactions: each(held.transactions - opened.transactions),
    connectionCommands: each(held.commands - opened.commands),
    connectionRedisKib: (opened.redisBytes - before.redisBytes) / 1_024 / SIZE.idle,
    eventUs: (toldSpent - heldSpent) / events,
    eventCommits: (told.commits - held.commits) / events,
    eventCommands: (told.commands - held.commands) / events,
    eventBytes: (told.eventBytes - held.eventBytes) / events,
  };
}

async function counted({ owner, redis }: { owner: Client; redis: Redis }): Promise<Counted> {
  const { rows } = await owner.query<{ transactions: string; commits: string; bytes: string }>(
    `select (select xact_commit from pg_stat_database where datname = current_database()) as transactions,
       pg_snapshot_xmax(pg_current_snapshot())::text as commits,
       pg_total_relation_size('thread_events') as bytes`,
  );
  const info = await redis.info();
  const of = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
  return {
    transactions: Number(rows[0]?.transactions),
    commits: Number(rows[0]?.commits),
    eventBytes: Number(rows[0]?.bytes),
    commands: of('total_commands_processed'),
    redisBytes: of('used_memory'),
  };
}

async function ofUsage(env: Env, say: Say): Promise<Pick<Costs, 'usageBytes' | 'maxUsageRows'>> {
  const url = String(env['SPEC_CLICKHOUSE_URL']);
  const machine = { clock: systemClock, random: systemRandom, metrics: noMetrics };
  await using stack = new AsyncDisposableStack();
  const client = stack.adopt(createClient({ url }), (one) => one.close());
  const analytics = stack.use(await openAnalytics({ url }, { ...machine, log: silentLogger, plans }));
  const ids = createIdSource({ ...machine, logger: silentLogger });
  const acme = vouchFor({
    ...{ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'enterprise' },
    permissions: ['usage:read', 'usage:write'],
  });
  say(`${REPORTS} reports of ${REPORT} uses`);
  const began = performance.now();
  for (let report = 0; report < REPORTS; report++) {
    const calls = Array.from({ length: REPORT }, (_, place) => callOf(`${report} ${place}`, { latencyMs: place }));
    await analytics.record(acme, calls);
  }
  const seconds = (performance.now() - began) / 1_000;
  await client.command({ query: 'optimize table usage final' });
  const answer = await client.query({
    query: `select sum(bytes_on_disk) / sum(rows) as bytes from system.parts
      where active and database = currentDatabase() and table = 'usage'`,
    format: 'JSONEachRow',
  });
  const [found] = await answer.json<{ bytes: number }>();
  return { usageBytes: Number(found?.bytes), maxUsageRows: (REPORTS * REPORT) / seconds };
}

/** Single inserts, each a transaction, over as many connections as one instance has. */
async function transactionsOf(ownerUrl: string): Promise<number> {
  const pool = new Pool({ connectionString: ownerUrl, max: AT_ONCE });
  try {
    await pool.query('create table bench_capacity (n bigserial primary key, data text not null)');
    return await atMost(() => pool.query("insert into bench_capacity (data) values ('x')"));
  } finally {
    await pool.query('drop table if exists bench_capacity');
    await pool.end();
  }
}

/** How often it is done a second, so many at once. */
async function atMost(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    for (; performance.now() - began < CEILING_MS; done++) await work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return (done * 1_000) / (performance.now() - began);
}
