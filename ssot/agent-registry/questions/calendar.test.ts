import { deepEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { daySpan } from './calendar';

describe('the days of a period', () => {
  for (const [what, from, to, zone, first, last] of [
    ['whole days', '2026-09-01T00:00:00Z', '2026-09-03T00:00:00Z', 'UTC', '2026-09-01', '2026-09-02'],
    [
      'a day that has just begun',
      '2026-09-01T00:00:00Z',
      '2026-09-03T00:00:00.001Z',
      'UTC',
      '2026-09-01',
      '2026-09-03',
    ],
    [
      'those of another zone',
      '2026-08-31T22:00:00Z',
      '2026-09-02T22:00:00Z',
      'Europe/Berlin',
      '2026-09-01',
      '2026-09-02',
    ],
    ['one day', '2026-09-01T00:00:00Z', '2026-09-02T00:00:00Z', 'UTC', '2026-09-01', '2026-09-01'],
    [
      'from within a day, with its times',
      '2026-08-31T22:30:00Z',
      '2026-09-02T22:30:00Z',
      'Europe/Berlin',
      '2026-09-01 00:30',
      '2026-09-03 00:30',
    ],
    [
      'times of no zone of their own',
      '2026-09-01T10:58:07Z',
      '2026-09-08T10:58:07Z',
      'UTC',
      '2026-09-01 10:58',
      '2026-09-08 10:58 UTC',
    ],
    [
      'a day without a midnight',
      '2026-09-06T04:00:00Z',
      '2026-09-07T03:00:00Z',
      'America/Santiago',
      '2026-09-06',
      '2026-09-06',
    ],
    ['no time at all', '2026-09-01T00:00:00Z', '2026-09-01T00:00:00Z', 'UTC', '2026-09-01', '2026-09-01'],
  ] as const) {
    test(`AG-18 the first and the last are told as people read them: ${what}`, () => {
      deepEqual(daySpan(from, to, zone), { first, last });
    });
  }
});
