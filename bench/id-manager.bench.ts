import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { fromString, typeid } from 'typeid-js';
import { v7 } from 'uuid';
import { openDatabase } from '../ssot/database-manager';
import {
  createIdSource,
  idColumn,
  idSchemaChanges,
  migrateUuid,
  openMigration,
  postgresLedger,
  readId,
  type LegacyRecord,
} from '../ssot/id-manager';
import { noMetrics, silentLogger, sql, systemClock, systemRandom, vouchFor } from '../ssot/kernel';
import { startServices } from '../support/services/start-services';
import { CopyInto } from './stores/copy-into';
import { median } from './figures/median';
import type { Benchmark, Row } from './figures/row';

const ROUNDS = 5;
const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
const ids = createIdSource({ ...ports, logger: silentLogger });

export const about = 'generating, reading, storing and converting ids against typeid-js, uuid v7, bigint keys and COPY';

/** Generating, reading, storing and converting ids; the last two on a PostgreSQL of its own. */
const benchmark: Benchmark = async (say) => {
  const rows = [...generating(), ...reading()];
  const services = await startServices(new Set(['postgres']), { onProgress: say });
  try {
    const { SPEC_POSTGRES_OWNER_URL: owner, SPEC_POSTGRES_URL: app, SPEC_POSTGRES_SERVICE_URL: service } = services.env;
    if (owner === undefined || app === undefined || service === undefined) throw new Error('PostgreSQL has no address');
    return [...rows, ...(await storing(owner, say)), await converting({ owner, app, service }, say)];
  } finally {
    await services.stop();
  }
};
export default benchmark;

function generating(): Row[] {
  const ns = compare(200_000, {
    ours: () => ids.next('thread'),
    typeid: () => typeid('thread').toString(),
    v7: () => `thread_${base32(v7(undefined, new Uint8Array(16)))}`,
    floor: () => randomUUID(),
  });
  const floor = { name: 'crypto.randomUUID', value: ns.floor };
  return [
    row('generating an id', ns.ours, { name: 'typeid-js', value: ns.typeid }, floor, 6, 2),
    row('generating an id', ns.ours, { name: 'uuid v7 + encoding', value: ns.v7 }, floor, 1, 2),
  ];
}

function reading(): Row[] {
  const id = ids.next('thread');
  const pattern = /^thread_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
  const ns = compare(200_000, {
    ours: () => readId('thread', id).ok,
    typeid: () => fromString(id, 'thread'),
    floor: () => pattern.test(id),
  });
  const floor = { name: 'one pattern', value: ns.floor };
  return [row('reading an id', ns.ours, { name: 'typeid-js', value: ns.typeid }, floor, 10, 2)];
}

/** One million rows, written in five interleaved fifths under each kind of primary key. */
async function storing(owner: string, say: (progress: string) => void): Promise<Row[]> {
  const client = new Client({ connectionString: owner });
  await client.connect();
  const kinds = {
    ours: { column: idColumn('thread'), cast: 'text', make: (): unknown => ids.next('thread') },
    v4: { column: 'uuid', cast: 'uuid', make: () => randomUUID() },
    v7: { column: 'uuid', cast: 'uuid', make: () => v7() },
    identity: { column: 'bigint generated always as identity', cast: 'int', make: () => 1 },
  };
  type Kind = keyof typeof kinds;
  const all = Object.keys(kinds) as Kind[];
  const space = `bench_${randomBytes(4).toString('hex')}`;
  await client.query(`create schema ${space}`);
  for (const kind of all) {
    await client.query(`create table ${space}.${kind} (thread_id ${kinds[kind].column} primary key, note int)`);
  }
  const took: Record<Kind, number[]> = { ours: [], v4: [], v7: [], identity: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    say(`storing: ${round} of ${ROUNDS} times 200,000 rows under four kinds of key`);
    for (const kind of all) {
      const columns = kind === 'identity' ? 'note' : 'thread_id';
      const batches = Array.from({ length: 10 }, () => Array.from({ length: 20_000 }, kinds[kind].make));
      const began = performance.now();
      for (const batch of batches) {
        await client.query(`insert into ${space}.${kind} (${columns}) select unnest($1::${kinds[kind].cast}[])`, [
          batch,
        ]);
      }
      took[kind].push(performance.now() - began);
    }
  }
  const size = async (kind: Kind): Promise<number> => {
    const { rows } = await client.query<{ bytes: string }>(`select pg_relation_size('${space}.${kind}_pkey') as bytes`);
    return Number(rows[0]?.bytes) / 2 ** 20;
  };
  const [ours, v7Size] = [await size('ours'), await size('v7')];
  await client.query(`drop schema ${space} cascade`);
  await client.end();
  const ms = (kind: Kind): number => median(took[kind]);
  const target = 'at most 1.5 x uuid v7';
  const floor = { name: 'bigint identity', value: ms('identity') };
  const met = ms('ours') <= 1.5 * ms('v7');
  return [
    {
      name: 'storing 200,000 rows',
      unit: 'ms',
      ours: ms('ours'),
      peer: { name: 'uuid v7', value: ms('v7') },
      floor,
      target,
      met,
    },
    {
      name: 'storing 200,000 rows',
      unit: 'ms',
      ours: ms('ours'),
      peer: { name: 'uuid v4', value: ms('v4') },
      floor,
      target,
      met,
    },
    {
      name: 'index of 1,000,000 ids',
      unit: 'MB',
      ours,
      peer: { name: 'uuid v7', value: v7Size },
      target: 'at most 2 x uuid v7',
      met: ours <= 2 * v7Size,
    },
  ];
}

