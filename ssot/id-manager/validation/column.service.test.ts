import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { idColumn } from './column';

const SUFFIX = '01h455vb4pex5vsknk084sn02q';
const ID = `thread_${SUFFIX}`;
// In a schema of its own: the platform's schema holds the platform's tables alone.
const schema = `id_column_${randomBytes(6).toString('hex')}`;
const table = `${schema}.example`;

const CHECK_VIOLATION = '23514';

void describe('a column of thread ids', () => {
  before(async () => {
    await stores.rows().query(`create schema ${schema}`);
    await stores.rows().query(`create unlogged table ${table} (thread_id ${idColumn('thread')} primary key)`);
  });
  after(async () => {
    await stores.rows().query(`drop schema ${schema} cascade`);
  });

  for (const [name, value, verdict] of [
    ['the id of a thread', ID, 'stored'],
    ['the id of a run', `run_${SUFFIX}`, 'refused'],
    ['a longer kind', `threads_${SUFFIX}`, 'refused'],
    ['a bare UUID', '01890a5d-ac96-774b-bcce-b302099a8057', 'refused'],
    ['capitals', ID.toUpperCase(), 'refused'],
    ['the letter u', ID.replace(/q$/, 'u'), 'refused'],
    ['8 as first character', `thread_8${SUFFIX.slice(1)}`, 'refused'],
    ['25 characters', ID.slice(0, -1), 'refused'],
    ['a line break at the end', `${ID}\n`, 'refused'],
  ] as const) {
    void test(`ID-03 ${name} is ${verdict} in a column of thread ids`, async () => {
      const insert = stores.rows().query(`insert into ${table} (thread_id) values ($1)`, [value]);
      if (verdict === 'stored') await insert;
      else await assert.rejects(insert, { code: CHECK_VIOLATION });
      const { rows } = await stores
        .rows()
        .query<{ count: string }>(`select count(*) from ${table} where thread_id = $1`, [value]);
      assert.equal(Number(rows[0]?.count), verdict === 'stored' ? 1 : 0);
    });
  }
});
