import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pinnedSession } from './session';

const PINNED = [
  ...['-c datestyle=ISO,MDY', '-c intervalstyle=postgres', '-c timezone=UTC', '-c bytea_output=hex'],
  ...['-c extra_float_digits=1', '-c standard_conforming_strings=on', '-c row_security=on', '-c search_path=public'],
  ...['-c default_transaction_isolation=read\\ committed', '-c default_transaction_read_only=off'],
  '-c client_connection_check_interval=500ms',
].join(' ');

for (const [what, query, handedOn, options] of [
  ['nothing else', '', '', PINNED],
  ['other words', '?sslmode=disable&family=6', '?sslmode=disable&family=6', PINNED],
  ['options of its own, which count last', '?options=-c%20search_path%3Dx', '', `${PINNED} -c search_path=x`],
  ['options between other words', '?a=1&options=-c%20x%3Dy&b=2', '?a=1&b=2', `${PINNED} -c x=y`],
] as const) {
  void test(`DB-07 what changes a meaning is pinned, whatever the address says: ${what}`, () => {
    const address = 'postgres://app:p%40ss@a:5432,b/platform';
    assert.deepEqual(pinnedSession(`${address}${query}`), { connectionString: `${address}${handedOn}`, options });
  });
}
