import { z, type ZodType } from 'zod';
import type { TenantContext } from '../../kernel';
import { amountOf, costOf } from '../prices/amounts';
import type { Breakdown, CostRow, Coverage, Dimension, UsageRow } from '../contract';
import { instantText, storedInstant } from '../store/instants';
import { changesWithin, priceAt, type PriceTable } from '../prices/prices';
import { COUNTED, keysOf, shownKey, type Asked, type Reading } from '../readings/reading';
import type { Values } from '../store/store';

export const MAX_ROWS = 5_000;

/** Models with the most calls that are priced one by one; plans allow fewer. What is beyond is told as unpriced, never as free. */
const MAX_MODELS = 1_000;

const sums = {
  all_calls: z.coerce.number(),
  input: z.coerce.bigint(),
  cached: z.coerce.bigint(),
  output: z.coerce.bigint(),
};
const TOKENS = ['input', 'cached', 'output'] as const;
/** Sums are exact in the store and travel as text, because 64-bit counts do not fit a JavaScript number. */
const INNER_SUMS = [
  'count() as calls',
  'sum(toUInt128(input_tokens)) as input_sum',
  'sum(toUInt128(cached_input_tokens)) as cached_sum',
  'sum(toUInt128(output_tokens)) as output_sum',
];
const OUTER_SUMS = ['sum(calls) as all_calls', ...TOKENS.map((tokens) => `toString(sum(${tokens}_sum)) as ${tokens}`)];
const bit = z.coerce.number().transform((n) => n !== 0);
const found = z.looseObject({ ...sums, is_rest: bit });
const priced = found.extend({ of_provider: z.string(), of_model_name: z.string(), p_period: z.coerce.number() });
type Found = z.infer<typeof found>;

export async function coverageOf(reading: Reading, ctx: TenantContext, asked: Asked): Promise<Coverage> {
  const [row] = await reading.rows(
    ctx,
    asked,
    `select count() as calls, uniqExact(toDate(at, {zone:String})) as days,
      toString(min(at)) as first, toString(max(at)) as last from uses where ${COUNTED}`,
    z.object({ calls: z.coerce.number(), days: z.coerce.number(), first: z.string(), last: z.string() }),
  );
  if (row === undefined || row.calls === 0) return { calls: 0, daysWithUse: 0, first: null, last: null };
  return { calls: row.calls, daysWithUse: row.days, first: instantText(row.first), last: instantText(row.last) };
}

export async function usageOf(reading: Reading, ctx: TenantContext, asked: Asked): Promise<readonly UsageRow[]> {
  const rows = await groupsOf(reading, ctx, asked, { row: found, prices: [] });
  return rows.filter((row) => row.all_calls > 0).map((row) => ({ ...breakdownOf(row, asked.by), ...figuresOf(row) }));
}

/** Priced per model and per stretch of constant prices, then summed into the rows asked for: exact to the last token. */
export async function costsOf(
  reading: Reading,
  ctx: TenantContext,
  asked: Asked,
  table: PriceTable,
): Promise<readonly CostRow[]> {
  const changes = changesWithin(table, asked.from, asked.to);
  const keys = ['provider as p_provider', 'model as p_model', `${priceEpoch(changes)} as p_period`];
  const rows = await groupsOf(reading, ctx, asked, { row: priced, prices: keys, values: changeValues(changes) });
  const shown = new Map<string, { row: CostRow; cost: bigint }>();
  for (const row of rows) {
    const price = priceAt(table, row.of_provider, row.of_model_name, changes[row.p_period - 1] ?? asked.from);
    const breakdown = breakdownOf(row, asked.by);
    const currency = price?.currency ?? '';
    const key = JSON.stringify([breakdown, currency]);
    const before = shown.get(key);
    const cost = (before?.cost ?? 0n) + (price === undefined ? 0n : costOf(tokensOf(row), price));
    const amount = price === undefined ? 'unpriced' : amountOf(cost, currency);
    const figures = before === undefined ? figuresOf(row) : added(before.row, figuresOf(row));
    shown.set(key, { row: { ...breakdown, ...figures, amount }, cost });
  }
  const isRest = ({ row }: { row: CostRow }): number => (row.rest === true ? 1 : 0);
  return [...shown.values()]
    .sort((a, b) => isRest(a) - isRest(b) || (a.cost === b.cost ? b.row.calls - a.row.calls : a.cost < b.cost ? 1 : -1))
    .map(({ row }) => row);
}

/** Number of price changes up to the call: 0 before the first one within the period, and without any known at once. */
export function priceEpoch(changes: readonly number[]): string {
  return ['toUInt16(0)', ...changes.map((_, index) => `(at >= {change_${index}:DateTime64(3, 'UTC')})`)].join(' + ');
}

