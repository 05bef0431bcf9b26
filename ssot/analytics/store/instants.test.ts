import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptUntil } from './instants';

// As ClickHouse 26.7 answers `select toDateTime(at) + interval 13 month`.
for (const [at, until] of [
  ['2025-04-01T12:00:00.000Z', '2026-05-01T12:00:00.000Z'],
  ['2025-04-01T12:00:00.999Z', '2026-05-01T12:00:00.000Z'],
  ['2025-01-31T23:59:59.000Z', '2026-02-28T23:59:59.000Z'],
  ['2026-12-30T00:00:00.000Z', '2028-01-30T00:00:00.000Z'],
  ['2027-01-31T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
  ['2024-02-29T06:00:00.000Z', '2025-03-29T06:00:00.000Z'],
] as const) {
  void test(`CH-03 what happened at ${at} is kept until ${until}`, () => {
    assert.equal(new Date(keptUntil(Date.parse(at))).toISOString(), until);
  });
}
