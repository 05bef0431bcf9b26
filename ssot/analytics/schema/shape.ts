import { z } from 'zod';
import { archiveTable } from '../archive/archive';
import { erasureTable } from '../erasure-records';
import { AnalyticsError } from '../errors';
import { PARTITION, type Layout } from './layout';
import type { Store } from '../store/store';

/** What is done once to a history, in order. A step may be done again, because two instances may start at one moment. */
interface Step {
  /** Never changed: a history remembers which of them it has seen. */
  readonly name: string;
  readonly statement: (layout: Layout) => string;
}

/**
 * The history's shape. Uses of one company and id collapse to the one recorded first, however often and wherever they
 * were sent: neither order nor partition depends on anything a sender can change. The view is the only door for
 * reading figures; it fails without a company.
 */
const STEPS: readonly Step[] = [
  {
    name: 'usage',
    statement: ({ onCluster, engine }) => `create table if not exists usage${onCluster} (
    tenant_id String, event_id String, fingerprint String, at DateTime64(3, 'UTC'),
    provider String, model String, feature String, status LowCardinality(String),
    input_tokens UInt64, cached_input_tokens UInt64, output_tokens UInt64, latency_ms UInt64, background UInt8,
    person_id String, run_id String, prompt_hash String, opening_hash String, opening_tokens UInt64,
    recorded_at DateTime64(6, 'UTC') default now64(6, 'UTC'),
    first_stays UInt64 default 18446744073709551615 - toUInt64(toUnixTimestamp64Micro(recorded_at)),
    index by_at at type minmax granularity 1,
    index by_recorded_at recorded_at type minmax granularity 1)
  engine = ${engine('ReplacingMergeTree')}(first_stays)
  order by (tenant_id, event_id) partition by ${PARTITION}
  ttl toDateTime(at) + interval 13 month`,
  },
  {
    // One row a name, however many uses: what is asked before each report must not read them all.
    name: 'usage_names',
    statement: ({ onCluster, engine }) => `create table if not exists usage_names${onCluster} (
    tenant_id String, kind LowCardinality(String), name String, last_at SimpleAggregateFunction(max, DateTime('UTC')))
  engine = ${engine('AggregatingMergeTree')} order by (tenant_id, kind, name) ttl last_at + interval 13 month`,
  },
  {
    // One for both kinds of names: each view costs an insert a third of its time.
    name: 'usage_names_of',
    statement: ({ onCluster }) => `create materialized view if not exists usage_names_of${onCluster} to usage_names as
  select tenant_id, named.1 as kind, named.2 as name, max(toDateTime(at, 'UTC')) as last_at
  from usage array join [('model', concat(provider, '\\0', model)), ('feature', feature)] as named
  group by tenant_id, kind, name`,
  },
  {
    name: 'usage_of',
    statement: ({ onCluster }) => `create view if not exists usage_of${onCluster} as select * from usage final
  where tenant_id = {tenant:String} and at >= {from:DateTime64(3, 'UTC')} and at < {to:DateTime64(3, 'UTC')}
    and recorded_at <= {upto:DateTime64(6, 'UTC')}`,
  },
  { name: 'archive', statement: archiveTable },
  { name: 'erasure', statement: erasureTable },
];

/** Columns in order, as the server itself names their types. */
const COLUMNS: Readonly<Record<string, readonly (readonly [name: string, type: string])[]>> = {
  usage: [
    ...columns('String', 'tenant_id', 'event_id', 'fingerprint'),
    ['at', "DateTime64(3, 'UTC')"],
    ...columns('String', 'provider', 'model', 'feature'),
    ['status', 'LowCardinality(String)'],
    ...columns('UInt64', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'latency_ms'),
    ['background', 'UInt8'],
    ...columns('String', 'person_id', 'run_id', 'prompt_hash', 'opening_hash'),
    ['opening_tokens', 'UInt64'],
    ['recorded_at', "DateTime64(6, 'UTC')"],
    ['first_stays', 'UInt64'],
  ],
  usage_names: [
    ['tenant_id', 'String'],
    ['kind', 'LowCardinality(String)'],
    ['name', 'String'],
    ['last_at', "SimpleAggregateFunction(max, DateTime('UTC'))"],
  ],
  archive: [
    ...columns('String', 'tenant_id', 'user_id'),
    ['kind', 'LowCardinality(String)'],
    ['subject', 'String'],
    ['part', 'UInt64'],
    ...columns('String', 'checksum', 'body'),
    ['put_at', "DateTime64(6, 'UTC')"],
  ],
  erasure: [...columns('String', 'tenant_id', 'subject'), ['requested_at', "DateTime64(3, 'UTC')"]],
};

