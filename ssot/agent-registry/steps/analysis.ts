import { z } from 'zod';
import { USAGE_STATUSES, WASTE_KINDS } from '../../analytics';
import { amount } from '../report/amount-shape';
import { answer } from '../report/answer';
import { trend } from '../report/trend';
import { BREAKDOWNS, conversationFilter, MEASURES } from '../questions';

const names = z.array(z.string()).optional();

/** What a question is about: `from` is in, `to` is out. */
export const usageFilter = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** In which days, weeks and months begin and end; absent: UTC. */
  timeZone: z.string().optional(),
  where: z.object({
    model: names,
    provider: names,
    feature: names,
    person: names,
    status: z.array(z.enum(USAGE_STATUSES)).optional(),
  }),
});
export type UsageFilter = z.infer<typeof usageFilter>;

/** What a question was understood to ask of the usage that its filter names. */
export const asked = z.object({
  measures: z.array(z.enum(MEASURES)),
  by: z.array(z.enum(BREAKDOWNS)),
  ranking: z.object({ order: z.enum(['most', 'least']), count: z.int().optional() }).optional(),
  comparedWith: z.object({ from: z.string(), to: z.string() }).optional(),
  /** Names of the colleagues whose calls it is narrowed to. */
  people: names,
  /** What an earlier question of the thread said and this one did not. */
  carriedOver: z.array(z.enum(conversationFilter.keyof().options)),
  /** Whole sentences about what could not be used. */
  notes: z.array(z.string()),
  suggestions: z.array(z.string()),
});
export type Asked = z.infer<typeof asked>;

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
  period: z.object({ from: z.string(), to: z.string(), timeZone: z.string().optional() }),
  /** What the answer is narrowed to, and what of it an earlier question of the thread had said. */
  covers: z.object({
    models: z.array(z.string()),
    providers: z.array(z.string()),
    features: z.array(z.string()),
    people: names,
    /** The same in words, with what else narrows it: "only model large and your own calls". Reports of older releases have none. */
    words: z.string().optional(),
    carriedOver: asked.shape.carriedOver,
  }),
  /** What was asked for, the first before all; reports of older releases do not say. */
  measures: asked.shape.measures.optional(),
  /** Figures by what was asked for; null when the totals are the answer. */
  answer: answer.nullable(),
  /** For a chart of a general answer; absent where there is nothing to draw. */
  trend: trend.optional(),
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
  /** What of the question could not be used, in sentences, and questions that work. */
  notes: z.array(z.string()),
  suggestions: z.array(z.string()),
  /** Version of the price list behind every amount. */
  prices: z.string().nullable(),
  /** The same in sentences. */
  text: z.string(),
  wordedBy: z.enum(['rules', 'model']),
});
export type Report = z.infer<typeof report>;

/** What the steps of a run have found so far: plain JSON, kept as the run's checkpoint after every step. */
export const analysis = z.object({
  filter: usageFilter.optional(),
  asked: asked.optional(),
  /** All queries of a run read rows up to the same instant. */
  cut: cutOff.optional(),
  coverage: coverage.optional(),
  verdict: verdict.optional(),
  missing: z.array(z.string()).optional(),
  calls: z.int().optional(),
  spends: z.array(amount).optional(),
  byModel: z.array(modelSpend).optional(),
  answer: answer.optional(),
  trend: trend.optional(),
  unpriced: z.array(z.string()).optional(),
  prices: z.string().optional(),
  findings: z.array(finding).optional(),
  actions: z.array(planned).optional(),
  report: report.optional(),
});
export type Analysis = z.infer<typeof analysis>;
