import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { commitUnknown, DatabaseError } from './errors';
import { classify, isContention, isLoss, isStale, isUnanswered } from './failures';

/** An error as the driver hands it on. */
function refused(code: string, more: Partial<pg.DatabaseError> = {}): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('a sentence of the server', 1, 'error'), { code, ...more });
}
const refusedAs = (code: string): pg.DatabaseError => refused(code);
/** The same request may succeed later. */
const LATER = new Set([
  ...['database_time_limit', 'database_conflict', 'database_read_only', 'database_full', 'database_unreachable'],
  'database_connection_lost',
]);
function broken(code: string): Error {
  return Object.assign(new Error('a sentence of Node'), { code });
}

const TOO_LONG = [
  ['57014', 'A statement ran longer than its limit or was cancelled'],
  ['55P03', 'A row or table stayed locked by somebody else'],
  ['25P03', 'The transaction did nothing for too long'],
  ['25P04', 'The whole transaction ran longer than its limit'],
] as const;
for (const [code, messages] of Object.entries({
  database_tenant_refused: {
    'These rows are not yours to read or write; nothing was saved.': [refused('42501')],
  },
  database_time_limit: Object.fromEntries(
    TOO_LONG.map(([code, what]) => [`${what}; nothing was saved. Try again.`, [refused(code)]]),
  ),
  database_conflict: {
    'Others changed the same rows at the same time; nothing was saved. Try again.': ['40001', '40P01'].map(refusedAs),
  },
  database_read_only: { 'The database takes no writes here; nothing was saved.': [refused('25006')] },
  database_full: { "The database's disk has no room left; nothing was saved.": [refused('53100')] },
  database_login_refused: {
    'The database refused the login or has no such database. Check user, password and name.': [
      ...['28P01', '28000', '3D000'].map(refusedAs),
    ],
  },
  database_unreachable: {
    'The database takes no connection right now. Try again.': ['57P03', '08001', '08004', '53300'].map(refusedAs),
    'The database did not answer in time. Try again.': [
      new Error('Connection terminated due to connection timeout'),
      new Error('timeout expired'),
    ],
    'The database cannot be reached (ECONNREFUSED). Check its address and that it runs.': [
      broken('ECONNREFUSED'),
      new AggregateError([broken('ECONNREFUSED'), broken('ENOENT')]),
    ],
    ...Object.fromEntries(
      ['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT', 'EACCES'].map((code) => [
        `The database cannot be reached (${code}). Check its address and that it runs.`,
        [broken(code)],
      ]),
    ),
  },
  database_connection_lost: {
    'The database ended the connection; nothing was saved. Try again.': [
      ...['57P01', '57P02', '57P05', '08000', '08003', '08006', '08P01'].map(refusedAs),
    ],
    'The connection to the database broke; nothing was saved. Try again.': [
      ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN', 'ERR_STREAM_DESTROYED'].map(broken),
      new Error('Connection terminated unexpectedly'),
      new Error('Connection terminated'),
      new Error('Client has encountered a connection error and is not queryable'),
      new Error('Client was closed and is not queryable'),
    ],
  },
  database_value_invalid: {
    'A value does not fit its column (22003); nothing was saved.': [refused('22003')],
    'A value does not fit its column (22021); nothing was saved.': [refused('22021')],
  },
  database_refused: {
    'The database refused the statement (42601); nothing was saved.': [refused('42601')],
    'The database refused the statement (02200); nothing was saved.': [refused('02200')],
  },
})) {
  for (const [message, errors] of Object.entries<readonly Error[]>(messages)) {
    void test(`DB-01 a failure is told by its kind, in words of our own: ${code}, "${message}"`, () => {
      for (const error of errors) {
        const known = classify(error);
        assert(known instanceof DatabaseError, error.message);
        const { retryable } = known;
        assert.deepEqual([known.code, known.message, known.cause], [code, message, error]);
        assert.equal(retryable, LATER.has(code), 'whether the same may succeed later');
        assert.equal(classify(known), known);
      }
    });
  }
}

for (const [what, more, name, field] of [
  [
    'by its own name',
    { constraint: 'note_pkey', detail: 'Key (tenant_id, id)=(birch, 7) exists.' },
    'note_pkey',
    undefined,
  ],
  ['by its column', { table: 'note', column: 'body' }, 'note.body', 'body'],
  ['by what is known of its column', { column: 'body' }, 'body', 'body'],
] as const) {
  void test(`DB-01 a broken rule is named, the values that broke it are not: ${what}`, () => {
    const known = classify(refused('23502', more)) as DatabaseError;
    assert.deepEqual([known.constraint, known.field], [{ kind: 'not_null', name }, field]);
    assert.deepEqual([known.code, known.retryable], ['database_constraint', false]);
    assert.equal(known.message, `The not null rule "${name}" was not met; nothing was saved.`);
  });
}

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

void test('DB-01 what does not come from the store is handed on as it is', () => {
  const strange = [
    new AggregateError([]),
    new AggregateError(['ECONNREFUSED']),
    broken('EPERM'),
    'ECONNRESET',
    undefined,
  ];
  for (const own of [new RangeError('deadlock detected'), ...strange]) {
    assert.equal(classify(own), own);
    assert.deepEqual([isLoss(own), isStale(own), isContention(own), isUnanswered(own)], [false, false, false, false]);
  }
});

for (const [what, error, isSilent] of [
  ['a pool', new Error('Connection terminated due to connection timeout'), true],
  ['a client', new Error('timeout expired'), true],
  ['one of them, as it is told', classify(new Error('timeout expired')), true],
  ['a server that refuses', broken('ECONNREFUSED'), false],
  ['a server that refuses, as it is told', classify(broken('ECONNREFUSED')), false],
] as const) {
  void test(`DB-09 nobody answered: ${what}, ${isSilent}`, () => assert.equal(isUnanswered(error), isSilent));
}

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

void test('DB-04 what may have landed is told as that, and is not to be sent again unseen', () => {
  const cause = broken('ECONNRESET');
  const told = commitUnknown(cause);
  assert.deepEqual([told.code, told.retryable, told.cause], ['database_commit_unknown', false, cause]);
  assert.equal(
    told.message,
    'The connection broke while the work was being saved. Look whether it is there before doing it again.',
  );
});
