import { z } from 'zod';
import type { Question } from '../../../analytics';
import { sumByCurrency } from '../../report/amounts';
import type { ToolDefinition, ToolDeps } from '../../contract';
import { findingsOf } from '../../report/findings';
import { amount } from '../../report/amount-shape';
import { answer, answerOf, type Answer, type PeriodRead } from '../../report/answer';
import { asked, coverage, cutOff, finding, modelSpend, usageFilter, type UsageFilter } from '../analysis';
import { trend, trendOf } from '../../report/trend';
import type { TenantContext } from '../../../kernel';

const LIMIT_MS = 10_000;
const NOBODY = 'no person reported';
export const FORMER_COLLEAGUE = 'a former colleague';
const MAX_MODELS = 50;

const about = z.object({ filter: usageFilter, cut: cutOff });
const coverageArgs = z.object({ filter: usageFilter });
const breakdownArgs = z.object({ filter: usageFilter, cut: cutOff, asked });
const savingsArgs = z.object({ filter: usageFilter, cut: cutOff, spends: z.array(amount) });

/** What the tools answer with, checked by those who asked. */
export const toolResults = {
  usage_coverage: z.object({ coverage, cut: cutOff }),
  usage_summary: z.object({
    calls: z.int(),
    spends: z.array(amount),
    byModel: z.array(modelSpend),
    unpriced: z.array(z.string()),
    trend: trend.optional(),
  }),
  usage_breakdown: z.object({ answer }),
  price_list: z.object({ version: z.string(), models: z.int() }),
  find_savings: z.object({ findings: z.array(finding) }),
} as const;

/** A run has time: it waits for its company's turn instead of being refused. */
const waiting = { whenBusy: 'wait' } as const;

type Run<A> = (means: ToolDeps, ctx: TenantContext, args: A, signal: AbortSignal) => Promise<object>;

function tool<A>(name: ToolDefinition['name'], args: z.ZodType<A>, execute: Run<A>): ToolDefinition {
  return {
    name,
    permission: 'usage:read',
    args,
    limitMs: LIMIT_MS,
    execute: (means, ctx, given, signal) => execute(means, ctx, given as A, signal),
  };
}

export const TOOLS: readonly ToolDefinition[] = [
  tool('usage_coverage', coverageArgs, async ({ usage }, ctx, { filter }, signal) => {
    const { data, cut } = await usage.coverage(ctx, { ...period(filter), ...waiting, signal });
    return { coverage: data, cut };
  }),
  tool('usage_summary', about, async ({ usage }, ctx, { filter, cut }, signal) => {
    const question = { ...period(filter), cut, ...waiting, signal };
    const { data } = await usage.cost(ctx, { ...question, by: ['provider', 'model'] });
    const overTime = trendOf((await usage.trend?.(ctx, question))?.data ?? []);
    const priced = data.flatMap((row) => (row.amount === 'unpriced' ? [] : [money(row.amount)]));
    const byModel = data.map((row) => ({
      provider: row.provider ?? 'others',
      model: row.model ?? 'others',
      calls: row.calls,
      spend: row.amount === 'unpriced' ? null : money(row.amount),
    }));
    return {
      calls: data.reduce((sum, row) => sum + row.calls, 0),
      spends: sumByCurrency(priced),
      byModel: byModel.slice(0, MAX_MODELS),
      ...(overTime && { trend: overTime }),
      unpriced: listed([...new Set(byModel.filter(({ spend }) => spend === null).map(({ model }) => model))]),
    };
  }),
  tool('usage_breakdown', breakdownArgs, async ({ usage, authority }, ctx, { filter, cut, asked: request }, signal) => {
    const { measures, by, comparedWith } = request;
    const isTimed = measures.includes('latency') || measures.includes('failures');
    const read = async (about: ReturnType<typeof period>): Promise<PeriodRead> => {
      const question = { ...about, by, cut, ...waiting, signal };
      const costs = (await usage.cost(ctx, question)).data;
      if (!isTimed) return { costs };
      const rows = by.length === 0 ? [] : (await usage.performance(ctx, question)).data;
      const [all] = (await usage.performance(ctx, { ...question, by: [] })).data;
      return { costs, performance: { rows, all } };
    };
    const now = await read(period(filter));
    const before = comparedWith && { ...comparedWith, read: await read({ ...period(filter), ...comparedWith }) };
    return { answer: await withNames(answerOf(request, now, before), ctx, authority) };
  }),
  tool('price_list', z.object({}), async ({ usage }, ctx) => {
    const { version, entries } = await usage.prices(ctx);
    return { version, models: new Set(entries.map(({ provider, model }) => `${provider} ${model}`)).size };
  }),
  tool('find_savings', savingsArgs, async ({ usage }, ctx, { filter, cut, spends }, signal) => {
    const { data } = await usage.opportunities(ctx, { ...period(filter), cut, ...waiting, signal });
    return { findings: findingsOf(data, spends) };
  }),
];

function period({ from, to, timeZone, where }: UsageFilter): Pick<Question, 'from' | 'to' | 'timeZone' | 'where'> {
  const named = Object.entries(where).filter(([, values]) => values !== undefined);
  return { from, to, ...(timeZone !== undefined && { timeZone }), where: Object.fromEntries(named) };
}

/** People by their names, since nobody knows them by their ids. */
async function withNames(answer: Answer, ctx: TenantContext, authority: ToolDeps['authority']): Promise<Answer> {
  const at = answer.by.indexOf('person');
  if (at < 0) return answer;
  const ids = answer.rows.flatMap(({ keys }) => keys[at] || []);
  const names = await authority.namesOf(ctx, ids);
  const nameOf = (id: string): string => (id === '' ? NOBODY : (names.get(id) ?? FORMER_COLLEAGUE));
  return {
    ...answer,
    rows: answer.rows.map((row) => ({
      ...row,
      keys: row.keys.map((key, index) => (index === at ? nameOf(key) : key)),
    })),
  };
}

function listed(models: readonly string[]): readonly string[] {
  if (models.length <= MAX_MODELS) return models;
  return [...models.slice(0, MAX_MODELS), `${models.length - MAX_MODELS} more`];
}

function money({ value, currency }: { value: string; currency: string }): { amount: string; currency: string } {
  return { amount: value, currency };
}
