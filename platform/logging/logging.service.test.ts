import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { stores } from '../../support/module-tests/stores';
import { servicePrincipal, sql, type Sql } from '../../ssot/kernel';
import { createLogger } from './logging';

const CUSTOMERS_TEXT = 'Layoffs in October';
const keeper = servicePrincipal('logging-test');

/** The line that is logged about what PostgreSQL says to this statement, as operators read it. */
async function loggedAbout(statement: Sql): Promise<string> {
  const db = await stores.database();
  const failure: unknown = await db
    .asService(keeper, (tx) => tx.query(statement, z.unknown()))
    .then(
      () => assert.fail('PostgreSQL took it'),
      (error: unknown) => error,
    );
  return logged(failure);
}

function logged(err: unknown): string {
  const output = new PassThrough();
  createLogger('info', output).error({ err }, 'a request failed');
  return String(output.read());
}

const FAULTS: readonly (readonly [what: string, statement: Sql, code: string])[] = [
  ['a text that is no number', sql`select ${CUSTOMERS_TEXT}::text::integer`, '22P02'],
  ['a text that is no date', sql`select ${CUSTOMERS_TEXT}::text::date`, '22007'],
  [
    'a rule that names the row',
    sql`do $$ begin raise unique_violation using detail = 'Key (title)=(Layoffs in October) already exists.', hint = 'Layoffs'; end $$`,
    '23505',
  ],
  ['a statement within a statement', sql`do $$ begin execute 'selec ''Layoffs in October'''; end $$`, '42601'],
];

describe('the log', () => {
  for (const [what, statement, code] of FAULTS) {
    void it(`AU-07 an error of PostgreSQL is logged without the customer's text: ${what}`, async () => {
      const line = await loggedAbout(statement);
      assert.match(line, new RegExp(`"code":"${code}"`));
      assert.ok(!line.includes('Layoffs'), line);
    });
  }

  void it('AU-07 an error of Redis is logged without the arguments of its command', () => {
    const failure = Object.assign(new Error('WRONGTYPE'), { command: { name: 'set', args: ['key', CUSTOMERS_TEXT] } });
    for (const line of [logged(failure), logged(new Error('the state could not be kept', { cause: failure }))]) {
      assert.match(line, /WRONGTYPE/);
      assert.ok(!line.includes('Layoffs'), line);
    }
  });

  void it('AU-07 what is no error is told by its type alone', () => {
    assert.match(logged({ title: CUSTOMERS_TEXT }), /"err":\{"type":"object"\}/);
  });

  void it('AU-07 operators still read where and why: type, code, stack and every cause', () => {
    const line = logged(new Error('outer', { cause: Object.assign(new TypeError('inner'), { code: 'ECONNRESET' }) }));
    const { err } = JSON.parse(line) as { err: { type: string; stack: string; cause: { type: string; code: string } } };
    assert.equal(err.type, 'Error');
    assert.match(err.stack, /logging\.service\.test/);
    assert.deepEqual([err.cause.type, err.cause.code], ['TypeError', 'ECONNRESET']);
  });
});
