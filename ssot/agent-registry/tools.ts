import { z } from 'zod';
import { sumByCurrency } from './amounts';
import type { ToolDefinition, UsageReader } from './contract';
import { findingsOf } from './findings';
import { amount, coverage, cutOff, finding, modelSpend, usageFilter, type UsageFilter } from './work';
import type { TenantContext } from '../kernel';

const LIMIT_MS = 10_000;
const MOST_MODELS = 50;

const about = z.object({ filter: usageFilter, cut: cutOff });
const coverageArgs = z.object({ filter: usageFilter });
const savingsArgs = z.object({ filter: usageFilter, cut: cutOff, spends: z.array(amount) });

/** What the tools answer with, checked by those who asked. */
export const toolResults = {
  usage_coverage: z.object({ coverage, cut: cutOff }),
  usage_summary: z.object({
    calls: z.int(),
    spends: z.array(amount),
    byModel: z.array(modelSpend),
    unpriced: z.array(z.string()),
  }),
  price_list: z.object({ version: z.string(), models: z.int() }),
  find_savings: z.object({ findings: z.array(finding) }),
} as const;

type Run<A> = (usage: UsageReader, ctx: TenantContext, args: A, signal: AbortSignal) => Promise<object>;

function reading<A>(name: ToolDefinition['name'], args: z.ZodType<A>, execute: Run<A>): ToolDefinition {
  return {
    name,
    args,
    permission: 'usage:read',
    effect: 'read',
    limitMs: LIMIT_MS,
    execute: (usage, ctx, given, signal) => execute(usage, ctx, given as A, signal),
  };
}

export const TOOLS: readonly ToolDefinition[] = [
  reading('usage_coverage', coverageArgs, async (usage, ctx, { filter }, signal) => {
    const { data, cut } = await usage.coverage(ctx, { ...period(filter), signal });
    return { coverage: data, cut };
  }),
  reading('usage_summary', about, async (usage, ctx, { filter, cut }, signal) => {
    const { data } = await usage.cost(ctx, { ...period(filter), by: ['provider', 'model'], cut, signal });
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
      byModel: byModel.slice(0, MOST_MODELS),
      unpriced: [...new Set(byModel.filter(({ spend }) => spend === null).map(({ model }) => model))],
    };
  }),
  reading('price_list', z.object({}), async (usage, ctx) => {
    const { version, entries } = await usage.prices(ctx);
    return { version, models: new Set(entries.map(({ provider, model }) => `${provider} ${model}`)).size };
  }),
  reading('find_savings', savingsArgs, async (usage, ctx, { filter, cut, spends }, signal) => {
    const { data } = await usage.opportunities(ctx, { ...period(filter), cut, signal });
    return { findings: findingsOf(data, spends) };
  }),
];

function period({ from, to, where }: UsageFilter): {
  from: string;
  to: string;
  where: { model?: string[]; feature?: string[] };
} {
  const { model, feature } = where;
  return { from, to, where: { ...(model && { model }), ...(feature && { feature }) } };
}

function money({ value, currency }: { value: string; currency: string }): { amount: string; currency: string } {
  return { amount: value, currency };
}
