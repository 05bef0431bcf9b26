import { DateTime } from 'luxon';
import { nowOf, type Asking, type Unit } from './calendar';
import { DATE, dateOf, MONTH, monthsAgo, YEAR } from './dates';
import { lengthOf, liesAhead, MAX_DAYS, type NamedPeriod } from './periods';
import type { RemainingText } from './remaining-text';

/** What was read of a period, or why it could not be used, in a sentence. */
export type ReadPeriod =
  /** `note`: what is not quite as it was asked. */
  { readonly period: NamedPeriod; readonly note?: string } | { readonly problem: string };

const DAYS_OF: Readonly<Record<string, number>> = {
  hour: 1 / 24,
  day: 1,
  week: 7,
  fortnight: 14,
  month: 30,
  quarter: 91,
  year: 365,
};
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const NUMBERS: Readonly<Record<string, number>> = {
  ...{
    one: 1,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
    eleven: 11,
    twelve: 12,
  },
  ...{ couple: 2, thirty: 30, sixty: 60, ninety: 90 },
};
/** Source of a pattern for a number in digits or as a word; one group. */
export const NUMBER = `(\\d{1,4}|${Object.keys(NUMBERS).join('|')})`;
export const numberOf = (text: string): number => NUMBERS[text] ?? Number(text);

const UNIT = '(day|week|month|quarter|year)';
const BETWEEN_WORDS = '(?:to|until|till|through|and|-|–|up to)';
const ORDINALS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4 };
const TO_DATE: Readonly<Record<string, Unit>> = { w: 'week', m: 'month', q: 'quarter', y: 'year' };
const PART_OF_DAY = '(?:morning|noon|afternoon|evening|night)';
const ANY_DATE = 'Write a date as 2026-05-01.';

type Phrase = readonly [RegExp, (groups: readonly (string | undefined)[], asking: Asking) => ReadPeriod];

const calendar = (unit: Unit, ago: number): ReadPeriod => ({ period: { unit, ago } });

