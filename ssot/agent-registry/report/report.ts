import { sumByCurrency } from './amounts';
import { textOf } from './text/report-text';
import type { Answer } from './answer';
import { narrowingInWords } from './text/narrowing-text';
import { textWithoutSecrets } from '../steps/tools/redaction';
import { truncateText } from '../steps/tools/truncation';
import type { Finding, Report, Analysis } from '../steps/analysis';

/** Work that has come past the triage. */
type Judged = { readonly [K in 'filter' | 'asked' | 'verdict' | 'missing']: NonNullable<Analysis[K]> };

/** Of JSON in UTF-8; an event holds 32 KiB. */
const MAX_BYTES = 32_000;
/** Characters of it that a report repeats; the story holds all of it. */
const LONGEST_QUESTION = 1_000;
const LONGEST_NOTE = 300;
const HIDDEN_NAMES =
  'Names that look like passwords or keys are hidden; report those features and models under other names.';
/** Of names and of rows, each tried when the one before is too long for the report. */
const SIZES = [
  ...[128, 64, 32, 16, 8].map((name) => ({ name, rows: Infinity })),
  { name: 8, rows: 10 },
  { name: 8, rows: 0 },
] as const;

const ACTIONS: Readonly<Record<Finding['rule'], (found: Finding) => string>> = {
  failed_or_superseded: ({ feature, model }) =>
    `Stop paying for failed and superseded calls of ${feature} to ${model}.`,
  repeated_prompt: ({ feature, model }) => `Keep answers of ${feature} to prompts that ${model} was given before.`,
  batchable: ({ feature, model }) => `Send the background calls of ${feature} to ${model} as batches.`,
  cacheable_opening: ({ feature, model }) => `Let ${model} cache the opening that the calls of ${feature} share.`,
  small_call_on_large_model: ({ feature, model, smaller }) =>
    `Send the small calls of ${feature} to ${smaller ?? 'a smaller model'} instead of ${model}.`,
};

/** An order of work: that of the findings, in which what saves most comes first. */
export function planOf(findings: readonly Finding[]): Report['actions'] {
  return findings.map((found, index) => ({
    place: index + 1,
    rule: found.rule,
    action: ACTIONS[found.rule](found),
    saving: found.saving,
  }));
}

export function fitsInEvent(report: Report): boolean {
  return Buffer.byteLength(JSON.stringify(report)) <= MAX_BYTES;
}

/**
 * Every figure of the answer, and the same in sentences. When the customer's names for models and features are too long
 * for one event, all of them are shown shorter; the results of the tools keep them whole.
 */
export function reportOf(question: string, work: Analysis): Report {
  // The shortest always fit: there are 50 models and 10 findings at most.
  return SIZES.values()
    .map((size) => sized(question, work, size))
    .find(fitsInEvent) as Report;
}

function sized(question: string, work: Analysis, size: (typeof SIZES)[number]): Report {
  // Every route begins with the triage.
  const { filter, asked, verdict, missing, spends = [] } = work as Analysis & Judged;
  const { from, to, timeZone } = filter;
  const [spend = null, ...others] = spends;
  let isHidden = false;
  // Before it is made shorter: half a secret is one, too.
  const name = (whole: string): string => {
    const shown = textWithoutSecrets(whole);
    isHidden ||= shown !== whole;
    return truncateText(shown, size.name);
  };
  const findings = (work.findings ?? []).map(({ provider, model, feature, smaller, ...found }) => ({
    ...found,
    provider: name(provider),
    model: name(model),
    feature: name(feature),
    ...(smaller !== undefined && { smaller: name(smaller) }),
  }));
  const byModel = (work.byModel ?? []).map(({ provider, model, ...used }) => ({
    provider: name(provider),
    model: name(model),
    ...used,
  }));
  const savings = sumByCurrency(findings.map(({ saving }) => saving)).find((sum) => sum.currency === spend?.currency);
  const facts = {
    question: truncateText(textWithoutSecrets(question), LONGEST_QUESTION),
    period: { from, to, ...(timeZone !== undefined && { timeZone }) },
    covers: {
      models: (filter.where.model ?? []).map(name),
      providers: (filter.where.provider ?? []).map(name),
      features: (filter.where.feature ?? []).map(name),
      ...(asked.people && { people: asked.people.map(name) }),
      carriedOver: asked.carriedOver,
    },
    measures: asked.measures,
    answer: work.answer === undefined ? null : shortened(work.answer, size.rows, name),
    ...(work.trend && work.answer === undefined && { trend: namedIn(work.trend, name) }),
    verdict,
    preliminary: verdict === 'partial',
    calls: work.calls ?? work.coverage?.calls ?? 0,
    spend,
    spendInOtherCurrencies: others,
    savings: savings ?? null,
    findings,
    byModel,
    unpriced: (work.unpriced ?? []).map(name),
    actions: work.actions === undefined ? [] : planOf(findings),
    missing,
    notes: asked.notes.map((note) => truncateText(note, LONGEST_NOTE)),
    suggestions: asked.suggestions.map((question) => truncateText(question, LONGEST_NOTE)),
    prices: work.prices ?? null,
  };
  const narrowing = narrowingInWords(
    {
      ...filter.where,
      model: facts.covers.models,
      provider: facts.covers.providers,
      feature: facts.covers.features,
    },
    facts.covers.people ?? [],
  );
  const about = {
    narrowing,
    isAboutSavings: asked.measures[0] === 'savings' || (asked.measures[0] === 'spend' && work.answer === undefined),
  };
  const told = { ...facts, covers: { ...facts.covers, words: narrowing } };
  const whole = isHidden ? { ...told, notes: [...told.notes, HIDDEN_NAMES] } : told;
  return { ...whole, text: textOf(whole, about), wordedBy: 'rules' };
}

function namedIn(trend: NonNullable<Analysis['trend']>, name: (whole: string) => string): NonNullable<Report['trend']> {
  return { ...trend, models: trend.models.map(name) };
}

function shortened(answer: Answer, rows: number, name: (whole: string) => string): Answer {
  const shown = answer.rows.slice(0, rows);
  return { ...answer, rows: shown.map((row) => ({ ...row, keys: row.keys.map(name) })) };
}
