import type { DateTime } from 'luxon';
import { dayOf, nowOf, UNITS, type Asking, type Unit } from './calendar';
import { DATE, dateOf, MONTH, monthsAgo, YEAR, yearOf } from './dates';
import { endingBefore, lengthOf, liesAhead, MAX_DAYS, type NamedPeriod } from './periods';
import { wholeWords, type RemainingText } from './remaining-text';

/** What was read of a period; none when it could not be used. */
export interface ReadPeriod {
  readonly period?: NamedPeriod;
  /** What is not as it was asked, in a sentence. */
  readonly note?: string;
}

/** Days in the lengths that people name; those of a month are the usual ones. */
export const DAYS_OF = { hour: 1 / 24, day: 1, week: 7, fortnight: 14, month: 30, quarter: 91, year: 365 };
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const ONE_TO_TWELVE = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const NUMBERS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(ONE_TO_TWELVE.map((word, index) => [word, index + 1])),
  couple: 2,
  thirty: 30,
  sixty: 60,
  ninety: 90,
};
/** Source of a pattern for a number in digits or as a word; one group. */
export const NUMBER = `(\\d{1,4}|${Object.keys(NUMBERS).join('|')})`;
export const numberOf = (text: string): number => NUMBERS[text] ?? Number(text);

/** Source of a pattern; one group. */
export const UNIT = `(${UNITS.join('|')})`;
const LENGTH = `(${Object.keys(DAYS_OF).join('|')})`;
const BETWEEN_WORDS = '(?:to|until|till|through|and|-|–|up to)';
const ORDINALS = ['first', 'second', 'third', 'fourth'];
const TO_DATE = { w: 'week', m: 'month', q: 'quarter', y: 'year' } as const;
const PART_OF_DAY = '(?:morning|noon|afternoon|evening|night)';
const ANY_DATE = 'Write a date as 2026-05-01.';

type Phrase = readonly [RegExp, (asking: Asking, ...groups: string[]) => ReadPeriod];

const calendar = (unit: Unit, ago: number): ReadPeriod => ({ period: { unit, ago } });

