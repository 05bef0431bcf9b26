import type { Store } from './store';

/**
 * The history's shape. Uses of one company and id collapse to the one recorded first, however often and wherever they
 * were sent: neither order nor partition depends on anything a sender can change. The view is the only door for
 * reading figures; it fails without a company.
 */
const STEPS = [
  `create table if not exists usage (
    tenant_id String, event_id String, fingerprint String, at DateTime64(3, 'UTC'),
    provider String, model String, feature String, status LowCardinality(String),
    input_tokens UInt64, cached_input_tokens UInt64, output_tokens UInt64, latency_ms UInt64, background UInt8,
    person_id String, run_id String, prompt_hash String, opening_hash String, opening_tokens UInt64,
    recorded_at DateTime64(6, 'UTC') default now64(6, 'UTC'),
    first_stays UInt64 default 18446744073709551615 - toUInt64(toUnixTimestamp64Micro(recorded_at)),
    index by_at at type minmax granularity 1)
  engine = ReplacingMergeTree(first_stays)
  order by (tenant_id, event_id) partition by cityHash64(tenant_id) % 16
  ttl toDateTime(at) + interval 13 month`,
  // One row a name, however many uses: what is asked before each report must not read them all.
  `create table if not exists usage_names (
    tenant_id String, kind LowCardinality(String), name String, last_at SimpleAggregateFunction(max, DateTime('UTC')))
  engine = AggregatingMergeTree order by (tenant_id, kind, name) ttl last_at + interval 13 month`,
  `create materialized view if not exists usage_names_of_models to usage_names as
  select tenant_id, 'model' as kind, concat(provider, '\\0', model) as name, max(toDateTime(at, 'UTC')) as last_at
  from usage group by tenant_id, name`,
  `create materialized view if not exists usage_names_of_features to usage_names as
  select tenant_id, 'feature' as kind, feature as name, max(toDateTime(at, 'UTC')) as last_at
  from usage group by tenant_id, name`,
  // Of what was recorded before there were names.
  `insert into usage_names
  select tenant_id, 'model' as kind, concat(provider, '\\0', model) as name, max(toDateTime(at, 'UTC')) as last_at
  from usage where (select count() from usage_names) = 0 group by tenant_id, name
  union all
  select tenant_id, 'feature' as kind, feature as name, max(toDateTime(at, 'UTC')) as last_at
  from usage where (select count() from usage_names) = 0 group by tenant_id, name`,
  `create view if not exists usage_of as select * from usage final
  where tenant_id = {tenant:String} and at >= {from:DateTime64(3, 'UTC')} and at < {to:DateTime64(3, 'UTC')}
    and recorded_at <= {upto:DateTime64(6, 'UTC')}`,
];

/** Built once; whoever comes later finds it. */
export async function buildShape(store: Store): Promise<void> {
  for (const step of STEPS) await store.define(step);
}
