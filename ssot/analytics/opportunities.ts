import { z } from 'zod';
import type { TenantContext } from '../kernel';
import { amountOf, costOf, share, millionths, type Tokens } from './amounts';
import type { Opportunity, WasteKind } from './contract';
import { PERIOD } from './usage-totals';
import { storedInstant } from './instants';
import { changesWithin, priceAt, type PriceEntry, type PriceTable } from './prices';
import { COUNTED, type Asked, type Reading } from './reading';

/** Shortest and longest of what counts as waste; inside is what equals the limit. */
export const THRESHOLDS = {
  supersededMs: 60_000,
  repeatMs: 24 * 3_600_000,
  openingTokens: 1_024,
  openingMs: 5 * 60_000,
  smallInput: 1_000,
  smallOutput: 300,
} as const;

/**
 * What each call looks like beside its neighbours. A call is superseded when the same person sent the same prompt again
 * within a minute; a prompt is repeated only after a call that was of use, so the one answer that was needed is never
 * called waste.
 */
const DERIVED = `
  prompt_hash != '' and leadInFrame(at) over (partition by feature, person_id, prompt_hash order by at, event_id
    rows between unbounded preceding and unbounded following) between at and at + interval ${THRESHOLDS.supersededMs} millisecond
    as superseded,
  status = 'failed' or superseded as wasted,
  opening_hash != '' and opening_tokens >= ${THRESHOLDS.openingTokens} and opening_tokens > cached_input_tokens
    and lagInFrame(at) over (partition by provider, model, opening_hash order by at, event_id
    rows between unbounded preceding and unbounded following) >= at - interval ${THRESHOLDS.openingMs} millisecond as opening`;

const SELECT = `select provider, model, feature, ${PERIOD} as period, wasted, repeated, background, opening, small,
    count() as calls, sum(toUInt128(input_tokens)) as input, sum(toUInt128(cached_input_tokens)) as cached,
    sum(toUInt128(output_tokens)) as output, sum(toUInt128(if(opening, opening_tokens - cached_input_tokens, 0))) as again
  from (select *, prompt_hash != '' and status = 'completed' and
      maxIf(at, not wasted) over (partition by provider, model, feature, prompt_hash order by at, event_id
      rows between unbounded preceding and 1 preceding) >= at - interval ${THRESHOLDS.repeatMs} millisecond as repeated,
      input_tokens <= ${THRESHOLDS.smallInput} and output_tokens <= ${THRESHOLDS.smallOutput} as small
    from (select *, ${DERIVED} from uses))
  where ${COUNTED}
  group by provider, model, feature, period, wasted, repeated, background, opening, small`;

/** Features and models with the most calls are told one by one; plans allow fewer models. */
const MAX_FEATURES = 500;
const MAX_MODELS = 500;
/** What is beyond them is summed in the store: an answer is no larger for a customer who has a name for every call. */
const BOUNDED = `select if(is_rest, '', provider) as provider_name, if(is_rest, '', model) as model_name,
    if(is_rest or is_small, '', feature) as feature_name, is_rest or is_small as rest,
    period, wasted, repeated, background, opening, small, sum(calls) as all_calls, toString(sum(input)) as inputs,
    toString(sum(cached)) as cacheds, toString(sum(output)) as outputs, toString(sum(again)) as agains
  from (
    select *, dense_rank() over (order by of_model desc, provider, model) > ${MAX_MODELS} as is_rest,
      dense_rank() over (order by of_feature desc, feature) > ${MAX_FEATURES} as is_small
    from (select *, sum(calls) over (partition by provider, model) as of_model,
      sum(calls) over (partition by feature) as of_feature from (${SELECT})))
  group by provider_name, model_name, feature_name, rest, period, wasted, repeated, background, opening, small`;

const bit = z.coerce.number().transform((n) => n !== 0);
const bucketRow = z
  .object({
    provider_name: z.string(),
    model_name: z.string(),
    feature_name: z.string(),
    rest: bit,
    period: z.coerce.number(),
    wasted: bit,
    repeated: bit,
    background: bit,
    opening: bit,
    small: bit,
    all_calls: z.coerce.number(),
    inputs: z.coerce.bigint(),
    cacheds: z.coerce.bigint(),
    outputs: z.coerce.bigint(),
    agains: z.coerce.bigint(),
  })
  .transform(({ provider_name, model_name, feature_name, all_calls, inputs, cacheds, outputs, agains, ...row }) => ({
    ...row,
    provider: provider_name,
    model: model_name,
    feature: feature_name,
    calls: all_calls,
    input: inputs,
    cached: cacheds,
    output: outputs,
    again: agains,
  }));