const remember = ({
  onCluster,
  engine,
}: Layout): string => `create table if not exists schema_step${onCluster} (name String, applied_at DateTime64(3, 'UTC') default now64(3, 'UTC'))
  engine = ${engine('ReplacingMergeTree')} order by name`;

/**
 * Does what the history has not seen yet, then compares its tables with what this version writes and reads. A build that was
 * cut off is completed by the next start. Throws `analytics_schema_mismatch` naming table and column. Columns that are
 * not known here are well only behind the others, and only once a newer version has been there.
 */
export async function buildShape(store: Store, layout: Layout): Promise<void> {
  if (layout.isReplicated) await assertReplicated(store);
  await store.define(remember(layout));
  const seen = await store.ask('select distinct name from schema_step', {}, z.object({ name: z.string() }));
  const done = new Set(seen.map(({ name }) => name));
  for (const { name, statement } of STEPS) {
    if (done.has(name)) continue;
    await store.define(statement(layout));
    await store.insert('schema_step', [{ name }]);
  }
  const known = new Set(STEPS.map(({ name }) => name));
  await assertColumns(store, { isAhead: seen.some(({ name }) => !known.has(name)) });
}

/** What is there already stays what it is: rows of a table that is no copy would be on one server only, and nobody would notice. */
async function assertReplicated(store: Store): Promise<void> {
  const alone = await store.ask(
    `select name, engine from system.tables where database = currentDatabase() and engine like '%MergeTree'
       and engine not like 'Replicated%' and engine not like 'Shared%' and name in {tables:Array(String)} order by name`,
    { tables: [...Object.keys(COLUMNS), 'schema_step'] },
    z.object({ name: z.string(), engine: z.string() }),
  );
  const [first] = alone;
  if (first === undefined) return;
  throw new AnalyticsError(
    'analytics_schema_mismatch',
    `The table ${first.name} was made for one server (${first.engine}), and CLICKHOUSE_CLUSTER asks for copies on several. ` +
      'Give CLICKHOUSE_URL a database of its own there, and copy what is here; or leave CLICKHOUSE_CLUSTER out.',
    { field: first.name },
  );
}

async function assertColumns(store: Store, { isAhead }: { readonly isAhead: boolean }): Promise<void> {
  const found = await store.ask(
    `select table, name, type from system.columns where database = currentDatabase() and table in {tables:Array(String)}
     order by table, position`,
    { tables: Object.keys(COLUMNS) },
    z.object({ table: z.string(), name: z.string(), type: z.string() }),
  );
  for (const [table, wanted] of Object.entries(COLUMNS)) {
    const there = found.filter((column) => column.table === table);
    wanted.forEach(([name, type], position) => {
      const same = there.find((column) => column.name === name);
      if (same === undefined) throw mismatch(table, name, 'is missing');
      if (same.type !== type) throw mismatch(table, name, `is of the type ${same.type}, not ${type}`);
      if (there[position]?.name !== name)
        throw mismatch(table, name, `stands in another place: ${there[position]?.name} stands there`);
    });
    const more = there[wanted.length];
    if (more !== undefined && !isAhead) throw mismatch(table, more.name, 'is not known to this version');
  }
}

function mismatch(table: string, column: string, what: string): AnalyticsError {
  return new AnalyticsError(
    'analytics_schema_mismatch',
    `The history is of another shape than this version needs: column ${column} of table ${table} ${what}. ` +
      'Start the version that built it, or give CLICKHOUSE_URL a database of its own.',
    { field: `${table}.${column}` },
  );
}

function columns(type: string, ...names: readonly string[]): readonly (readonly [string, string])[] {
  return names.map((name) => [name, type] as const);
}
