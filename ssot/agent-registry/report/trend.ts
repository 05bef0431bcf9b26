import { z } from 'zod';
import type { TrendRow } from '../../analytics';
import { exact, sumByCurrency } from './amounts';
import type { Amount } from './amount-shape';

const MAX_MODELS = 5;
const OTHERS = 'others';
const MIN_POINTS = 3;

/** Spend over time by model, in the currency in which most was spent: what a chart shows beside the exact totals. */
export const trend = z.object({
  currency: z.string(),
  /** The largest first, and what is beyond them together. */
  models: z.array(z.string()),
  /** In order of time; one amount for each of the models. */
  rows: z.array(z.object({ at: z.string(), amounts: z.array(z.string()) })),
});
export type Trend = z.infer<typeof trend>;

interface Priced {
  readonly at: string;
  readonly model: string;
  readonly spend: Amount;
}

/** Nothing for fewer than three points in time, of which a chart says no more than a sentence. */
export function trendOf(found: readonly TrendRow[]): Trend | undefined {
  const priced = found.flatMap(({ at, model, amount }): readonly Priced[] =>
    amount === 'unpriced' ? [] : [{ at, model, spend: { amount: amount.value, currency: amount.currency } }],
  );
  const currency = sumByCurrency(priced.map(({ spend }) => spend))[0]?.currency;
  const rows = priced.filter(({ spend }) => spend.currency === currency);
  const byTime = Map.groupBy(rows, ({ at }) => at);
  if (currency === undefined || byTime.size < MIN_POINTS) return undefined;
  const largest = [...Map.groupBy(rows, ({ model }) => model)]
    .filter(([model]) => model !== '')
    .map(([model, of]) => ({ model, total: exact(sumOf(of)) }))
    .sort((a, b) => Number(b.total - a.total) || (a.model < b.model ? -1 : 1))
    .slice(0, MAX_MODELS)
    .map(({ model }) => model);
  const rest = (row: Priced): boolean => !largest.includes(row.model);
  return {
    currency,
    models: rows.some(rest) ? [...largest, OTHERS] : largest,
    rows: [...byTime].map(([at, of]) => {
      const amounts = largest.map((model) => sumOf(of.filter((row) => row.model === model)));
      return { at, amounts: rows.some(rest) ? [...amounts, sumOf(of.filter(rest))] : amounts };
    }),
  };
}

function sumOf(rows: readonly Priced[]): string {
  return sumByCurrency(rows.map(({ spend }) => spend))[0]?.amount ?? '0';
}
