import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOTES, OwnSchema } from '../../support/module-tests/own-schema';
import { addressOf } from '../../world/settings';

const REFUSED = 'database_unsafe';

describe('what is looked at before the first customer', () => {
  for (const login of ['app', 'service'] as const) {
    void it(`DB-02 a login that owns the tables of customers is refused: ${login}`, async () => {
      await using schema = await OwnSchema.create();
      const logins = { [login]: addressOf('SPEC_POSTGRES_OWNER_URL') };
      const message = new RegExp(`^The ${login} login owns customer tables \\(note\\)`);
      await assert.rejects(schema.open({ logins }), { code: REFUSED, message });
    });
  }

  for (const [what, change] of [
    ['without row security', 'alter table note disable row level security'],
    ['with row security that does not bind its owner', 'alter table note no force row level security'],
    [
      'without any policy',
      `do $$ declare one text; begin
        for one in select policyname from pg_policies where tablename = 'note' and schemaname = current_schema() loop
          execute format('drop policy %I on note', one);
        end loop;
      end $$`,
    ],
  ] as const) {
    void it(`DB-02 a table of customers is refused: ${what}`, async () => {
      await using schema = await OwnSchema.create();
      const changes = [NOTES, { name: 'notes/0002-open', sql: change }];
      const message = /^These customer tables are without forced row security: note\./;
      await assert.rejects(schema.open({ changes }), { code: REFUSED, message });
    });
  }
});
