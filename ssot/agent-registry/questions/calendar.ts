import { DateTime } from 'luxon';

/** Calendar units in which people name periods; weeks begin on Monday. */
export const UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof UNITS)[number];

/** The zone of companies that have named no other. */
export const UTC = 'UTC';

/** When and where a question is asked: calendar periods are those of the zone (IANA name). */
export interface Asking {
  readonly asOf: Date;
  readonly zone: string;
}

/** `from` is in, `to` is out. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export function nowOf({ asOf, zone }: Asking): DateTime {
  return DateTime.fromJSDate(asOf, { zone });
}

/** The whole unit that lies `ago` units back: 0 is the one that is under way. */
export function unitOf(asking: Asking, unit: Unit, ago: number): Span {
  const from = nowOf(asking)
    .startOf(unit)
    .minus({ [`${unit}s`]: ago });
  return { from: from.toJSDate(), to: from.plus({ [`${unit}s`]: 1 }).toJSDate() };
}

/** From the beginning of a day to the beginning of the day after another, both written `2026-05-01`. */
export function daysOf({ zone }: Asking, first: string, last: string): Span {
  return {
    from: DateTime.fromISO(first, { zone }).toJSDate(),
    to: DateTime.fromISO(last, { zone }).plus({ days: 1 }).toJSDate(),
  };
}

/** `2026-05-01` */
export function dayOf(at: DateTime): string {
  return at.toFormat('yyyy-MM-dd');
}

/** `2026-05-01`, or nothing when there is no such day. */
export function dayText(year: number, month: number, day: number): string | undefined {
  const date = DateTime.utc(year, month, day);
  return date.isValid ? dayOf(date) : undefined;
}

/**
 * First and last day of a span as people read it: a span that ends at midnight ends with the day before. One that begins within a
 * day is told with its times: the last seven days, read at ten, are less than what the eight days that they touch have cost.
 */
export function daySpan(from: string, to: string, zone: string): { readonly first: string; readonly last: string } {
  const start = DateTime.fromISO(from, { zone });
  const end = DateTime.fromISO(to, { zone });
  const first = dayOf(start);
  if (dayOf(start.minus({ minutes: 1 })) === first)
    return { first: minuteOf(start), last: `${minuteOf(end)}${zone === UTC ? ' UTC' : ''}` };
  const last = dayOf(end.minus({ milliseconds: 1 }));
  return { first, last: last < first ? first : last };
}

/** `2026-05-01 09:30` */
function minuteOf(at: DateTime): string {
  return at.toFormat('yyyy-MM-dd HH:mm');
}
