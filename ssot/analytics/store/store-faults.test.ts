import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClickHouseError } from '@clickhouse/client';
import { isOverTime, refusedWith, told, unavailable } from './store-faults';

const refused = (code: string, type?: string): ClickHouseError =>
  new ClickHouseError({ message: 'in secret words', code, type: type as string });
const facts = (error: ReturnType<typeof told>) => [error.code, error.field, error.retryable, error.message];
const TOO_BIG = (limit: string) =>
  `The question is too big: it reached its limit of ${limit}. Ask for a shorter period.`;
const LOGIN = 'The history refused the login or has no such database.';

for (const [code, limit] of [
  ['159', 'time'],
  ['160', 'time'],
  ['158', 'rows'],
  ['307', 'rows'],
  ['241', 'memory'],
  ['396', 'result'],
] as const) {
  void test(`CF-09 a limit of the store is named: ${code} is that of ${limit}`, () => {
    assert.deepEqual(facts(told(refused(code))), ['analytics_limit', limit, false, TOO_BIG(limit)]);
    assert.equal(isOverTime(refused(code)), limit === 'time');
  });
}

for (const code of ['516', '192', '193', '194', '81']) {
  void test(`CH-09 a login that the store refuses makes it unavailable: ${code}`, () => {
    assert.deepEqual(facts(told(refused(code))), ['analytics_unavailable', undefined, true, LOGIN]);
  });
}

const AWAY = 'The history of usage cannot be reached right now. Try again.';
const NO_ANSWER = 'The history answered with something that is no answer.';
for (const [what, error, code, message] of [
  [
    'another refusal, by its name',
    refused('60', 'UNKNOWN_TABLE'),
    'analytics_broken_answer',
    'The history refused the question (UNKNOWN_TABLE).',
  ],
  [
    'another refusal, by its number',
    refused('999'),
    'analytics_broken_answer',
    'The history refused the question (999).',
  ],
  ['a socket that broke', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'analytics_unavailable', AWAY],
  ['no answer in time', new Error('Timeout error.'), 'analytics_unavailable', AWAY],
  ['what is no answer', new SyntaxError('x'), 'analytics_broken_answer', NO_ANSWER],
  ['a code that is none', Object.assign(new Error('x'), { code: 7 }), 'analytics_broken_answer', NO_ANSWER],
  ['no error at all', 'x', 'analytics_broken_answer', NO_ANSWER],
] as const) {
  void test(`CH-09 what the store does is told without its words: ${what}`, () => {
    const found = told(error);
    assert.deepEqual([found.code, found.message, found.cause], [code, message, error]);
    assert.equal(isOverTime(error), false);
  });
}

void test('CH-09 a question that was given up says so, whatever the store answers', () => {
  const aborted = AbortSignal.abort();
  assert.deepEqual(facts(told(refused('159'), aborted)), [
    ...['analytics_cancelled', undefined, false],
    'The question was given up.',
  ]);
  assert.equal(told(refused('159'), new AbortController().signal).code, 'analytics_limit');
});

void test('CH-09 the name that the store gives its refusal is known, and nothing is where it gave none', () => {
  assert.equal(refusedWith(told(refused('252', 'TOO_MANY_PARTS'))), 'TOO_MANY_PARTS');
  assert.equal(refusedWith(told(refused('252'))), '252');
  assert.equal(refusedWith(told(new Error('Timeout error.'))), undefined);
  assert.equal(refusedWith(refused('252', 'TOO_MANY_PARTS')), undefined);
});

void test('CH-09 whoever is refused is told when to come again', () => {
  assert.deepEqual([unavailable({ retryAfterMs: 7 }).retryAfterMs, unavailable({}).message], [7, AWAY]);
});
