import { z } from 'zod';
import type { TenantContext } from '../kernel';
import { amountOf, costOf, type Amount } from './amounts';
import type { Breakdown, CostRow, Coverage, Dimension, UsageRow } from './contract';
import { instantText, storedInstant } from './instants';
import { changesWithin, priceAt, type PriceTable } from './prices';
import { COUNTED, keysOf, type Asked, type Reading } from './reading';

export const MOST_ROWS = 5_000;

/** Sums are exact in the store and travel as text, because 64-bit counts do not fit a JavaScript number. */
const SUMS = `count() as calls, toString(sum(toUInt128(input_tokens))) as input,
  toString(sum(toUInt128(cached_input_tokens))) as cached, toString(sum(toUInt128(output_tokens))) as output`;
const sums = {
  calls: z.coerce.number(),
  input: z.coerce.bigint(),
  cached: z.coerce.bigint(),
  output: z.coerce.bigint(),
};
const found = z.looseObject(sums);
const priced = z.looseObject({ ...sums, p_provider: z.string(), p_model: z.string(), p_period: z.coerce.number() });
type Found = z.infer<typeof found>;

export async function coverageOf(reading: Reading, ctx: TenantContext, asked: Asked): Promise<Coverage> {
  const [row] = await reading.rows(
    ctx,
    asked,
    `select count() as calls, uniqExact(formatDateTime(at, '%Y-%m-%d', {zone:String})) as days,
      toString(min(at)) as first, toString(max(at)) as last from uses where ${COUNTED}`,
    z.object({ calls: z.coerce.number(), days: z.coerce.number(), first: z.string(), last: z.string() }),
  );
  if (row === undefined || row.calls === 0) return { calls: 0, daysWithUse: 0, first: null, last: null };
  return { calls: row.calls, daysWithUse: row.days, first: instantText(row.first), last: instantText(row.last) };
}

export async function usageOf(reading: Reading, ctx: TenantContext, asked: Asked): Promise<readonly UsageRow[]> {
  const rows = await reading.rows(ctx, asked, grouped(asked.by, []), found);
  const shown = rows
    .filter(({ calls }) => calls > 0)
    .map((row) => ({ ...breakdownOf(row, asked.by), ...figuresOf(row) }));
  return withRest(
    shown,
    () => '',
    (rest) => ({ rest: true, ...rest }),
  );
}

/** Priced per model and per stretch of constant prices, then summed into the rows asked for: exact to the last token. */
export async function costsOf(
  reading: Reading,
  ctx: TenantContext,
  asked: Asked,
  table: PriceTable,
): Promise<readonly CostRow[]> {
  const changes = changesWithin(table, asked.from, asked.to);
  const keys = ['provider as p_provider', 'model as p_model', `${PERIOD} as p_period`];
  const rows = await reading.rows(ctx, asked, grouped(asked.by, keys), priced, {
    values: { changes: changes.map(storedInstant) },
  });
  const shown = new Map<string, { row: CostRow; cost: bigint }>();
  for (const row of rows) {
    const price = priceAt(table, row.p_provider, row.p_model, changes[row.p_period - 1] ?? asked.from);
    const breakdown = breakdownOf(row, asked.by);
    const currency = price?.currency ?? '';
    const key = JSON.stringify([breakdown, currency]);
    const before = shown.get(key);
    const cost = (before?.cost ?? 0n) + (price === undefined ? 0n : costOf(tokensOf(row), price));
    const amount = price === undefined ? 'unpriced' : amountOf(cost, currency);
    const figures = before === undefined ? figuresOf(row) : added(before.row, figuresOf(row));
    shown.set(key, { row: { ...breakdown, ...figures, amount }, cost });
  }
  const sorted = [...shown.values()].sort((a, b) =>
    a.cost === b.cost ? b.row.calls - a.row.calls : a.cost < b.cost ? 1 : -1,
  );
  return withRest(
    sorted.map(({ row }) => row),
    ({ amount }) => (amount === 'unpriced' ? '' : amount.currency),
    (rest, rows) => ({ rest: true, ...rest, amount: totalOf(rows.map(({ amount }) => amount)) }),
  );
}

/** Number of price changes up to the call: 0 before the first one within the period. */
export const PERIOD = "arrayCount(change -> change <= at, {changes:Array(DateTime64(3, 'UTC'))})";

function grouped(by: readonly Dimension[], more: readonly string[]): string {
  const keys = [...keysOf(by), ...more];
  const names = keys.map((key) => key.slice(key.lastIndexOf(' ') + 1));
  const order = ['calls desc', ...names].join(', ');
  return `select ${[...keys, SUMS].join(', ')} from uses where ${COUNTED} ${names.length === 0 ? '' : `group by ${names.join(', ')}`} order by ${order}`;
}

function breakdownOf(row: Found, by: readonly Dimension[]): Breakdown {
  return Object.fromEntries(by.map((dimension) => [dimension, String(row[`by_${dimension}`])]));
}

type Figures = Pick<UsageRow, 'calls' | 'inputTokens' | 'cachedInputTokens' | 'outputTokens'>;

function figuresOf(row: Found): Figures {
  return { calls: row.calls, inputTokens: row.input, cachedInputTokens: row.cached, outputTokens: row.output };
}

function tokensOf(row: Found): { input: bigint; cachedInput: bigint; output: bigint } {
  return { input: row.input, cachedInput: row.cached, output: row.output };
}

function added(a: Figures, b: Figures): Figures {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}

/** What is beyond the ceiling is summed, so that the parts still add up to the whole; per currency, never across. */
function withRest<R extends UsageRow>(
  rows: readonly R[],
  currencyOf: (row: R) => string,
  restOf: (figures: Figures, rows: readonly R[]) => R,
): readonly R[] {
  if (rows.length <= MOST_ROWS) return rows;
  const beyond = Map.groupBy(rows.slice(MOST_ROWS), currencyOf);
  return [
    ...rows.slice(0, MOST_ROWS),
    ...[...beyond.values()].map((some) => restOf(some.map((row): Figures => row).reduce(added), some)),
  ];
}

function totalOf(amounts: readonly Amount[]): Amount {
  const known = amounts.filter((amount) => amount !== 'unpriced');
  const currency = known[0]?.currency;
  if (currency === undefined) return 'unpriced';
  return amountOf(
    known.reduce((total, { value }) => total + BigInt(value.replace('.', '')), 0n),
    currency,
  );
}
