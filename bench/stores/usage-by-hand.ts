import type { ClickHouseClient } from '@clickhouse/client';

/** As many as are written down well within the client's patience. */
const AT_ONCE = 100_000;

/** A month of one company, written down by ClickHouse itself: eight models' worth of calls, prompts and openings that repeat. */
export async function plantCalls(client: ClickHouseClient, tenant: string, count: number): Promise<void> {
  const of = (salt: string): string => `sipHash64(number, '${salt}')`;
  for (let from = 0; from < count; from += AT_ONCE)
    await client.command({
      query: `insert into usage (tenant_id, event_id, fingerprint, at, provider, model, feature, status, input_tokens,
        cached_input_tokens, output_tokens, latency_ms, background, person_id, run_id, prompt_hash, opening_hash, opening_tokens)
      select {tenant:String}, lower(hex(sipHash128(number, 'id'))), lower(hex(sipHash128(number, 'content'))),
        now64(3, 'UTC') - interval (${of('at')} % (30 * 86400000)) millisecond,
        arrayElement(['openai', 'anthropic'], 1 + number % 2),
        arrayElement(['gpt-4o', 'claude-3-5-sonnet', 'gpt-4o-mini', 'claude-3-5-haiku'], 1 + number % 4),
        concat('feature-', toString(${of('feature')} % 12)), if(${of('failed')} % 100 < 3, 'failed', 'completed'),
        100 + ${of('in')} % 5000, 0, 50 + ${of('out')} % 1000, 200 + ${of('ms')} % 4000, ${of('background')} % 10 = 0,
        concat('user_', toString(${of('person')} % 40)), '',
        lower(hex(sipHash128(if(${of('repeated')} % 10 = 0, ${of('prompt')} % 1000, number)))),
        if(${of('opening')} % 3 = 0, concat('opening ', toString(number % 20)), ''),
        1408
      from numbers({from:UInt64}, {count:UInt64})`,
      query_params: { tenant, from, count: Math.min(AT_ONCE, count - from) },
    });
}

/** What somebody would write who needs these figures once: each reads the company's calls, repeats collapsed. */
export function bareQuestions(
  client: ClickHouseClient,
  tenant: string,
  { from, to }: { readonly from: string; readonly to: string },
): Readonly<
  Record<
    'coverage' | 'usage by model' | 'cost by feature' | 'cost by day and model' | 'performance by model' | 'savings',
    () => Promise<unknown>
  >
> {
  const stored = (at: string): string => at.replace('T', ' ').replace('Z', '');
  const calls = `usage final where tenant_id = {tenant:String} and at >= {from:DateTime64(3, 'UTC')} and at < {to:DateTime64(3, 'UTC')}`;
  const tokens = 'count() as calls, sum(input_tokens), sum(cached_input_tokens), sum(output_tokens)';
  const ask = (query: string) => async (): Promise<unknown> => {
    const query_params = { tenant, from: stored(from), to: stored(to) };
    return (await client.query({ query, query_params, format: 'JSONEachRow' })).json();
  };
  return {
    coverage: ask(`select count(), uniqExact(toDate(at)), min(at), max(at) from ${calls}`),
    'usage by model': ask(`select model, ${tokens} from ${calls} group by model order by calls desc`),
    'cost by feature': ask(
      `select feature, provider, model, ${tokens} from ${calls} group by feature, provider, model`,
    ),
    'cost by day and model': ask(
      `select toDate(at) as day, provider, model, ${tokens} from ${calls} group by day, provider, model`,
    ),
    'performance by model': ask(
      `select model, count() as calls, countIf(status = 'failed'), quantilesExactInclusive(0.5, 0.95)(latency_ms)
       from ${calls} group by model order by calls desc`,
    ),
    savings: ask(`select provider, model, feature, wasted, repeated, background, opening, small, ${tokens}
      from (select *, status = 'completed' and maxIf(at, not wasted) over (partition by provider, model, feature, prompt_hash
            order by at, event_id rows between unbounded preceding and 1 preceding) >= at - interval 1 day as repeated,
          input_tokens <= 1000 and output_tokens <= 300 as small
        from (select *, status = 'failed' or leadInFrame(at) over (partition by feature, person_id, prompt_hash
              order by at, event_id rows between unbounded preceding and unbounded following)
              between at and at + interval 1 minute as wasted,
            opening_hash != '' and lagInFrame(at) over (partition by provider, model, opening_hash order by at, event_id
              rows between unbounded preceding and unbounded following) >= at - interval 5 minute as opening
          from ${calls}))
      group by provider, model, feature, wasted, repeated, background, opening, small`),
  };
}
