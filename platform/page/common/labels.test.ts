import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count, duration, facts, money, period, plain, sentence, troubleWords } from './labels.mjs';

void test('WS-19 what is the matter is said in words for people', () => {
  assert.equal(
    troubleWords({ code: 'invalid_message', message: '"text" is wrong' }),
    'The server did not understand this page. Reload it.',
  );
  assert.equal(troubleWords({ code: 'restarting', message: 'Bye.' }), 'The server is restarting.');
  const limit = 'You have 10 devices open. Close one first.';
  assert.equal(troubleWords({ code: 'connection_limit', message: limit }), limit);
});

void test('WS-16 amounts are shown exactly, however large or small', () => {
  const bare = (amount: string): string => money({ amount, currency: 'USD' }).replaceAll('\u00a0', ' ');
  assert.equal(bare('2000.005'), '2,000.01 USD');
  assert.equal(bare('9007199254740993.01'), '9,007,199,254,740,993.01 USD');
  assert.equal(bare('0.000000000001'), '0.00 USD');
});

void test('WS-16 a period ends on the day before its end', () => {
  const told = period({ from: '2026-03-01T00:00:00Z', to: '2026-03-08T00:00:00Z' });
  assert.equal(told, '2026-03-01 to 2026-03-07');
  assert.equal(period({ from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' }), '2026-03-01');
});

void test('AG-18 a period is told in the days of the zone it was read in, and says so', () => {
  const week = { from: '2026-03-01T11:00:00Z', to: '2026-03-08T11:00:00Z' };
  assert.equal(
    period({ ...week, timeZone: 'Pacific/Auckland' }).replaceAll(/\s/g, ' '),
    '2026-03-02 to 2026-03-08 (Pacific/Auckland)',
  );
});

void test('WS-16 a period that begins within a day is told with its times', () => {
  const week = { from: '2026-03-01T10:58:07Z', to: '2026-03-08T10:58:07Z' };
  assert.equal(period(week), '2026-03-01 10:58 to 2026-03-08 10:58 UTC');
  const day = { from: '2026-09-06T04:00:00Z', to: '2026-09-07T03:00:00Z', timeZone: 'America/Santiago' };
  assert.equal(period(day), '2026-09-06 (America/Santiago)');
});

void test('WS-16 numbers, times and names read as people write them', () => {
  assert.deepEqual([count(1, 'call'), count(1_500, 'call'), count(0, 'call')], ['1 call', '1,500 calls', '0 calls']);
  assert.deepEqual([duration(999), duration(1_000), duration(-3)], ['999 ms', '1.0 s', '0 ms']);
  assert.equal(sentence('only model large'), 'Only model large.');
  assert.deepEqual([plain('daysWithUse'), plain('days_with_use')], ['Days with use', 'Days with use']);
});

void test('WS-16 what a tool was given or found is told as names and texts', () => {
  const found = {
    coverage: { calls: 1_200, first: '2026-03-01T10:20:30Z', last: null },
    spend: { amount: '12.5', currency: 'USD' },
    models: ['a', 'b'],
    rows: [{}, {}],
    none: [],
  };
  assert.deepEqual(
    facts(found).map(([name, text]) => `${name}: ${text.replaceAll(/\s/g, ' ')}`),
    [
      'Coverage, calls: 1,200',
      'Coverage, first: 2026-03-01 10:20 UTC',
      'Spend: 12.50 USD',
      'Models: a, b',
      'Rows: 2',
      'None: none',
    ],
  );
});
