import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DateTime } from 'luxon';
import { stores } from '../../../support/module-tests/stores';
import { callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { Analytics } from '..';

const HOUR_MS = 3_600_000;
const DAYS_BACK = 360;

/** The latest days, among those that are kept, on which clocks in the zone were moved, with their hours. */
function oddDays(zone: string): readonly { readonly day: DateTime; readonly hours: number }[] {
  const today = DateTime.now().setZone(zone).startOf('day');
  return Array.from({ length: DAYS_BACK }, (_, ago) => today.minus({ days: ago + 1 }))
    .map((day) => ({ day, hours: day.plus({ days: 1 }).diff(day, 'hours').hours }))
    .filter(({ hours }) => hours !== 24)
    .slice(0, 2);
}

describe('days on which clocks are moved', () => {
  let usage: Analytics;
  before(async () => {
    usage = await openUsage();
  });
  after(() => usage[Symbol.asyncDispose]());

  for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
    for (const { day, hours } of oddDays(zone)) {
      it(`AG-18 a day of ${hours} hours in ${zone} has the calls of all its hours, and its neighbours theirs`, async () => {
        const leo = newReporter(stores);
        const begin = day.toMillis() - 24 * HOUR_MS;
        // One call each half an hour, from the day before to the day after.
        const calls = Array.from({ length: 2 * (24 + hours + 24) }, (_, half) =>
          callOf(`call ${half}`, { at: new Date(begin + (half * HOUR_MS) / 2).toISOString() }),
        );
        await usage.record(leo, calls);
        const question = {
          from: new Date(begin).toISOString(),
          to: new Date(begin + (24 + hours + 24) * HOUR_MS).toISOString(),
          timeZone: zone,
        };
        const days = [-1, 0, 1].map((days) => day.plus({ days }).toISODate());
        const counted = (await usage.usage(leo, { ...question, by: ['day'] })).data;
        const byDay = new Map(counted.map((row) => [row.day, row.calls]));
        assert.deepEqual(
          days.map((one) => byDay.get(one ?? '')),
          [48, 2 * hours, 48],
        );
        assert.equal(byDay.size, 3);
        // The day alone, from its first instant to that of the next.
        const alone = { ...question, from: day.toUTC().toISO() ?? '', to: day.plus({ days: 1 }).toUTC().toISO() ?? '' };
        const { data } = await usage.coverage(leo, alone);
        assert.deepEqual([data.calls, data.daysWithUse], [2 * hours, 1]);
        // No hour is taken for another: the one that comes twice is told apart by its offset.
        const byHour = (await usage.usage(leo, { ...alone, by: ['hour'] })).data;
        assert.equal(byHour.length, Math.ceil(hours));
        assert.equal(
          byHour.reduce((sum, row) => sum + row.calls, 0),
          2 * hours,
        );
      });
    }
  }
});
