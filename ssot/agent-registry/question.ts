import type { UsageFilter } from './work';

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
  const said = question.toLowerCase().split(/[^a-z]+/);
  return said.some((word) => WORDS.includes(word) || STEMS.some((stem) => word.startsWith(stem)));
}

export function asksToPublish(question: string): boolean {
  return /\bpublish\b/i.test(question);
}

/**
 * What a question names: `last 7 days`, `2025-09-01 to 2025-09-10` (both days in), `model "..."`, `feature "..."`. The
 * last 30 days unless said otherwise; a period ends with the moment of asking.
 */
export function filterOf(question: string, asOf: Date): UsageFilter {
  return { ...periodOf(question, asOf), where: { ...named('model', question), ...named('feature', question) } };
}

function periodOf(question: string, asOf: Date): { from: string; to: string } {
  const between = BETWEEN.exec(question);
  if (between !== null) {
    const from = Date.parse(`${between[1]}T00:00:00Z`);
    const to = Date.parse(`${between[2]}T00:00:00Z`) + DAY_MS;
    if (from < to && to - from <= LONGEST_DAYS * DAY_MS) return period(from, to);
  }
  const named = NAMED_PERIOD.exec(question);
  const unit = named?.[2]?.toLowerCase() as keyof typeof LENGTH_OF | undefined;
  const days = unit === undefined ? USUAL_DAYS : Math.max(1, Number(named?.[1] ?? 1)) * LENGTH_OF[unit];
  return period(asOf.getTime() - Math.min(days, LONGEST_DAYS) * DAY_MS, asOf.getTime());
}

function period(from: number, to: number): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function named(what: 'model' | 'feature', question: string): { model?: string[]; feature?: string[] } {
  const found = new RegExp(`\\b${what}\\s+["“]([^"”]{1,128})["”]`, 'i').exec(question)?.[1];
  return found === undefined ? {} : { [what]: [found] };
}
