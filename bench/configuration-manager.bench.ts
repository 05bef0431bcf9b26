import { randomBytes } from 'node:crypto';
import { loadBase, openConfiguration, type Configuration, type ReloadBus } from '../ssot/configuration-manager';
import { createIdSource } from '../ssot/id-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type TenantContext,
  type Transactions,
} from '../ssot/kernel';
import { median } from './figures/median';
import type { Benchmark, Row } from './figures/row';

const ROUNDS = 9;
const READS = 200_000;
const COMPANIES = 1_000;
const MAX_EXTRA_NS = 1_000;
const machine = { clock: systemClock, random: systemRandom, metrics: noMetrics };

export const about = 'reading a setting of a company against a property of a frozen object, alone and behind a Map';

/** Readings of settings that are in memory, for 1,000 companies; no store is asked. */
const benchmark: Benchmark = async (say) => {
  await using configuration = await opened();
  const companies = contexts();
  say(`loading ${COMPANIES} companies`);
  for (const ctx of companies) await configuration.for(ctx);
  const [first] = companies as [TenantContext];
  const held = await configuration.for(first);
  const frozen = (name: string) => Object.freeze({ settings: Object.freeze({ model: Object.freeze({ name }) }) });
  const plain = frozen('wordy-1');
  // Two of each, so that the compiler cannot read them once and for all.
  const [plains, helds] = [
    [plain, frozen('wordy-2')],
    [held, await configuration.for(companies[1] as TenantContext)],
  ] as const;
  const map = new Map(companies.map(({ tenantId }) => [tenantId as string, plain]));
  const at = (i: number): TenantContext => companies[i % COMPANIES] as TenantContext;
  const ns = await compare(say, {
    property: () => (i) => plains[(i & 1) as 0].settings.model.name,
    held: () => (i) => helds[(i & 1) as 0].settings.model.name,
    byCompany: () => (i) => (map.get(at(i).tenantId) ?? plain).settings.model.name,
    awaited: () => async (i) => (await Promise.resolve(map.get(at(i).tenantId) ?? plain)).settings.model.name,
    read: () => async (i) => (await configuration.for(at(i))).settings.model.name,
  });
  const property = { name: 'a property', value: ns.property };
  const extra = ns.read - ns.property;
  return [
    row('a setting of a held snapshot', ns.held, property, 'at most 2 x a property', ns.held <= 2 * ns.property + 1),
    row('a setting of a company', ns.read, property, 'a property and less than 1,000 ns', extra < MAX_EXTRA_NS),
    row(
      'a setting of a company',
      ns.read,
      { name: 'an awaited Map', value: ns.awaited },
      'at most 5 x the Map',
      ns.read <= 5 * ns.awaited,
    ),
    row('the same without waiting', ns.byCompany, property, '-', true),
  ];
};
export default benchmark;

type Read = (i: number) => unknown;

/** Nanoseconds a reading, the median of interleaved rounds after a warm-up. */
async function compare<K extends string>(
  say: (progress: string) => void,
  candidates: Record<K, () => Read>,
): Promise<Record<K, number>> {
  const names = Object.keys(candidates) as K[];
  const took = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    say(`round ${round} of ${ROUNDS}: ${READS.toLocaleString('en')} readings each`);
    for (const name of names) {
      const read = candidates[name]();
      const isAwaited = read(0) instanceof Promise;
      // Time of this process alone: what others do on the machine is not measured.
      const began = process.cpuUsage();
      let last: unknown;
      if (isAwaited) for (let i = 0; i < READS; i++) last = await read(i);
      else for (let i = 0; i < READS; i++) last = read(i);
      const { user, system } = process.cpuUsage(began);
      const ns = ((user + system) * 1_000) / READS;
      if (typeof last !== 'string' || last === '') throw new Error(`${name} read nothing`);
      if (round > 0) took[name].push(ns);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(took[name])])) as Record<K, number>;
}

function row(
  name: string,
  ours: number,
  floor: { readonly name: string; readonly value: number },
  target: string,
  met: boolean,
): Row {
  return { name, ours, unit: 'ns', floor, target, met };
}

function contexts(): readonly TenantContext[] {
  const ids = createIdSource({ ...machine, logger: silentLogger });
  return Array.from({ length: COMPANIES }, () =>
    vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'enterprise', permissions: [] }),
  );
}

async function opened(): Promise<Configuration> {
  const address = (login: string): string => `postgres://${login}:x@127.0.0.1/bench`;
  const base = await loadBase({
    variables: {
      PLATFORM_ENVIRONMENT: 'test',
      POSTGRES_URL: address('app'),
      POSTGRES_OWNER_URL: address('owner'),
      POSTGRES_SERVICE_URL: address('service'),
      REDIS_URL: 'redis://127.0.0.1',
      CLICKHOUSE_URL: 'http://127.0.0.1/bench',
      MASTER_KEYS: `bench:${randomBytes(32).toString('base64')}`,
      OPERATOR_KEYS: 'nobody:not used',
      MODEL_NAME: 'wordy-1',
    },
    clock: systemClock,
    log: silentLogger,
  });
  // What is measured is memory: a company's row is handed over as PostgreSQL would hand it.
  const tx = { query: () => Promise.resolve([{ version: 0, key: null, value: null, sealed: null }]) };
  const turn = (_: unknown, body: (of: never) => unknown): unknown => body(tx as never);
  const bus: ReloadBus = {
    publish: () => Promise.resolve(),
    subscribe: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  };
  const db = { transaction: turn, asService: () => Promise.resolve() } as unknown as Transactions;
  return openConfiguration(base, { db, bus, ...machine, logger: silentLogger });
}