/** 100,000 legacy records through the ledger, against one bulk load of the same rows into a table of the same shape. */
async function converting(
  urls: { owner: string; app: string; service: string },
  say: (progress: string) => void,
): Promise<Row> {
  await using database = await openDatabase(
    { url: urls.app, ownerUrl: urls.owner, serviceUrl: urls.service, changes: idSchemaChanges },
    ports,
  );
  const client = new Client({ connectionString: urls.owner });
  await client.connect();
  const copy = `bench_${randomBytes(4).toString('hex')}`;
  await client.query(`create table ${copy} (like id_migration_item including all)`);
  const took = { ours: [] as number[], floor: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    say(`converting: ${round} of ${ROUNDS} times 100,000 records`);
    const tenantId = ids.next('tenant');
    const context = vouchFor({ tenantId, userId: ids.next('user'), plan: 'enterprise', permissions: [] });
    const records = Array.from({ length: 100_000 }, (): LegacyRecord => ({ kind: 'run', legacy: randomUUID() }));
    const deps = { ledger: postgresLedger(database), clock: systemClock, ids, logger: silentLogger };
    await using migration = await openMigration(context, 'bench', deps);
    let began = performance.now();
    for (let from = 0; from < records.length; from += 1_000) await migration.add(records.slice(from, from + 1_000));
    took.ours.push(performance.now() - began);

    const lines = records.map(({ kind, legacy }) => {
      const id = migrateUuid(kind, legacy);
      return [tenantId, kind, legacy, id.ok && id.value, '\\N', '\\N', 'converted', '\\N', '2025-09-10'].join('\t');
    });
    began = performance.now();
    await client.query(new CopyInto(`copy ${copy} from stdin`, `${lines.join('\n')}\n`)).done;
    took.floor.push(performance.now() - began);
    await database.transaction(context, (tx) => tx.execute(sql`delete from id_migration_item`));
  }
  await client.query(`drop table ${copy}`);
  await client.end();
  const [ours, floor] = [median(took.ours), median(took.floor)];
  return {
    name: 'converting 100,000 records',
    unit: 'ms',
    ours,
    floor: { name: 'COPY', value: floor },
    target: 'at most 4 x the floor',
    met: ours <= 4 * floor,
  };
}

/** Nanoseconds a call, the median of interleaved rounds after a warm-up. */
function compare<K extends string>(calls: number, candidates: Record<K, () => unknown>): Record<K, number> {
  const names = Object.keys(candidates) as K[];
  const took = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const ns = time(candidates[name], calls);
      if (round > 0) took[name].push(ns);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(took[name])])) as Record<K, number>;
}

function time(call: () => unknown, calls: number): number {
  const began = performance.now();
  let kept: unknown;
  for (let i = 0; i < calls; i++) kept = call();
  const ms = performance.now() - began;
  if (kept === undefined) throw new Error('the call gave nothing');
  return (ms * 1e6) / calls;
}

function row(
  name: string,
  ours: number,
  peer: { name: string; value: number },
  floor: { name: string; value: number },
  faster: number,
  slower: number,
): Row {
  return {
    name,
    ours,
    unit: 'ns',
    peer,
    floor,
    target: `${faster} x faster than the peer, at most ${slower} x the floor`,
    met: peer.value >= faster * ours && ours <= slower * floor.value,
  };
}

const PAIRS = Array.from({ length: 1024 }, (_, bits) => digit(bits >>> 5) + digit(bits & 31));

function digit(value: number): string {
  return '0123456789abcdefghjkmnpqrstvwxyz'[value] as string;
}

/** The encoding a careful user of `uuid` would add: two digits at a time. */
function base32(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer);
  const [a, b, c, d] = [view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)] as const;
  const ten = [
    ...[a >>> 24, a >>> 14, a >>> 4, (a << 6) | (b >>> 26), b >>> 16, b >>> 6, (b << 4) | (c >>> 28)],
    ...[c >>> 18, c >>> 8, (c << 2) | (d >>> 30), d >>> 20, d >>> 10, d],
  ];
  let text = '';
  for (const bits of ten) text += PAIRS[bits & 1023];
  return text;
}
