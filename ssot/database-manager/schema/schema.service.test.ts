import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { NOTES, OwnSchema, somebodyOf } from '../../../support/module-tests/own-schema';
import { eventually } from '../../../world/eventually';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { sql, type SchemaChange } from '../../kernel';
import type { DatabaseError } from '../errors';

const SECOND: SchemaChange = { name: 'notes/0002-colour', sql: `alter table note add column colour text` };
const THIRD: SchemaChange = {
  name: 'notes/0003-count',
  sql: `create table counted (at timestamptz not null default now())`,
};

/** The number of the lock under which every release changes the schema: another one would let two of them in. */
const LOCK_OF_ALL_RELEASES = 7_203_114_901;

async function appliedIn(schema: OwnSchema): Promise<readonly string[]> {
  return (await schema.query('select name from schema_change order by name')).map(({ name }) => String(name));
}
function code(expected: string, message: RegExp, field: string): (error: DatabaseError) => boolean {
  return (error) => {
    assert.deepEqual([error.code, error.field, error.retryable], [expected, field, false]);
    assert.match(error.message, message);
    return true;
  };
}

void test('DB-08 five instances that start together apply each change once, and all serve', async () => {
  await using schema = await OwnSchema.create();
  const changes = [NOTES, SECOND, { ...THIRD, sql: `${THIRD.sql}; insert into counted default values` }];
  const instances = await Promise.all(Array.from({ length: 5 }, () => schema.open({ changes })));
  await Promise.all(
    instances.map((db) => db.transaction(somebodyOf('acme'), (tx) => tx.execute(sql`select * from note`))),
  );
  assert.deepEqual(await appliedIn(schema), [NOTES.name, SECOND.name, THIRD.name]);
  assert.equal((await schema.query('select * from counted')).length, 1);
});

void test('DB-08 a change that fails leaves the version before it, and is named', async () => {
  await using schema = await OwnSchema.create();
  const broken = { name: SECOND.name, sql: `${SECOND.sql}; alter table nowhere add column colour text` };
  await assert.rejects(
    schema.open({ changes: [NOTES, broken, THIRD] }),
    code(
      'database_change_failed',
      /^The schema change "notes\/0002-colour" failed and left nothing: relation "nowhere" does not exist$/,
      SECOND.name,
    ),
  );
  assert.deepEqual(await appliedIn(schema), [NOTES.name]);
  const columns = await schema.query(`select column_name from information_schema.columns
    where table_schema = '${schema.name}' and column_name = 'colour'`);
  assert.deepEqual(columns, []);
  await schema.open({ changes: [NOTES, SECOND, THIRD] });
  assert.deepEqual(await appliedIn(schema), [NOTES.name, SECOND.name, THIRD.name], 'the next start completes it');
});

for (const [what, before, after, message] of [
  [
    'edited',
    [NOTES, SECOND],
    [NOTES, { ...SECOND, sql: `${SECOND.sql} default 'red'` }],
    'was edited after it had been applied',
  ],
  ['removed', [NOTES, SECOND, THIRD], [NOTES, THIRD], 'was applied once and is missing now'],
  [
    'slipped in between',
    [NOTES, THIRD],
    [NOTES, SECOND, THIRD],
    'was slipped in before "notes/0003-count", which is applied already',
  ],
] as const) {
  void test(`DB-08 a history that does not match stops the start: ${what}`, async () => {
    await using schema = await OwnSchema.create();
    await schema.open({ changes: before });
    await assert.rejects(schema.open({ changes: after }), {
      ...{ code: 'database_change_mismatch', field: SECOND.name, retryable: false },
      message: `The schema change "notes/0002-colour" ${message}. Add a new change instead.`,
    });
    assert.deepEqual(
      await appliedIn(schema),
      before.map(({ name }) => name),
    );
  });
}

void test('DB-08 a text that another one has replaced is applied where it was, and refused where nobody says so', async () => {
  await using schema = await OwnSchema.create();
  await schema.open({ changes: [NOTES, SECOND] });
  const cheaper = { ...SECOND, sql: SECOND.sql.replace('colour', '"colour"') };
  const formerly = [createHash('sha256').update(SECOND.sql).digest('hex')];
  await assert.rejects(
    schema.open({ changes: [NOTES, { ...cheaper, formerly: ['0'.repeat(64)] }] }),
    code('database_change_mismatch', /was edited/, SECOND.name),
  );
  await schema.open({ changes: [NOTES, { ...cheaper, formerly }, THIRD] });
  assert.deepEqual(await appliedIn(schema), [NOTES.name, SECOND.name, THIRD.name]);
});

