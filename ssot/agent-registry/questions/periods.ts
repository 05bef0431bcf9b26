import { z } from 'zod';
import { dayOf, daysOf, nowOf, unitOf, UNITS, type Asking, type Span, type Unit } from './calendar';

const day = z.iso.date();

/**
 * A period as it was named, so that it moves on with time: the last seven days of today's question are other days tomorrow.
 * `days`: back from the moment of asking. `unit`: a whole calendar unit, `ago` units back. `first` and `last`: both days in.
 * `since`: from that day up to the moment of asking.
 */
export const namedPeriod = z.union([
  z.strictObject({ days: z.number() }),
  z.strictObject({ unit: z.enum(UNITS), ago: z.int() }),
  z.strictObject({ first: day, last: day }),
  z.strictObject({ since: day }),
]);
export type NamedPeriod = z.infer<typeof namedPeriod>;

export const DAY_MS = 86_400_000;
/** The longest that is read at once. */
export const MAX_DAYS = 400;
/** What is read when no period is named. */
export const USUAL: NamedPeriod = { days: 30 };

/** The instants of a named period. One that is under way, or lies ahead in part, ends with the moment of asking. */
export function spanOf(period: NamedPeriod, asking: Asking): Span {
  const span = wholeSpanOf(period, asking);
  return { from: span.from, to: span.to > asking.asOf && span.from < asking.asOf ? asking.asOf : span.to };
}

/** What a period is compared with when nothing is named: the one before it, of the same kind. */
export function before(period: NamedPeriod, asking: Asking): Span {
  if ('unit' in period) return unitOf(asking, period.unit, period.ago + 1);
  const { from, to } = spanOf(period, asking);
  return { from: new Date(from.getTime() - (to.getTime() - from.getTime())), to: from };
}

/** The days of the unit that ends where a period begins; without a unit, of as much as the period has. */
export function endingBefore(period: NamedPeriod, asking: Asking, unit?: Unit): NamedPeriod {
  const { zone } = asking;
  const start = nowOf({ asOf: spanOf(period, asking).from, zone }).startOf('day');
  const from =
    unit === undefined
      ? nowOf({ asOf: before(period, asking).from, zone }).startOf('day')
      : start.minus({ [`${unit}s`]: 1 });
  const last = start.minus({ days: 1 });
  return { first: dayOf(from < last ? from : last), last: dayOf(last) };
}

function wholeSpanOf(period: NamedPeriod, asking: Asking): Span {
  const { asOf } = asking;
  if ('days' in period) return { from: new Date(asOf.getTime() - period.days * DAY_MS), to: asOf };
  if ('unit' in period) return unitOf(asking, period.unit, period.ago);
  if ('since' in period) return { from: daysOf(asking, period.since, period.since).from, to: asOf };
  return daysOf(asking, period.first, period.last);
}

/** Days that a period spans, part of a day counted as a whole one. */
export function lengthOf(period: NamedPeriod, asking: Asking): number {
  const { from, to } = wholeSpanOf(period, asking);
  return Math.ceil((to.getTime() - from.getTime()) / DAY_MS);
}

/** Whether all of it lies ahead of the moment of asking. */
export function liesAhead(period: NamedPeriod, asking: Asking): boolean {
  return wholeSpanOf(period, asking).from.getTime() >= nowOf(asking).toMillis();
}
