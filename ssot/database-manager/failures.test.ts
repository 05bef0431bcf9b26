import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { DatabaseError } from './errors';
import { classify, isContention, isLoss, isStale } from './failures';

/** An error as the driver hands it on. */
function refused(code: string, more: Partial<pg.DatabaseError> = {}): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('a sentence of the server', 1, 'error'), { code, ...more });
}
function broken(code: string): Error {
  return Object.assign(new Error('a sentence of Node'), { code });
}

for (const [what, error, code] of [
  ['unique', refused('23505', { constraint: 'note_pkey' }), 'database_constraint'],
  ['reference', refused('23503', { constraint: 'note_owner' }), 'database_constraint'],
  ['another company’s row', refused('42501'), 'database_tenant_refused'],
  ['statement over its limit', refused('57014'), 'database_time_limit'],
  ['locked row', refused('55P03'), 'database_time_limit'],
  ['idle transaction', refused('25P03'), 'database_time_limit'],
  ['serialisation failure', refused('40001'), 'database_conflict'],
  ['deadlock', refused('40P01'), 'database_conflict'],
  ['read-only server', refused('25006'), 'database_read_only'],
  ['full disk', refused('53100'), 'database_full'],
  ['wrong password', refused('28P01'), 'database_login_refused'],
  ['missing database', refused('3D000'), 'database_login_refused'],
  ['full server', refused('53300'), 'database_unreachable'],
  ['server starting up', refused('57P03'), 'database_unreachable'],
  ['server shut down', refused('57P01'), 'database_connection_lost'],
  ['server crashed', refused('57P02'), 'database_connection_lost'],
  ['session ended for doing nothing', refused('57P05'), 'database_connection_lost'],
  ['login that may not', refused('28000'), 'database_login_refused'],
  ['number out of range', refused('22003'), 'database_value_invalid'],
  ['zero byte', refused('22021'), 'database_value_invalid'],
  ['unknown statement', refused('42601'), 'database_refused'],
  ['reset connection', broken('ECONNRESET'), 'database_connection_lost'],
  ['refused connection', broken('ECONNREFUSED'), 'database_unreachable'],
  ['unknown host', broken('ENOTFOUND'), 'database_unreachable'],
  ['refused on every address', new AggregateError([broken('ECONNREFUSED')]), 'database_unreachable'],
  ['closed by the driver', new Error('Connection terminated unexpectedly'), 'database_connection_lost'],
] as const) {
  void test(`DB-01 a failure keeps its kind: ${what} is ${code}`, () => {
    const known = classify(error);
    assert.ok(known instanceof DatabaseError);
    assert.equal(known.code, code);
    assert.doesNotMatch(known.message, /a sentence of/, 'the words of server and driver stay inside');
  });
}

void test('DB-01 a broken rule is named, the values that broke it are not', () => {
  const error = refused('23505', { constraint: 'note_pkey', detail: 'Key (tenant_id, id)=(birch, 7) already exists.' });
  const known = classify(error) as DatabaseError;
  assert.deepEqual(known.constraint, { kind: 'unique', name: 'note_pkey' });
  assert.match(known.message, /"note_pkey"/);
  assert.doesNotMatch(known.message, /birch|7/);
});

for (const [code, kind] of [
  ['23505', 'unique'],
  ['23503', 'reference'],
  ['23514', 'check'],
  ['23502', 'not_null'],
  ['23P01', 'exclusion'],
] as const) {
  void test(`DB-01 a broken rule has its kind: ${kind}`, () => {
    const known = classify(refused(code, { constraint: 'note_rule', column: 'body' })) as DatabaseError;
    assert.deepEqual([known.constraint?.kind, known.field], [kind, 'body']);
  });
}

for (const [code, words] of [
  ['57014', /^A statement ran longer than its limit or was cancelled/],
  ['55P03', /^A row or table stayed locked by somebody else/],
  ['25P03', /^The transaction did nothing for too long/],
  ['25P04', /^The whole transaction ran longer than its limit/],
] as const) {
  void test(`DB-05 what took too long is told: ${code}`, () => {
    assert.match((classify(refused(code)) as DatabaseError).message, words);
  });
}

void test('DB-01 what does not come from the store is handed on as it is', () => {
  const own = new RangeError('deadlock detected');
  assert.equal(classify(own), own);
});

for (const [what, error, repeats] of [
  ['serialisation failure', refused('40001'), true],
  ['deadlock', refused('40P01'), true],
  ['text that merely says "deadlock detected"', new Error('deadlock detected'), false],
  ['refusal whose text says "deadlock detected"', refused('22000', { message: 'deadlock detected' }), false],
  ['broken rule', refused('23505'), false],
  ['statement over its limit', refused('57014'), false],
] as const) {
  void test(`DB-03 ${repeats ? 'done again' : 'not done again'} by its kind, never by its words: ${what}`, () => {
    assert.equal(isContention(error), repeats);
  });
}

for (const [what, error, loss, stale] of [
  ['reset connection', broken('ECONNRESET'), true, false],
  ['refused connection', broken('ECONNREFUSED'), true, false],
  ['server shut down', refused('57P01'), true, false],
  ['statement prepared before a schema change', refused('0A000'), false, true],
  ['deadlock', refused('40P01'), false, false],
] as const) {
  void test(`DB-03 what else may be done again: ${what}`, () => {
    assert.deepEqual([isLoss(error), isStale(error)], [loss, stale]);
  });
}
