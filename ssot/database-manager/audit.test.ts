import assert from 'node:assert/strict';
import { test } from 'node:test';
import type pg from 'pg';
import { assertSafe } from './audit';

/** A server that answers what it is asked about a login. */
const server = (facts: object): pg.ClientBase => {
  const row = { version: '180004', may_bypass: false, unprotected: [], owned: [], ...facts };
  return { query: () => Promise.resolve({ rows: [row] }) } as unknown as pg.ClientBase;
};

for (const login of ['app', 'service'] as const) {
  for (const [what, facts, message] of [
    ['a server of 14', { version: '140013' }, 'This PostgreSQL is older than 15; use 15 or newer.'],
    [
      'a login past row security',
      { may_bypass: true },
      `The ${login} login may bypass row security. Use one that is neither superuser nor has BYPASSRLS.`,
    ],
    [
      'an owner',
      { owned: ['note', 'account'], unprotected: ['note'] },
      `The ${login} login owns customer tables (note, account). Use one that owns none.`,
    ],
    [
      'tables that lie open',
      { unprotected: ['note', 'account'] },
      'These customer tables are without forced row security: note, account. Protect them in a schema change.',
    ],
  ] as const) {
    void test(`DB-02 the start is refused with what is unsafe: ${what}, for the ${login} login`, async () => {
      await assert.rejects(assertSafe(server(facts), login), { code: 'database_unsafe', message, retryable: false });
    });
  }
}

void test('DB-02 a server of 15 and all that is newer is taken', async () => {
  for (const version of ['150000', '180004']) await assertSafe(server({ version }), 'app');
});