/** In the order in which they are tried: what says more comes first. */
const PHRASES: readonly Phrase[] = [
  phrase(`since (?:the )?(?:beginning|start) of (?:the|this) ${UNIT}`, (_, unit) => calendar(unit as Unit, 0)),
  phrase(`(?:from |between )?(${DATE}) ?${BETWEEN_WORDS} ?(${DATE})`, between),
  phrase(
    `(?:from |between )?(?:the )?(\\d{1,2})(?:st|nd|rd|th)? ?${BETWEEN_WORDS} ?(?:the )?(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${MONTH}(?:,? ${YEAR})?`,
    daysOfMonth,
  ),
  phrase(
    `(?:from |between )?${MONTH} (\\d{1,2})(?:st|nd|rd|th)? ?${BETWEEN_WORDS} ?(\\d{1,2})(?:st|nd|rd|th)?(?:,? ${YEAR})?`,
    (asking, name: string, first: string, last: string, year?: string) => daysOfMonth(asking, first, last, name, year),
  ),
  phrase(
    `(?:in |during |at )?(?:the )?(?:(?:first|second|third|fourth|last) (?:half|week|days?|${NUMBER} days)|beginning|start|middle|end) of (?:the )?(?:(?:${MONTH}|(?:this |last )?${UNIT})(?: ${YEAR})?|${YEAR})`,
    () => ({
      note: 'A part of a month or a year cannot be read by name; write its days, for instance 2026-08-01 to 2026-08-07.',
    }),
  ),
  phrase(`(?:early|late|mid)[ -]${MONTH}(?: ${YEAR})?`, () => ({
    note: 'A part of a month cannot be read by name; write its days, for instance 2026-08-01 to 2026-08-07.',
  })),
  phrase(`(?:from |between )?${MONTH}(?: ${YEAR})? (?:to|until|till|through|-|–) ${MONTH}(?: ${YEAR})?`, months),
  phrase(`(?:since|after) (?:the )?(${DATE})`, (asking, date: string) => since(dateOf(date, asking))),
  phrase(`(?:since|after) ${MONTH}(?: ${YEAR})?`, (asking, name: string, year?: string) =>
    since(firstOfMonth(name, year, asking)),
  ),
  phrase(`(?:since|after) (?:last )?(${WEEKDAYS.join('|')})`, (asking, weekday: string) =>
    since(dayOf(latest(weekday, asking))),
  ),
  phrase(`since (?:the )?(?:last|previous) ${UNIT}`, (asking, unit) =>
    since(
      dayOf(
        nowOf(asking)
          .startOf(unit as Unit)
          .minus({ [`${unit}s`]: 1 }),
      ),
    ),
  ),
  phrase('since yesterday', (asking) => since(dayOf(nowOf(asking).minus({ days: 1 })))),
  phrase(`(?:on |of |for )?(?:the )?(${DATE})`, (asking, date: string) => between(asking, date, date)),
  phrase('\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4}', () => ({
    note: `A date that is written with slashes or dots can be read in two ways. ${ANY_DATE}`,
  })),
  phrase(`(?:in |for |during |of )?(?:the month of )?${MONTH} ${YEAR}`, month),
  phrase(`(?:in |for |during |of |last |than in |than )${MONTH}(?![a-z])`, month),
  phrase(`(?!may\\b|march\\b|mar\\b)${MONTH}(?:'s)?`, month),
  phrase(
    `(?:in |for |during |of )?(?:the )?(?:q([1-4])|(${ORDINALS.join('|')}) quarter)(?:(?: of)? ${YEAR})?`,
    (asking, digit: string | undefined, word: string, year?: string) =>
      calendar('quarter', quartersAgo(Number(digit ?? ORDINALS.indexOf(word) + 1), year, asking)),
  ),
  phrase(`(?:in |for |during |of )(?:the year )?${YEAR}`, (asking, year) =>
    calendar('year', nowOf(asking).year - Number(year)),
  ),
  phrase(`(?:the )?${UNIT} before (?:last|yesterday)`, (_, unit) => calendar(unit as Unit, 2)),
  phrase(`${NUMBER} ${UNIT}s? ago`, (_, many: string, unit) => calendar(unit as Unit, numberOf(many))),
  phrase(
    `(?:(?:during|for|in|over|within|from) )?(?:the )?(?:last|past|previous|recent|trailing) ${NUMBER} (?:of )?${LENGTH}s?`,
    (_, many: string, unit) => rolling(numberOf(many), unit as keyof typeof DAYS_OF),
  ),
  phrase(
    `(?:(?:during|for|in|over|within) )?(?:the (?:last|past)|past|last(?= (?:hour|fortnight))) ${LENGTH}`,
    (_, unit) => rolling(1, unit as keyof typeof DAYS_OF),
  ),
  phrase(`(?:last|previous|preceding|prior)(?: calendar)? ${UNIT}(?:'s)?`, (_, unit) => calendar(unit as Unit, 1)),
  phrase(
    `(?:so far )?(?:in |during )?(?:this|the current|current)(?: calendar)? ${UNIT}(?:'s)?(?: so far)?`,
    (_, unit) => calendar(unit as Unit, 0),
  ),
  phrase(`${UNIT}[ -]to[ -]date`, (_, unit) => calendar(unit as Unit, 0)),
  phrase('(w|m|q|y)td', (_, letter) => calendar(TO_DATE[letter as keyof typeof TO_DATE], 0)),
  phrase(`(?:from |between )?(?:last )?(${WEEKDAYS.join('|')}) ?${BETWEEN_WORDS} ?(${WEEKDAYS.join('|')})`, weekdays),
  phrase(`(?:on |last )(${WEEKDAYS.join('|')})`, (asking, weekday: string) => weekdays(asking, weekday, weekday)),
  phrase('(?:on |over |during )?(?:the )?(?:last|past) weekend', (asking) => weekdays(asking, 'saturday', 'sunday')),
  phrase(`(?:this |today(?:'s)? )${PART_OF_DAY}|tonight`, () => partOf(0)),
  phrase(`(?:yesterday(?:'s)? |last )${PART_OF_DAY}`, () => partOf(1)),
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

const BEFORE_THAT = wholeWords(
  `(?:in |for |during |on )?(?:the )?(?:${UNIT}|one|period) (?:before|prior)(?! (?:last|yesterday))(?: that| it)?`,
);

/** Takes the first period that is named out of the text. */
export function takePeriod(text: RemainingText, asking: Asking): ReadPeriod | undefined {
  const isForecast = text.takeAll(AHEAD).length > 0;
  const found = findPeriod(text.text, asking);
  if (found !== undefined) text.blank(found.at, found.length);
  return isForecast
    ? { note: 'Nothing is forecast or supposed: answers are about usage that is recorded.' }
    : found?.read;
}

/** Takes "the week before" and "the one before that", of a period that was settled on earlier, out of the text. */
export function takePeriodBefore(text: RemainingText, asking: Asking, settled: NamedPeriod): ReadPeriod | undefined {
  const found = text.take(BEFORE_THAT);
  return found === undefined ? undefined : { period: endingBefore(settled, asking, found[1] as Unit | undefined) };
}

/** The period of the phrase that says most, and where it stands in a text. */
export function findPeriod(
  text: string,
  asking: Asking,
): { readonly at: number; readonly length: number; readonly read: ReadPeriod } | undefined {
  for (const [pattern, read] of PHRASES) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const [words, ...groups] = found;
    return { at: found.index, length: words.length, read: checked(read(asking, ...groups), words, asking) };
  }
  return undefined;
}

