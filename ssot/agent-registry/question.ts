import type { Settled, UsageFilter } from './work';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const LONGEST_DAYS = 400;
const LENGTH_OF = { day: 1, week: 7, month: 30, quarter: 91, year: 365 } as const;
const NAMED_PERIOD = /\b(?:last|past)\s+(?:(\d{1,3})\s+)?(day|week|month|quarter|year)s?\b/i;
const BETWEEN = /\b(\d{4}-\d{2}-\d{2})\s*(?:to|until|and|-|–)\s*(\d{4}-\d{2}-\d{2})\b/i;
/** How words begin that are about the use or the cost of AI. */
const STEMS = [
  ...['spend', 'spent', 'cost', 'money', 'pay', 'paid', 'pric', 'bill', 'budget', 'invoice', 'sav', 'cut', 'cheap'],
  ...['expensive', 'wast', 'reduc', 'optimis', 'optimiz', 'token', 'llm', 'provider', 'feature', 'report'],
];
/** Whole words: longer ones that begin alike are about something else. */
const WORDS = ['usage', 'use', 'used', 'uses', 'model', 'models', 'ai', 'call', 'calls'];

export function isAboutSpending(question: string): boolean {
  const said = question.toLowerCase().split(/[^a-z]/);
  return said.some((word) => WORDS.includes(word) || STEMS.some((stem) => word.startsWith(stem)));
}

export function asksToPublish(question: string): boolean {
  return /\bpublish\b/i.test(question);
}

/**
 * What a question is about: `last 7 days`, `2025-09-01 to 2025-09-10` (both days in), `model "..."`, `feature "..."`;
 * what it does not name is as the thread has settled before. The last 30 days unless said otherwise; a period ends with
 * the moment of asking.
 */
export function filterOf(question: string, asOf: Date, before: Settled = {}): UsageFilter {
  const { period: about = { days: USUAL_DAYS }, model, feature } = settledBy(question, before);
  const where = {
    ...(model !== undefined && { model: [model] }),
    ...(feature !== undefined && { feature: [feature] }),
  };
  if ('days' in about) return { ...period(asOf.getTime() - about.days * DAY_MS, asOf.getTime()), where };
  return { ...about, where };
}

/** What the thread goes on with: what the question names, else what was settled before. `all models` ends a narrowing. */
export function settledBy(question: string, before: Settled): Settled {
  const period = periodIn(question) ?? before.period;
  const model = narrowedTo('model', question, before.model);
  const feature = narrowedTo('feature', question, before.feature);
  return {
    ...(period && { period }),
    ...(model !== undefined && { model }),
    ...(feature !== undefined && { feature }),
  };
}

function periodIn(question: string): Settled['period'] {
  const between = BETWEEN.exec(question);
  if (between !== null) {
    const from = Date.parse(`${between[1]}T00:00:00Z`);
    const to = Date.parse(`${between[2]}T00:00:00Z`) + DAY_MS;
    if (from < to && to - from <= LONGEST_DAYS * DAY_MS) return period(from, to);
  }
  const named = NAMED_PERIOD.exec(question);
  if (named === null) return undefined;
  const [, many, unit] = named as unknown as readonly [string, string | undefined, string];
  const days = LENGTH_OF[unit.toLowerCase() as keyof typeof LENGTH_OF];
  return { days: Math.min(Math.max(1, Number(many ?? 1)) * days, LONGEST_DAYS) };
}

function period(from: number, to: number): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function narrowedTo(what: 'model' | 'feature', question: string, before: string | undefined): string | undefined {
  const named = new RegExp(`\\b${what}\\s+["“]([^"”]{1,128})["”]`, 'i').exec(question)?.[1];
  const isWidened = new RegExp(`\\ball\\s+${what}s\\b`, 'i').test(question);
  return named ?? (isWidened ? undefined : before);
}
