import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Client } from 'pg';
import { z } from 'zod';
import { OwnSchema, somebodyOf } from '../../../support/module-tests/own-schema';
import { addressOf } from '../../../world/settings';
import { sql } from '../../kernel';

const shown = z.object({ shown: z.string() });

for (const [setting, strange, expected] of [
  ['datestyle', 'German, DMY', '2026-08-03'],
  ['timezone', 'America/St_Johns', '2026-08-03 12:00:00+00'],
  ['intervalstyle', 'iso_8601', '01:30:00'],
  ['bytea_output', 'escape', '\\x00ff'],
  ['default_transaction_read_only', 'on', 'off'],
] as const) {
  const statements = {
    datestyle: sql`select date '2026-08-03'::text as shown`,
    timezone: sql`select timestamptz '2026-08-03T12:00:00Z'::text as shown`,
    intervalstyle: sql`select interval '90 minutes'::text as shown`,
    bytea_output: sql`select '\\x00ff'::bytea::text as shown`,
    default_transaction_read_only: sql`select current_setting('transaction_read_only') as shown`,
  };
  void test(`DB-07 a login whose ${setting} is "${strange}" reads and writes what every other does`, async () => {
    const login = `strange_${randomBytes(6).toString('hex')}`;
    await using schema = await OwnSchema.create();
    await schema.query(`create role ${login} login password 'strange';
      alter role ${login} set ${setting} = '${strange}'`);
    try {
      const asLogin = (address: string): string => {
        const url = new URL(address);
        [url.username, url.password] = [login, 'strange'];
        return url.href;
      };
      const bare = new Client({ connectionString: asLogin(addressOf('SPEC_POSTGRES_URL')) });
      await bare.connect();
      const unpinned = (await bare.query<{ shown: string }>(statements[setting].text)).rows[0]?.shown;
      await bare.end();
      assert.notEqual(unpinned, expected, 'the setting changes nothing here, so that this test shows nothing');
      const database = await schema.open({ through: asLogin });
      const rows = await database.transaction(somebodyOf('acme'), (tx) => tx.query(statements[setting], shown));
      assert.deepEqual(rows, [{ shown: expected }]);
      await database.drain(0);
    } finally {
      await schema.query(`drop role ${login}`);
    }
  });
}
