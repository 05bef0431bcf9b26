import { z } from 'zod';
import { WASTE_KINDS } from '../analytics';

/** Exact decimal text; never a float, never two currencies in one sum. */
export const amount = z.object({ amount: z.string().regex(/^-?\d+(\.\d{1,12})?$/), currency: z.string() });
export type Amount = z.infer<typeof amount>;

/** What a question is about: `from` is in, `to` is out. */
export const usageFilter = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  where: z.object({ model: z.array(z.string()).optional(), feature: z.array(z.string()).optional() }),
});
export type UsageFilter = z.infer<typeof usageFilter>;

/** What a thread has settled on, until it is said otherwise. */
export const settled = z.strictObject({
  /** Days back from the moment of asking, or instants: `from` is in, `to` is out. */
  period: z.union([z.strictObject({ days: z.int() }), z.strictObject({ from: z.string(), to: z.string() })]).optional(),
  model: z.string().optional(),
  feature: z.string().optional(),
});
export type Settled = z.infer<typeof settled>;

export const cutOff = z.object({ at: z.string() });

export const coverage = z.object({
  calls: z.int().min(0),
  daysWithUse: z.int().min(0),
  first: z.string().nullable(),
  last: z.string().nullable(),
});

export const modelSpend = z.object({
  provider: z.string(),
  model: z.string(),
  calls: z.int(),
  /** Null: nobody knows the price. */
  spend: amount.nullable(),
});

export const finding = z.object({
  rule: z.enum(WASTE_KINDS),
  provider: z.string(),
  model: z.string(),
  feature: z.string(),
  calls: z.int(),
  spend: amount,
  saving: amount,
  basis: z.enum(['measured', 'estimated']),
  /** The model that would have done. */
  smaller: z.string().optional(),
});
export type Finding = z.infer<typeof finding>;

export const planned = z.object({ place: z.int(), rule: z.enum(WASTE_KINDS), action: z.string(), saving: amount });

const verdict = z.enum(['sufficient', 'partial', 'insufficient', 'out_of_scope']);

export const report = z.object({
  question: z.string(),
  period: z.object({ from: z.string(), to: z.string() }),
  verdict,
  /** Too little usage for more than a first impression. */
  preliminary: z.boolean(),
  calls: z.int(),
  /** In the currency in which most was spent; null when nothing is known. */
  spend: amount.nullable(),
  spendInOtherCurrencies: z.array(amount),
  /** All findings together, in the currency of `spend`. */
  savings: amount.nullable(),
  findings: z.array(finding),
  byModel: z.array(modelSpend),
  /** Models without a known price: listed, not counted as free. */
  unpriced: z.array(z.string()),
  actions: z.array(planned),
  missing: z.array(z.string()),
  /** Version of the price list behind every amount. */
  prices: z.string().nullable(),
  /** The same in sentences. */
  text: z.string(),
  wordedBy: z.enum(['rules', 'model']),
});
export type Report = z.infer<typeof report>;

/** What the steps of a run have found so far: plain JSON, kept as the run's checkpoint after every step. */
export const work = z.object({
  filter: usageFilter.optional(),
  /** All queries of a run read rows up to the same instant. */
  cut: cutOff.optional(),
  coverage: coverage.optional(),
  verdict: verdict.optional(),
  missing: z.array(z.string()).optional(),
  calls: z.int().optional(),
  spends: z.array(amount).optional(),
  byModel: z.array(modelSpend).optional(),
  unpriced: z.array(z.string()).optional(),
  prices: z.string().optional(),
  findings: z.array(finding).optional(),
  actions: z.array(planned).optional(),
  report: report.optional(),
});
export type Work = z.infer<typeof work>;
