/** ClickHouse's text of an instant in UTC, milliseconds. */
export function storedInstant(at: number): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, -1)}`;
}

/** RFC 3339 of ClickHouse's text, with as many places as it has. */
export function instantText(stored: string): string {
  return `${stored.replace(' ', 'T')}Z`;
}

const MONTHS_KEPT = 13;

/** When the history drops what happened then: 13 months later, to the second and by the calendar, as its table says. */
export function keptUntil(at: number): number {
  const then = new Date(Math.floor(at / 1_000) * 1_000);
  const day = then.getUTCDate();
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() + MONTHS_KEPT);
  const lastDay = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(day, lastDay));
  return then.getTime();
}