for (const [what, changes, message] of [
  ['twice', [NOTES, SECOND, SECOND], /"notes\/0002-colour" is there twice/],
  [
    'without a number',
    [{ name: 'notes/colour', sql: '' }],
    /"notes\/colour" is not named <module>\/<four digits>-<what>/,
  ],
  ['begun with more', [{ name: 'my notes/0001-a', sql: '' }], /"my notes\/0001-a" is not named/],
  ['ended with more', [{ name: 'notes/0001-a b', sql: '' }], /"notes\/0001-a b" is not named/],
] as const) {
  void test(`DB-08 a change that is ${what} is refused before anything is changed`, async () => {
    await using schema = await OwnSchema.create();
    await assert.rejects(schema.open({ changes }), code('database_config_invalid', message, 'changes'));
    await assert.rejects(appliedIn(schema), /does not exist/);
  });
}

void test('DB-08 changes are applied in the order of their names, whatever order they are handed in, and the newest is told', async () => {
  await using schema = await OwnSchema.create();
  const db = await schema.open({ changes: [THIRD, NOTES, SECOND] });
  const applied = await schema.query('select name from schema_change order by applied_at, name');
  assert.deepEqual(
    applied.map(({ name }) => name),
    [NOTES.name, SECOND.name, THIRD.name],
  );
  assert.equal((await db.health()).schema, THIRD.name);
});

void test('DB-08 what one module has changed is nothing to the history of another', async () => {
  await using schema = await OwnSchema.create();
  await schema.open({ changes: [NOTES, SECOND] });
  const other = { name: 'accounts/0001-account', sql: 'create table account (id integer primary key)' };
  await schema.open({ changes: [other] });
  await schema.open({ changes: [NOTES, SECOND, other, { ...THIRD, name: 'accounts/0002-count' }] });
  assert.deepEqual(await appliedIn(schema), [other.name, 'accounts/0002-count', NOTES.name, SECOND.name]);
});

void test('DB-08 an instance that has nothing to change starts while another one changes', async () => {
  await using schema = await OwnSchema.create();
  await schema.open({ changes: [NOTES] });
  // Whoever waits for it all the same goes on when its holder is gone, and holds up no other test.
  await schema.query(`set idle_session_timeout = '1s'; select pg_advisory_lock(${LOCK_OF_ALL_RELEASES})`);
  await schema.open({ changes: [NOTES] });
  assert.equal((await schema.query(`select pg_advisory_unlock(${LOCK_OF_ALL_RELEASES}) as held`))[0]?.['held'], true);
  await schema.query('set idle_session_timeout = 0');
});

void test('DB-08 a change that would make customers wait gives up after three seconds, and is tried again', async () => {
  await using schema = await OwnSchema.create();
  const db = await schema.open({ changes: [NOTES] });
  const clock = new ControlledClock();
  const held = Promise.withResolvers<void>();
  const reading = db.transaction(somebodyOf('acme'), async (tx) => {
    await tx.execute(sql`select * from note`);
    await held.promise;
  });
  const changed = schema.open({ changes: [NOTES, SECOND], ports: { clock } });
  try {
    await eventually(() => assert.equal(clock.pending, 1), 8_000);
    assert.deepEqual(await appliedIn(schema), [NOTES.name]);
  } finally {
    held.resolve();
    await reading;
  }
  clock.advance(199);
  assert.equal(clock.pending, 1);
  clock.advance(1);
  await changed;
  assert.deepEqual(await appliedIn(schema), [NOTES.name, SECOND.name]);
});

void test('DB-08 the release before goes on, and may start again, while the schema is one change ahead', async () => {
  await using schema = await OwnSchema.create();
  const old = await schema.open({ changes: [NOTES] });
  const acme = somebodyOf('acme');
  await old.transaction(acme, (tx) => tx.execute(sql`insert into note (tenant_id, id) values ('acme', 1)`));
  await old.transaction(acme, (tx) => tx.execute(sql`select * from note`));
  await schema.open({ changes: [NOTES, SECOND] });
  // The connection has prepared this statement for the columns that there were.
  const { rows } = await old.transaction(acme, (tx) => tx.execute(sql`select * from note`));
  assert.equal(rows, 1);
  const again = await schema.open({ changes: [NOTES] });
  assert.equal((await again.transaction(acme, (tx) => tx.execute(sql`select * from note`))).rows, 1);
});
