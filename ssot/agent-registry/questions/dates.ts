import { dayOf, dayText, nowOf, type Asking } from './calendar';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Source of a pattern; one group. */
export const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
export const YEAR = '(20\\d\\d)';
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';

/** Source of a pattern for a day as people write it; without groups, so that it can stand twice in one pattern. */
export const DATE = [
  '\\d{4}-\\d{2}-\\d{2}',
  `${DAY} (?:of )?${MONTH}(?:,? ${YEAR})?`,
  `${MONTH} ${DAY}(?!\\d)(?:,? ${YEAR})?`,
]
  .map((source) => source.replaceAll(/\((?!\?)/g, '(?:'))
  .join('|');

const ISO = /(\d{4})-(\d{2})-(\d{2})/;

/** `2026-05-01` of a text that `DATE` matches; without a year the latest such day. Nothing when there is no such day. */
export function dateOf(text: string, asking: Asking, year = yearOf(text)): string | undefined {
  const iso = ISO.exec(text);
  if (iso !== null) return dayText(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const month = monthOf(text);
  const day = Number.parseInt(text.replace(/^\D+/, ''), 10);
  if (year !== undefined) return dayText(Number(year), month, day);
  const today = nowOf(asking);
  const thisYear = dayText(today.year, month, day);
  return thisYear !== undefined && thisYear <= dayOf(today) ? thisYear : dayText(today.year - 1, month, day);
}

export function yearOf(text: string): string | undefined {
  return /20\d\d/.exec(text)?.[0];
}

/** How many months back the named month lies; without a year the latest one that has begun. */
export function monthsAgo(name: string, year: string | undefined, asking: Asking): number {
  const today = nowOf(asking);
  const month = monthOf(name);
  const of = year === undefined ? today.year - (month > today.month ? 1 : 0) : Number(year);
  return (today.year - of) * 12 + today.month - month;
}

/** Of the month that is named in a text. */
function monthOf(text: string): number {
  return MONTHS.findIndex((month) => text.includes(month)) + 1;
}
