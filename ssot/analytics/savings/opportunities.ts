import { z } from 'zod';
import type { TenantContext } from '../../kernel';
import { amountOf, costOf, share, millionths, type Tokens } from '../prices/amounts';
import type { Opportunity, WasteKind } from '../contract';
import { changesWithin, priceAt, type PriceEntry, type PriceTable } from '../prices/prices';
import { callsAlike, THRESHOLDS } from './calls-alike';
import type { Asked, Reading } from '../readings/reading';
import { changeValues, priceEpoch } from '../reports/usage-totals';

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
  const buckets = await reading.rows(ctx, asked, callsAlike(priceEpoch(changes)), bucketRow, {
    values: changeValues(changes),
    lookBackMs: THRESHOLDS.repeatMs,
    lookAheadMs: THRESHOLDS.supersededMs + 1,
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
