import { z } from 'zod';
import type { CostRow, PerformanceRow } from '../../analytics';
import { exact, sumByCurrency } from './amounts';
import { BREAKDOWNS, MEASURES, TIMES, type BreakdownBy, type Measure, type Ranking } from '../questions';
import { amount, type Amount } from './amount-shape';

/** Rows that an answer shows; the rest is counted, and stands in the whole result of the tool. */
const MAX_ROWS = 31;
const USUAL_ROWS = 20;
const whole = z.string().regex(/^\d+$/);

/** Sums of tokens are text, since they may exceed what JSON numbers hold exactly. */
export const figures = z.object({
  calls: z.int(),
  inputTokens: whole,
  cachedInputTokens: whole,
  outputTokens: whole,
  /** One amount a currency, largest first. */
  spends: z.array(amount),
  /** Calls whose price nobody knows: in no amount, and never counted as free. */
  unpricedCalls: z.int(),
  /** Only where times and failures were asked for. */
  performance: z.object({ failed: z.int(), medianMs: z.int(), p95Ms: z.int() }).optional(),
});
export type Figures = z.infer<typeof figures>;

/** What a question asked for, in figures: one row for each value of what it is broken down by. */
export const answer = z.object({
  measures: z.array(z.enum(MEASURES)),
  by: z.array(z.enum(BREAKDOWNS)),
  rows: z.array(z.object({ keys: z.array(z.string()), now: figures, before: figures.optional() })),
  /** Rows there are, shown or not. */
  of: z.int(),
  total: figures,
  before: z.object({ from: z.string(), to: z.string(), total: figures }).optional(),
});
export type Answer = z.infer<typeof answer>;
export type AnswerRow = Answer['rows'][number];

/** What was read of one period. `all`: how its calls went altogether, which cannot be added up from rows. */
export interface PeriodRead {
  readonly costs: readonly CostRow[];
  readonly performance?: { readonly rows: readonly PerformanceRow[]; readonly all: PerformanceRow | undefined };
}

export interface AnswerRequest {
  readonly measures: readonly Measure[];
  readonly by: readonly BreakdownBy[];
  readonly ranking?: { readonly order: Ranking['order']; readonly count?: number | undefined } | undefined;
}

/** Pure: the rows that were asked for, in the order in which they were asked for. */
export function answerOf(
  { measures, by, ranking }: AnswerRequest,
  now: PeriodRead,
  before?: { readonly from: string; readonly to: string; readonly read: PeriodRead },
): Answer {
  const rows = rowsOf(by, now);
  const earlier = before && rowsOf(by, before.read);
  const all = [...rows].map(([key, row]) => {
    const same = earlier?.get(key);
    return { keys: row.keys, now: row.figures, ...(same && { before: same.figures }) };
  });
  const [measure = 'spend'] = measures;
  const count = Math.min(MAX_ROWS, ranking?.count ?? (isOverTime(by) ? MAX_ROWS : USUAL_ROWS));
  return {
    measures: [...measures],
    by: [...by],
    rows: by.length === 0 ? [] : ordered(all, measure, by, ranking).slice(0, count),
    of: by.length === 0 ? 0 : all.length,
    total: totalOf(now),
    ...(before && { before: { from: before.from, to: before.to, total: totalOf(before.read) } }),
  };
}

/** In one number, for ordering and for comparing; money in the currency that is named, or in the row's first. */
export function sizeOf(measure: Measure, figures: Figures, currency?: string): bigint {
  switch (measure) {
    case 'tokens':
      return BigInt(figures.inputTokens) + BigInt(figures.outputTokens);
    case 'calls':
      return BigInt(figures.calls);
    case 'latency':
      return BigInt(figures.performance?.medianMs ?? 0);
    case 'failures':
      return BigInt(figures.performance?.failed ?? 0);
    default: {
      const spend =
        currency === undefined ? figures.spends[0] : figures.spends.find((one) => one.currency === currency);
      return spend === undefined ? 0n : exact(spend.amount);
    }
  }
}

function isUnknown(measure: Measure, { spends }: Figures): boolean {
  return measure === 'spend' && spends.length === 0;
}

function isOverTime(by: readonly BreakdownBy[]): boolean {
  return by.some((one) => TIMES.includes(one));
}

/** Times in their order, unless the largest were asked for; everything else by size. */
function ordered(
  rows: readonly AnswerRow[],
  measure: Measure,
  by: readonly BreakdownBy[],
  ranking: AnswerRequest['ranking'],
): readonly AnswerRow[] {
  const inKeys = (a: AnswerRow, b: AnswerRow): number => (a.keys.join(' ') < b.keys.join(' ') ? -1 : 1);
  if (ranking === undefined && isOverTime(by)) {
    const at = by.findIndex((one) => TIMES.includes(one));
    const time = ({ keys }: AnswerRow): string => keys[at] as string;
    return [...rows].sort((a, b) => (time(a) === time(b) ? inKeys(a, b) : time(a) < time(b) ? -1 : 1));
  }
  const down = ranking?.order === 'least' ? 1n : -1n;
  return [...rows].sort((a, b) => {
    // What nobody knows the price of is not the cheapest.
    const unknown = Number(isUnknown(measure, a.now)) - Number(isUnknown(measure, b.now));
    if (unknown !== 0) return unknown;
    const difference = down * (sizeOf(measure, a.now) - sizeOf(measure, b.now));
    return difference === 0n ? inKeys(a, b) : difference < 0n ? -1 : 1;
  });
}

function rowsOf(
  by: readonly BreakdownBy[],
  { costs, performance }: PeriodRead,
): ReadonlyMap<string, { readonly keys: string[]; readonly figures: Figures }> {
  const keysOf = (row: { readonly [B in BreakdownBy]?: string }): string[] =>
    by.map((one) => (one === 'hour' ? hourInWords : String)(row[one] ?? 'others'));
  const groups = Map.groupBy(costs, (row) => JSON.stringify(keysOf(row)));
  const went = new Map(performance?.rows.map((row) => [JSON.stringify(keysOf(row)), row]));
  return new Map(
    [...groups].map(([key, rows]) => [
      key,
      { keys: JSON.parse(key) as string[], figures: figuresOf(rows, went.get(key)) },
    ]),
  );
}

/** `2026-09-09T14:00+0000` is `2026-09-09 14:00`; elsewhere the offset tells the two hours of a night in which clocks are put back. */
function hourInWords(key: string): string {
  return key
    .replace('T', ' ')
    .replace('+0000', '')
    .replace(/[+-]\d{4}/, ' $&');
}

function totalOf({ costs, performance }: PeriodRead): Figures {
  return figuresOf(costs, performance?.all);
}

function figuresOf(rows: readonly CostRow[], went: PerformanceRow | undefined): Figures {
  const sum = (of: (row: CostRow) => bigint): string => String(rows.reduce((total, row) => total + of(row), 0n));
  const priced = rows.flatMap(({ amount: cost }): Amount[] =>
    cost === 'unpriced' ? [] : [{ amount: cost.value, currency: cost.currency }],
  );
  return {
    calls: rows.reduce((total, { calls }) => total + calls, 0),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    cachedInputTokens: sum(({ cachedInputTokens }) => cachedInputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    spends: [...sumByCurrency(priced)],
    unpricedCalls: rows.reduce((total, row) => total + (row.amount === 'unpriced' ? row.calls : 0), 0),
    ...(went && { performance: { failed: went.failed, medianMs: went.medianMs, p95Ms: went.p95Ms } }),
  };
}