/** In the order in which they are tried: what says more comes first. */
const PHRASES: readonly Phrase[] = [
  phrase(`since (?:the )?(?:beginning|start) of (?:the|this) ${UNIT}`, ([unit]) => calendar(unit as Unit, 0)),
  phrase(`(?:from |between )?(${DATE}) ?${BETWEEN_WORDS} ?(${DATE})`, ([first = '', last = ''], asking) =>
    between(first, last, asking),
  ),
  phrase(
    `(?:from |between )?(?:the )?(\\d{1,2})(?:st|nd|rd|th)? ?${BETWEEN_WORDS} ?(?:the )?(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${MONTH}(?:,? ${YEAR})?`,
    ([first, last, name, year = ''], asking) =>
      between(`${first} ${name} ${year}`.trim(), `${last} ${name} ${year}`.trim(), asking),
  ),
  phrase(
    `(?:from |between )?${MONTH} (\\d{1,2})(?:st|nd|rd|th)? ?${BETWEEN_WORDS} ?(\\d{1,2})(?:st|nd|rd|th)?(?:,? ${YEAR})?`,
    ([name, first, last, year = ''], asking) =>
      between(`${first} ${name} ${year}`.trim(), `${last} ${name} ${year}`.trim(), asking),
  ),
  phrase(
    `(?:in |during |at )?(?:the )?(?:(?:first|second|third|fourth|last) (?:half|week|days?|${NUMBER} days)|beginning|start|middle|end) of (?:the )?(?:(?:${MONTH}|(?:this |last )?${UNIT})(?: ${YEAR})?|${YEAR})`,
    () => ({
      problem:
        'A part of a month or a year cannot be read by name; write its days, for instance 2026-08-01 to 2026-08-07.',
    }),
  ),
  phrase(`(?:early|late|mid)[ -]${MONTH}(?: ${YEAR})?`, () => ({
    problem: 'A part of a month cannot be read by name; write its days, for instance 2026-08-01 to 2026-08-07.',
  })),
  phrase(`(?:from |between )?${MONTH}(?: ${YEAR})? (?:to|until|till|through|-|–) ${MONTH}(?: ${YEAR})?`, months),
  phrase(`(?:since|after) (?:the )?(${DATE})`, ([date = ''], asking) => since(dateOf(date, asking))),
  phrase(`(?:since|after) ${MONTH}(?: ${YEAR})?`, ([name = '', year], asking) =>
    since(firstOfMonth(name, year, asking)),
  ),
  phrase(`(?:since|after) (?:last )?(${WEEKDAYS.join('|')})`, ([weekday = ''], asking) =>
    since(latest(weekday, asking)),
  ),
  phrase(`since (?:the )?(?:last|previous) ${UNIT}`, ([unit], asking) =>
    since(
      nowOf(asking)
        .startOf(unit as Unit)
        .minus({ [`${unit}s`]: 1 })
        .toISODate() ?? undefined,
    ),
  ),
  phrase('since yesterday', (_, asking) => since(nowOf(asking).minus({ days: 1 }).toISODate() ?? undefined)),
  phrase(`(?:on |of |for )?(?:the )?(${DATE})`, ([date = ''], asking) => between(date, date, asking)),
  phrase('\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4}', () => ({
    problem: `A date that is written with slashes or dots can be read in two ways. ${ANY_DATE}`,
  })),
  phrase(`(?:in |for |during |of )?(?:the month of )?${MONTH} ${YEAR}`, ([name = '', year], asking) =>
    calendar('month', monthsAgo(name, year, asking)),
  ),
  phrase(`(?:in |for |during |of |last |than in |than )${MONTH}(?![a-z])`, ([name = ''], asking) =>
    calendar('month', monthsAgo(name, undefined, asking)),
  ),
  phrase(`(?!may\\b|march\\b|mar\\b)${MONTH}(?:'s)?`, ([name = ''], asking) =>
    calendar('month', monthsAgo(name, undefined, asking)),
  ),
  phrase(
    `(?:in |for |during |of )?(?:the )?(?:q([1-4])|(first|second|third|fourth) quarter)(?:(?: of)? ${YEAR})?`,
    ([digit, word, year], asking) =>
      calendar('quarter', quartersAgo(digit === undefined ? (ORDINALS[word ?? ''] ?? 1) : Number(digit), year, asking)),
  ),
  phrase(`(?:in |for |during |of )(?:the year )?${YEAR}`, ([year], asking) =>
    calendar('year', nowOf(asking).year - Number(year)),
  ),
  phrase(`(?:the )?(?:day|${UNIT}) before (?:last|yesterday)`, ([unit]) => calendar((unit ?? 'day') as Unit, 2)),
  phrase(`${NUMBER} ${UNIT}s? ago`, ([many = '', unit]) => calendar(unit as Unit, numberOf(many))),
  phrase(
    `(?:(?:during|for|in|over|within|from) )?(?:the )?(?:last|past|previous|recent|trailing) (?:couple of |${NUMBER} )(hour|day|week|fortnight|month|quarter|year)s?`,
    ([many = 'couple', unit = '']) => rolling(numberOf(many), unit),
  ),
  phrase(
    `(?:(?:during|for|in|over|within) )?(?:the (?:last|past)|past|last(?= fortnight)) (hour|day|week|fortnight|month|quarter|year)`,
    ([unit = '']) => rolling(1, unit),
  ),
  phrase(`(?:last|previous|preceding|prior)(?: calendar)? ${UNIT}(?:'s)?`, ([unit]) => calendar(unit as Unit, 1)),
  phrase(`the (?:previous|preceding|prior) ${UNIT}`, ([unit]) => calendar(unit as Unit, 1)),
  phrase(
    `(?:so far )?(?:in |during )?(?:this|the current|current)(?: calendar)? ${UNIT}(?:'s)?(?: so far)?`,
    ([unit]) => calendar(unit as Unit, 0),
  ),
  phrase(`${UNIT}[ -]to[ -]date`, ([unit]) => calendar(unit as Unit, 0)),
  phrase('(w|m|q|y)td', ([letter = '']) => calendar(TO_DATE[letter] ?? 'month', 0)),
  phrase(
    `(?:from |between )?(?:last )?(${WEEKDAYS.join('|')}) ?${BETWEEN_WORDS} ?(${WEEKDAYS.join('|')})`,
    ([first = '', last = ''], asking) => weekdays(first, last, asking),
  ),
  phrase(`(?:on |last )(${WEEKDAYS.join('|')})`, ([weekday = ''], asking) => onDay(latest(weekday, asking))),
  phrase('(?:on |over |during )?(?:the )?(?:last|past) weekend', (_, asking) =>
    weekendBefore(latest('sunday', asking)),
  ),
  phrase(`(?:this |today(?:'s)? )${PART_OF_DAY}|tonight`, () => partOf(0)),
  phrase(`(?:yesterday(?:'s)? |last )${PART_OF_DAY}|last night`, () => partOf(1)),
  phrase('(?:of |for )?all[ -]time|ever|since (?:we|the) (?:began|started|beginning|start)', () => ({
    period: { days: MAX_DAYS },
    note: `${MAX_DAYS} days can be read at once, so the answer begins there.`,
  })),
  phrase("today(?:'s)?", () => calendar('day', 0)),
  phrase("yesterday(?:'s)?", () => calendar('day', 1)),
];

const AHEAD = wholeWords(
  `tomorrow|next (?:${UNIT}|few|couple|${NUMBER}|${MONTH})\\w*|forecast\\w*|predict\\w*|projection|will (?:we|it|this|the)|going to (?:cost|spend|pay)|what if|would (?:we|it|this|that|our|the)(?! save)`,
);