/** The values of those changes. */
export function changeValues(changes: readonly number[]): Values {
  return Object.fromEntries(changes.map((at, index) => [`change_${index}`, storedInstant(at)]));
}

interface Groups<R> {
  readonly row: ZodType<R>;
  /** Further keys that a sum must not mix, of which the first two are provider and model. */
  readonly prices: readonly string[];
  readonly values?: Values;
}

/** Hardly ever more than an answer may have. */
function areFew(by: readonly Dimension[]): boolean {
  return by.length <= 1 || (by.length === 2 && !by.includes('hour') && !by.includes('person'));
}

/** Groups that are few are asked for as they are, and ranked only if they turn out to be more: ranking took a tenth of the time. */
async function groupsOf<R extends Found>(
  reading: Reading,
  ctx: TenantContext,
  asked: Asked,
  { row, prices, values = {} }: Groups<R>,
): Promise<readonly R[]> {
  if (areFew(asked.by)) {
    const all = await reading.rows(ctx, asked, unranked(asked.by, prices), row, { values });
    const models = new Set(all.map((one) => JSON.stringify([one['of_provider'], one['of_model_name']])));
    if (all.length <= MAX_ROWS && models.size <= MAX_MODELS) return all;
  }
  return reading.rows(ctx, asked, ranked(asked.by, prices), row, { values });
}

const list = (...parts: readonly (readonly string[])[]): string => parts.flat().join(', ');

/** Every group by its keys. */
function groups(by: readonly Dimension[], prices: readonly string[]): string {
  const inner = [...keysOf(by), ...prices];
  const names = inner.map((key) => key.slice(key.lastIndexOf(' ') + 1));
  return `select ${list(inner, INNER_SUMS)} from uses where ${COUNTED} ${names.length === 0 ? '' : `group by ${list(names)}`}`;
}

/** Largest first; one more than an answer may have tells that there are more. */
function unranked(by: readonly Dimension[], prices: readonly string[]): string {
  const shown = by.map((dimension) => `${shownKey(dimension)} as shown_by_${dimension}`);
  const sums = ['calls as all_calls', ...TOKENS.map((tokens) => `toString(${tokens}_sum) as ${tokens}`)];
  const kept = prices.length === 0 ? [] : ['p_provider as of_provider', 'p_model as of_model_name', 'p_period'];
  return `select 0 as is_rest, ${list(sums, shown, kept)} from (${groups(by, prices)})
    order by ${list(
      ['all_calls desc'],
      by.map((dimension) => `shown_by_${dimension}`),
    )} limit ${MAX_ROWS + 1}`;
}

/**
 * Groups, largest first, with what is beyond the ceiling summed in the store, so that an answer is no larger for a customer
 * who has a name for every call, and the parts still add up to the whole.
 */
function ranked(by: readonly Dimension[], prices: readonly string[]): string {
  const keys = by.map((dimension) => `by_${dimension}`);
  const partition = keys.length === 0 ? '' : `partition by ${list(keys)}`;
  const modelRank =
    prices.length === 0
      ? '0 as is_small'
      : `dense_rank() over (order by of_model desc, p_provider, p_model) > ${MAX_MODELS} as is_small`;
  const ofModel = prices.length === 0 ? [] : ['sum(calls) over (partition by p_provider, p_model) as of_model'];
  const shown = by.map((dimension) => `if(is_rest, '', ${shownKey(dimension)}) as shown_by_${dimension}`);
  const kept =
    prices.length === 0
      ? []
      : ["if(is_small, '', p_provider) as of_provider", "if(is_small, '', p_model) as of_model_name", 'p_period'];
  return `select is_rest, ${list(OUTER_SUMS, shown, kept)}
    from (
      select *, dense_rank() over (order by ${list(['of_key desc'], keys)}) > ${MAX_ROWS} as is_rest, ${modelRank}
      from (select *, ${list([`sum(calls) over (${partition}) as of_key`], ofModel)} from (${groups(by, prices)})))
    group by ${list(
      ['is_rest'],
      keys.map((key) => `shown_${key}`),
      prices.length === 0 ? [] : ['of_provider', 'of_model_name', 'p_period'],
    )}
    order by ${list(
      ['is_rest', 'all_calls desc'],
      keys.map((key) => `shown_${key}`),
    )}`;
}

function breakdownOf(row: Found, by: readonly Dimension[]): Breakdown {
  if (row.is_rest) return { rest: true };
  return Object.fromEntries(by.map((dimension) => [dimension, String(row[`shown_by_${dimension}`])]));
}

type Figures = Pick<UsageRow, 'calls' | 'inputTokens' | 'cachedInputTokens' | 'outputTokens'>;

function figuresOf(row: Found): Figures {
  return { calls: row.all_calls, inputTokens: row.input, cachedInputTokens: row.cached, outputTokens: row.output };
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
