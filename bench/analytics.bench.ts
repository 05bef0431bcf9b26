import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { openAnalytics, type Analytics, type Question, type UsageEvent } from '../ssot/analytics';
import { plans } from '../ssot/configuration-manager';
import { createIdSource } from '../ssot/id-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor, type TenantContext } from '../ssot/kernel';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { askingCrowd } from './people/asking-crowd';
import { median } from './figures/median';
import type { Benchmark, Row } from './figures/row';
import { bareQuestions, plantCalls } from './stores/usage-by-hand';

const IS_QUICK = process.env['BENCH_QUICK'] === '1';
const MANY = IS_QUICK ? 100_000 : 1_000_000;
const FEWER = MANY / 4;
const REPORTS = IS_QUICK ? 10 : 40;
const REPORT = 1_000;
const ROUNDS = IS_QUICK ? 2 : 5;
const MAX_RATIO = 1.3;
const DAY_MS = 86_400_000;
const machine = { clock: systemClock, random: systemRandom, metrics: noMetrics };
const ids = createIdSource({ ...machine, logger: silentLogger });

export const about =
  'usage: recording and each report over 1,000,000 calls against bare SQL, savings, 100 people of 4 companies who ask';

/** One engine, one run: ours and the bare client take turns. */
const benchmark: Benchmark = async (say) => {
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), { onProgress: say });
  Object.assign(process.env, services.env);
  const url = String(services.env['SPEC_CLICKHOUSE_URL']);
  const client = createClient({ url });
  try {
    const analytics = await openAnalytics({ url }, { ...machine, log: silentLogger, plans });
    const rows = [...(await recording(analytics, client, say)), ...(await reports(analytics, client, say))];
    await analytics[Symbol.asyncDispose]();
    return [...rows, ...(await askingCrowd(say))];
  } finally {
    await client.close();
    await services.stop();
  }
};
export default benchmark;

function somebody(): TenantContext {
  const permissions = ['usage:read', 'usage:write'] as const;
  return vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'enterprise', permissions });
}

/**
 * Reports of 1,000 calls. The bare client sends the same rows to a table of the same kind; looking for ids that are known there, without
 * which a report that is sent again would count twice, is told beside it.
 */
async function recording(
  analytics: Analytics,
  client: ClickHouseClient,
  say: (progress: string) => void,
): Promise<Row[]> {
  const [acme, other] = [somebody(), somebody()];
  await client.command({ query: 'create table bench_usage as usage' });
  const took = { ours: [] as number[], look: [] as number[], insert: [] as number[], known: [] as number[] };
  for (let report = 0; report < REPORTS; report++) {
    if (report % 10 === 0) say(`reports: ${report} of ${REPORTS}`);
    const calls = Array.from({ length: REPORT }, (_, index) => aCall(`call-${report}-${index}`));
    const rows = calls.map((call) => asRow(call, other));
    const ours = async (): Promise<unknown> => analytics.record(acme, calls);
    const look = async (): Promise<unknown> => {
      const query = `select event_id, fingerprint from bench_usage final where tenant_id = {tenant:String} and event_id in (
        ${calls.map(({ eventId }) => `'${eventId}'`).join(', ')})`;
      const query_params = { tenant: other.tenantId };
      return (await client.query({ query, query_params, format: 'JSONEachRow' })).json();
    };
    const insert = async (): Promise<unknown> =>
      client.insert({
        ...{ table: 'bench_usage', values: rows, format: 'JSONEachRow' },
        clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
      });
    // By turns, so that neither always meets what the other left to merge.
    if (report % 2 === 0) took.ours.push(await timed(ours));
    took.look.push(await timed(look));
    took.insert.push(await timed(insert));
    if (report % 2 === 1) took.ours.push(await timed(ours));
    took.known.push(await timed(ours));
  }
  const peer = { name: 'the bare insert', value: median(took.insert) };
  const exact = { name: 'bare look and insert', value: peer.value + median(took.look) };
  const ours = median(took.ours);
  return [
    {
      ...{ name: 'recording of 1,000 calls', ours, unit: 'ms', peer },
      ...{ target: `at most ${MAX_RATIO} x the insert`, met: ours / peer.value <= MAX_RATIO },
    },
    { name: 'the same, which counts no call twice', ours, unit: 'ms', peer: exact, target: '', met: true },
    { name: 'the same report once more', ours: median(took.known), unit: 'ms', peer, target: '', met: true },
  ];
}

async function reports(
  analytics: Analytics,
  client: ClickHouseClient,
  say: (progress: string) => void,
): Promise<Row[]> {
  const [acme, birch] = [somebody(), somebody()];
  say(`planting ${MANY.toLocaleString('en')} and ${FEWER.toLocaleString('en')} calls`);
  await plantCalls(client, acme.tenantId, MANY);
  await plantCalls(client, birch.tenantId, FEWER);
  const now = systemClock.now();
  const period = { from: new Date(now - 31 * DAY_MS).toISOString(), to: new Date(now).toISOString() };
  const ask = (by: Question['by']): Question => ({ ...period, by });
  const ours = {
    coverage: () => analytics.coverage(acme, period),
    'usage by model': () => analytics.usage(acme, ask(['model'])),
    'cost by feature': () => analytics.cost(acme, ask(['feature'])),
    'cost by day and model': () => analytics.trend(acme, period),
    'performance by model': () => analytics.performance(acme, ask(['model'])),
    savings: () => analytics.opportunities(acme, period),
  };
  const bare = bareQuestions(client, acme.tenantId, period);
  const rows: Row[] = [];
  for (const [name, question] of Object.entries(ours)) {
    say(name);
    const took = { ours: [] as number[], bare: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      const [us, them] = [await timed(question), await timed(bare[name as keyof typeof ours])];
      if (round === 0) continue;
      took.ours.push(us);
      took.bare.push(them);
    }
    const peer = { name: 'bare SQL', value: median(took.bare) };
    const met = median(took.ours) <= MAX_RATIO * peer.value;
    const target = `at most ${MAX_RATIO} x bare SQL`;
    rows.push({
      name: `${name}, ${MANY.toLocaleString('en')} calls`,
      ours: median(took.ours),
      unit: 'ms',
      peer,
      target,
      met,
    });
  }
  for (const [who, count, limit] of [
    [acme, MANY, 2_000],
    [birch, FEWER, 500],
  ] as const) {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) took.push(await timed(() => analytics.opportunities(who, period)));
    const name = `savings over ${count.toLocaleString('en')} calls`;
    rows.push({ name, ours: median(took), unit: 'ms', target: `under ${limit} ms`, met: median(took) < limit });
  }
  return rows;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function aCall(eventId: string): UsageEvent {
  return {
    ...{ eventId, at: new Date(systemClock.now() - 3_600_000).toISOString(), provider: 'openai', model: 'gpt-4o' },
    ...{ feature: 'search', status: 'completed', inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 100 },
    ...{ latencyMs: 400, background: false },
  };
}

/** As it is stored. */
function asRow(call: UsageEvent, { tenantId }: TenantContext): object {
  return {
    ...{ tenant_id: tenantId, event_id: call.eventId, fingerprint: 'x'.repeat(32) },
    ...{ at: call.at.replace('T', ' ').replace('Z', ''), provider: call.provider, model: call.model },
    ...{ feature: call.feature, status: call.status, input_tokens: call.inputTokens },
    ...{ cached_input_tokens: 0, output_tokens: call.outputTokens, latency_ms: call.latencyMs, background: 0 },
    ...{ person_id: '', run_id: '', prompt_hash: '', opening_hash: '', opening_tokens: 0 },
  };
}
