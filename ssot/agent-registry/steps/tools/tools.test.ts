import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { vouchFor, type TenantId, type UserId } from '../../../kernel';
import type { UsageReader } from '../../contract';
import { toolResults, TOOLS } from './tools';

const ctx = vouchFor({ tenantId: 'tenant_a' as TenantId, userId: 'user_a' as UserId, plan: 'free', permissions: [] });
const cut = { at: '2026-09-10T09:00:00.000000Z' };
const filter = { from: '2026-09-08T12:00:00.000Z', to: '2026-09-09T12:00:00.000Z', where: {} };
const ARGS: Readonly<Record<string, object>> = {
  usage_coverage: {},
  usage_summary: { cut },
  usage_breakdown: {
    cut,
    asked: {
      ...{ measures: ['failures'], by: ['day'], carriedOver: [], notes: [], suggestions: [] },
      comparedWith: { from: '2026-09-07T12:00:00.000Z', to: '2026-09-08T12:00:00.000Z' },
    },
  },
  find_savings: { cut, spends: [] },
};

/** The zones of all readings of a tool. */
async function zonesOf(name: string, timeZone?: string): Promise<readonly (string | undefined)[]> {
  const zones: (string | undefined)[] = [];
  const read = (data: unknown) => (_: unknown, question: { timeZone?: string }) => {
    zones.push(question.timeZone);
    return Promise.resolve({ data, cut, prices: 'list-1' });
  };
  const usage = {
    ...{ coverage: read({ calls: 0, daysWithUse: 0, first: null, last: null }), cost: read([]) },
    ...{ performance: read([]), opportunities: read([]) },
  } as unknown as UsageReader;
  const authority = {
    contextFor: () => Promise.reject(new Error('not asked')),
    namesOf: () => Promise.reject(new Error('not asked')),
  };
  const tool = TOOLS.find((one) => one.name === name);
  const args = tool?.args.parse({ filter: { ...filter, ...(timeZone && { timeZone }) }, ...ARGS[name] });
  await tool?.execute({ usage, authority }, ctx, args, new AbortController().signal);
  return zones;
}

for (const [name, readings] of [
  ['usage_coverage', 1],
  ['usage_summary', 1],
  ['usage_breakdown', 6],
  ['find_savings', 1],
] as const) {
  void test(`AG-18 ${name} reads in the days of the company's zone, each time`, async () => {
    deepEqual(await zonesOf(name, 'Pacific/Auckland'), Array<string>(readings).fill('Pacific/Auckland'));
    deepEqual(await zonesOf(name), Array<undefined>(readings).fill(undefined));
  });
}

const row = { inputTokens: 1n, cachedInputTokens: 0n, outputTokens: 1n, amount: { value: '1', currency: 'USD' } };

void test('AG-16 people stand in a table by their names, who has left and who was never reported by what they are', async () => {
  const data = ['user_ada', 'user_gone', ''].map((person, at) => ({ ...row, person, model: 'large', calls: 9 - at }));
  const usage = { cost: () => Promise.resolve({ data, cut, prices: 'list-1' }) } as unknown as UsageReader;
  let named: readonly string[] = [];
  const authority = {
    contextFor: () => Promise.reject(new Error('not asked')),
    namesOf: (_: unknown, ids: readonly string[]) => {
      named = ids;
      return Promise.resolve(new Map([['user_ada', 'Ada']]));
    },
  };
  const tool = TOOLS.find(({ name }) => name === 'usage_breakdown');
  const asked = { measures: ['calls'], by: ['model', 'person'], carriedOver: [], notes: [], suggestions: [] };
  const args = tool?.args.parse({ filter, cut, asked });
  const found = await tool?.execute({ usage, authority }, ctx, args, new AbortController().signal);
  const { answer } = found as { answer: { rows: readonly { keys: readonly string[] }[] } };
  deepEqual(
    answer.rows.map(({ keys }) => keys),
    [
      ['large', 'Ada'],
      ['large', 'a former colleague'],
      ['large', 'no person reported'],
    ],
  );
  deepEqual(named, ['user_ada', 'user_gone']);
});

for (const [models, listed, more] of [
  [50, 50, []],
  [53, 50, ['3 more']],
] as const) {
  void test(`AG-03 of ${models} models ${listed} are named, all are counted, and spend over time is told with them`, async () => {
    const names = Array.from({ length: models }, (_, at) => `m${at}`);
    const data = names.map((model) => ({ ...row, provider: 'own', model, calls: 2, amount: 'unpriced' }));
    const days = ['2026-09-06', '2026-09-07', '2026-09-08'];
    const amount = { value: '1', currency: 'USD' };
    const usage = {
      cost: () => Promise.resolve({ data, cut, prices: 'list-1' }),
      trend: () => Promise.resolve({ data: days.map((at) => ({ at, model: 'large', amount })), cut, prices: 'list-1' }),
    } as unknown as UsageReader;
    const tool = TOOLS.find(({ name }) => name === 'usage_summary');
    const args = tool?.args.parse({ filter, cut });
    const authority = { contextFor: () => Promise.reject(new Error()), namesOf: () => Promise.reject(new Error()) };
    const found = await tool?.execute({ usage, authority }, ctx, args, new AbortController().signal);
    deepEqual(found && toolResults.usage_summary.parse(found), {
      calls: 2 * models,
      spends: [],
      byModel: names.slice(0, listed).map((model) => ({ provider: 'own', model, calls: 2, spend: null })),
      unpriced: [...names.slice(0, listed), ...more],
      trend: {
        currency: 'USD',
        models: ['large'],
        rows: days.map((at) => ({ at, amounts: ['1.000000000000'] })),
      },
    });
  });
}