/** Calls of one model and feature that look alike. */
export type Bucket = z.infer<typeof bucketRow>;

export async function opportunitiesOf(
  reading: Reading,
  ctx: TenantContext,
  asked: Asked,
  table: PriceTable,
): Promise<readonly Opportunity[]> {
  const changes = changesWithin(table, asked.from, asked.to);
  const buckets = await reading.rows(ctx, asked, BOUNDED, bucketRow, {
    values: { changes: changes.map(storedInstant) },
    lookBackMs: THRESHOLDS.repeatMs,
  });
  const sums = new Map<string, Opportunity & { cost: bigint; saved: bigint }>();
  for (const found of buckets) {
    const at = changes[found.period - 1] ?? asked.from;
    const fit = firstFit(found, table, at);
    if (fit === undefined) continue;
    const currency = fit.price?.currency;
    const key = JSON.stringify([
      fit.kind,
      found.provider,
      found.model,
      found.feature,
      found.rest,
      currency ?? '',
      fit.smaller ?? '',
    ]);
    const before = sums.get(key);
    const cost = (before?.cost ?? 0n) + fit.cost;
    const saved = (before?.saved ?? 0n) + fit.saving;
    sums.set(key, {
      kind: fit.kind,
      provider: found.provider,
      model: found.model,
      feature: found.feature,
      calls: (before?.calls ?? 0) + found.calls,
      inputTokens: (before?.inputTokens ?? 0n) + found.input,
      outputTokens: (before?.outputTokens ?? 0n) + found.output,
      spend: currency === undefined ? 'unpriced' : amountOf(cost, currency),
      saving: currency === undefined ? 'unpriced' : amountOf(saved, currency),
      basis: fit.kind === 'failed_or_superseded' || fit.kind === 'repeated_prompt' ? 'measured' : 'estimated',
      ...(fit.smaller === undefined ? {} : { smaller: fit.smaller }),
      ...(found.rest && { rest: true }),
      cost,
      saved,
    });
  }
  return [...sums.values()]
    .sort((a, b) => (a.saved === b.saved ? (a.model < b.model ? -1 : 1) : a.saved < b.saved ? 1 : -1))
    .map(({ cost: _cost, saved: _saved, ...opportunity }) => opportunity);
}

interface Fit {
  readonly kind: WasteKind;
  readonly price: PriceEntry | undefined;
  readonly cost: bigint;
  readonly saving: bigint;
  readonly smaller?: string;
}

/** The first kind a call fits, in the order of `WASTE_KINDS`; only what would really save something counts. Pure. */
export function firstFit(found: Bucket, table: PriceTable, at: number): Fit | undefined {
  const price = priceAt(table, found.provider, found.model, at);
  const tokens: Tokens = { input: found.input, cachedInput: found.cached, output: found.output };
  const cost = price === undefined ? 0n : costOf(tokens, price);
  const fit = (kind: WasteKind, saving: bigint, smaller?: string): Fit | undefined =>
    saving > 0n || price === undefined
      ? { kind, price, cost, saving, ...(smaller === undefined ? {} : { smaller }) }
      : undefined;
  if (found.wasted) return fit('failed_or_superseded', cost);
  if (found.repeated) return fit('repeated_prompt', cost);
  // Without a known price there is no ground for saying that something else would cost less.
  if (price === undefined) return undefined;
  if (found.background && price.batchFactor !== undefined) {
    const batched = fit('batchable', cost - share(cost, price.batchFactor));
    if (batched !== undefined) return batched;
  }
  if (found.opening) {
    const { input, cachedInput } = price.perMillion;
    const cached = fit('cacheable_opening', found.again * (millionths(input) - millionths(cachedInput)));
    if (cached !== undefined) return cached;
  }
  if (found.small && price.smaller !== undefined) {
    const smaller = priceAt(table, found.provider, price.smaller, at);
    if (smaller?.currency === price.currency)
      return fit('small_call_on_large_model', cost - costOf(tokens, smaller), price.smaller);
  }
  return undefined;
}