function checked(read: ReadPeriod, words: string, asking: Asking): ReadPeriod {
  const { period } = read;
  if (period === undefined) return read;
  if (liesAhead(period, asking)) return { note: `"${words}" lies ahead: answers are about usage that is recorded.` };
  const days = lengthOf(period, asking);
  if (days <= MAX_DAYS) return read;
  return { note: `"${words}" are ${days} days; ${MAX_DAYS} days can be read at once.` };
}

function phrase(source: string, read: Phrase[1]): Phrase {
  return [wholeWords(source), read];
}

function between(asking: Asking, first: string, last: string): ReadPeriod {
  // In "1 to 15 August 2026" and "1 May to 3 June 2026" the year belongs to both.
  const from = dateOf(first, asking, yearOf(first) ?? yearOf(last));
  const to = dateOf(last, asking);
  if (from === undefined || to === undefined)
    return { note: `There is no day "${from === undefined ? first : last}". ${ANY_DATE}` };
  if (from > to) return { note: `The period from ${from} to ${to} ends before it begins.` };
  return { period: { first: from, last: to } };
}

function daysOfMonth(asking: Asking, first: string, last: string, name: string, year = ''): ReadPeriod {
  return between(asking, `${first} ${name}`, `${last} ${name} ${year}`.trim());
}

function month(asking: Asking, name: string, year?: string): ReadPeriod {
  return calendar('month', monthsAgo(name, year, asking));
}

function months(asking: Asking, from: string, fromYear: string | undefined, to: string, toYear?: string): ReadPeriod {
  const first = firstOfMonth(from, fromYear ?? toYear, asking);
  const next = nowOf(asking)
    .startOf('month')
    .minus({ months: monthsAgo(to, toYear, asking) - 1 });
  const last = dayOf(next.minus({ days: 1 }));
  if (first > last) return { note: `The period from ${from} to ${to} ends before it begins.` };
  return { period: { first, last } };
}

function since(day: string | undefined): ReadPeriod {
  return day === undefined ? { note: `There is no such day. ${ANY_DATE}` } : { period: { since: day } };
}

/** The last such days before today. */
function weekdays(asking: Asking, first: string, last: string): ReadPeriod {
  const end = latest(last, asking);
  const days = (WEEKDAYS.indexOf(last) - WEEKDAYS.indexOf(first) + 7) % 7;
  return { period: { first: dayOf(end.minus({ days })), last: dayOf(end) } };
}

function partOf(daysAgo: number): ReadPeriod {
  const note =
    'A part of a day cannot be read by name: the answer is about the whole day; ask by hour to see its parts.';
  return { period: { unit: 'day', ago: daysAgo }, note };
}

function rolling(many: number, unit: keyof typeof DAYS_OF): ReadPeriod {
  const days = many * DAYS_OF[unit];
  return days > 0 ? { period: { days } } : { note: 'A period of no days holds nothing.' };
}

function firstOfMonth(name: string, year: string | undefined, asking: Asking): string {
  return dayOf(
    nowOf(asking)
      .startOf('month')
      .minus({ months: monthsAgo(name, year, asking) }),
  );
}

/** The last such weekday before today. */
function latest(weekday: string, asking: Asking): DateTime {
  const today = nowOf(asking);
  return today.minus({ days: ((today.weekday - WEEKDAYS.indexOf(weekday) + 5) % 7) + 1 });
}

function quartersAgo(quarter: number, year: string | undefined, asking: Asking): number {
  const today = nowOf(asking);
  const of = year === undefined ? today.year - (quarter > today.quarter ? 1 : 0) : Number(year);
  return (today.year - of) * 4 + today.quarter - quarter;
}