/** Takes the first period that is named out of the text. */
export function takePeriod(text: RemainingText, asking: Asking): ReadPeriod | undefined {
  const isForecast = text.takeAll(AHEAD).length > 0;
  const read = takeNamed(text, asking);
  return isForecast ? { problem: 'Nothing is forecast or supposed: answers are about usage that is recorded.' } : read;
}

function takeNamed(text: RemainingText, asking: Asking): ReadPeriod | undefined {
  for (const [pattern, read] of PHRASES) {
    const found = text.take(pattern);
    if (found !== undefined) return checked(read(found.slice(1), asking), found[0].trim(), asking);
  }
  return undefined;
}

function checked(read: ReadPeriod, words: string, asking: Asking): ReadPeriod {
  if ('problem' in read) return read;
  const { period } = read;
  if (liesAhead(period, asking)) return { problem: `"${words}" lies ahead: answers are about usage that is recorded.` };
  const days = lengthOf(period, asking);
  if (days <= MAX_DAYS) return read;
  return { problem: `"${words}" are ${days} days; ${MAX_DAYS} days can be read at once.` };
}

function phrase(source: string, read: Phrase[1]): Phrase {
  return [wholeWords(source), read];
}

/** No part of a longer word. */
function wholeWords(source: string): RegExp {
  return new RegExp(`(?<![\\w-])(?:${source})(?![\\w])`);
}

function between(first: string, last: string, asking: Asking): ReadPeriod {
  // In "1 to 15 August 2026" and "1 May to 3 June 2026" the year belongs to both.
  const year = /20\d\d$/.exec(last)?.[0];
  const from = dateOf(year !== undefined && !/20\d\d/.test(first) ? `${first} ${year}` : first, asking);
  const to = dateOf(last, asking);
  if (from === undefined || to === undefined)
    return { problem: `There is no day "${from === undefined ? first : last}". ${ANY_DATE}` };
  if (from > to) return { problem: `The period from ${from} to ${to} ends before it begins.` };
  return { period: { first: from, last: to } };
}

function months(groups: readonly (string | undefined)[], asking: Asking): ReadPeriod {
  const [from = '', fromYear, to = '', toYear] = groups;
  const first = firstOfMonth(from, fromYear ?? toYear, asking);
  const next = nowOf(asking)
    .startOf('month')
    .minus({ months: monthsAgo(to, toYear, asking) - 1 });
  const last = next.minus({ days: 1 }).toISODate();
  if (first === undefined || last === null || first > last)
    return { problem: `The period from ${from} to ${to} ends before it begins.` };
  return { period: { first, last } };
}

function since(day: string | undefined): ReadPeriod {
  return day === undefined ? { problem: `There is no such day. ${ANY_DATE}` } : { period: { since: day } };
}

function onDay(day: string): ReadPeriod {
  return { period: { first: day, last: day } };
}

/** The last such days before today. */
function weekdays(first: string, last: string, asking: Asking): ReadPeriod {
  const end = DateTime.fromISO(latest(last, asking), { zone: 'UTC' });
  const days = (WEEKDAYS.indexOf(last) - WEEKDAYS.indexOf(first) + 7) % 7;
  return { period: { first: end.minus({ days }).toISODate() ?? '', last: end.toISODate() ?? '' } };
}

function partOf(daysAgo: number): ReadPeriod {
  const note =
    'A part of a day cannot be read by name: the answer is about the whole day; ask by hour to see its parts.';
  return { period: { unit: 'day', ago: daysAgo }, note };
}

function rolling(many: number, unit: string): ReadPeriod {
  const days = many * (DAYS_OF[unit] ?? 1);
  return days > 0 ? { period: { days } } : { problem: 'A period of no days holds nothing.' };
}

function firstOfMonth(name: string, year: string | undefined, asking: Asking): string | undefined {
  return (
    nowOf(asking)
      .startOf('month')
      .minus({ months: monthsAgo(name, year, asking) })
      .toISODate() ?? undefined
  );
}

/** The last such weekday before today. */
function latest(weekday: string, asking: Asking): string {
  const today = nowOf(asking);
  const back = (today.weekday - WEEKDAYS.indexOf(weekday) - 1 + 7) % 7;
  return today.minus({ days: back === 0 ? 7 : back }).toISODate() ?? '';
}

function weekendBefore(sunday: string): ReadPeriod {
  const saturday = DateTime.fromISO(sunday, { zone: 'UTC' }).minus({ days: 1 }).toISODate() ?? sunday;
  return { period: { first: saturday, last: sunday } };
}

function quartersAgo(quarter: number, year: string | undefined, asking: Asking): number {
  const today = nowOf(asking);
  const of = year === undefined ? today.year - (quarter > today.quarter ? 1 : 0) : Number(year);
  return (today.year - of) * 4 + today.quarter - quarter;
}
