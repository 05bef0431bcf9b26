import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerTable, barsOf, changeInWords, changeOf, keptFilters } from './answer-table.mjs';
import type { Report } from '../types';

type Answer = NonNullable<Report['answer']>;
type Figures = Answer['total'];

const figures = (change: Partial<Figures>): Figures => ({
  calls: 1_200,
  inputTokens: '9007199254740993',
  cachedInputTokens: '10',
  outputTokens: '2000',
  spends: [{ amount: '90.005', currency: 'USD' }],
  unpricedCalls: 0,
  ...change,
});
const answer = (change: Partial<Answer>): Answer => ({
  measures: ['spend'],
  by: ['feature'],
  rows: [{ keys: ['chat'], now: figures({}) }],
  of: 1,
  total: figures({}),
  ...change,
});
const plain = (rows: readonly string[][]): string[][] =>
  rows.map((row) => row.map((text) => text.replaceAll(/\s/g, ' ')));

describe('the figures that were asked for, as a table', () => {
  test('AG-16 one row for each value, and all of them together', () => {
    const { caption, columns, rows } = answerTable(answer({}));
    assert.equal(caption, 'Spend by feature');
    assert.deepEqual(columns, ['Feature', 'Spent', 'Calls']);
    assert.deepEqual(plain(rows), [
      ['chat', '90.01 USD', '1,200'],
      ['Together', '90.01 USD', '1,200'],
    ]);
  });

  test('AG-16 rows that are not shown are counted', () => {
    assert.equal(answerTable(answer({ of: 43 })).caption, 'Spend by feature (1 of 43)');
  });

  test('AG-16 tokens are exact beyond what numbers hold', () => {
    assert.deepEqual(plain(answerTable(answer({ measures: ['tokens'], by: [], rows: [] })).rows), [
      ['Together', '9,007,199,254,740,993', '10', '2,000', '1,200'],
    ]);
  });

  test('AG-16 another period stands beside it, also where there was nothing', () => {
    const before = { from: '2026-07-01T00:00:00Z', to: '2026-08-01T00:00:00Z', total: figures({ spends: [] }) };
    const { columns, rows } = answerTable(answer({ before }));
    assert.deepEqual(plain([columns])[0]?.slice(-2), ['Spent, 2026-07-01 to 2026-07-31', 'Change']);
    assert.deepEqual(
      rows.map((row) => row.slice(-2)),
      [
        ['none', 'new'],
        ['nothing', 'none before'],
      ],
    );
  });

  const spent = (amount: string, currency = 'USD'): Partial<Figures> => ({ spends: [{ amount, currency }] });
  const unknown = { spends: [], unpricedCalls: 3 };
  for (const [what, measure, now, before, change] of [
    ['more', 'spend', spent('112.345'), spent('100'), '12.3 % more'],
    ['less', 'spend', spent('1206.89'), spent('1224.9'), '1.5 % less'],
    ['as much', 'spend', spent('7'), spent('7.000'), 'the same'],
    ['more than twice as much', 'calls', { calls: 2_500 }, { calls: 100 }, '2,400.0 % more'],
    ['in another currency', 'spend', spent('7'), spent('7', 'EUR'), 'none before'],
    ['without a price', 'spend', unknown, spent('7'), 'unknown'],
    ['that had no price before', 'spend', spent('7'), unknown, 'unknown'],
  ] as const) {
    test(`AG-16 the change is told: ${what}`, () => {
      const told = changeInWords(changeOf(measure, figures(now), figures(before)));
      assert.equal(told.replaceAll('\u00a0', ' '), change);
    });
  }

  test('AG-16 what nobody knows the price of is never shown as free', () => {
    const some = figures({ unpricedCalls: 2 });
    const none = figures({ unpricedCalls: 2, spends: [] });
    const { rows } = answerTable(answer({ rows: [{ keys: ['a'], now: some }], total: none }));
    assert.deepEqual(
      plain(rows).map((row) => row[1]),
      ['90.01 USD and an unknown amount', 'unknown'],
    );
  });
});

describe('the chart over time', () => {
  const days = (...spends: string[]): Answer =>
    answer({
      by: ['day'],
      rows: spends.map((amount, at) => ({
        keys: [`day ${at}`],
        now: figures({ spends: [{ amount, currency: 'USD' }] }),
      })),
    });

  test('AG-16 the largest is as high as the chart', () => {
    assert.deepEqual(
      barsOf(days('1', '4', '2')).map(({ height }) => height),
      [0.25, 1, 0.5],
    );
  });

  test('AG-16 there is none for few values, for nothing spent, or for anything but time', () => {
    assert.deepEqual(barsOf(days('1', '4')), []);
    assert.deepEqual(barsOf(days('0', '0', '0')), []);
    assert.deepEqual(barsOf({ ...days('1', '4', '2'), by: ['model'] }), []);
  });
});

describe('what an earlier question had said', () => {
  const report = (carriedOver: Report['covers']['carriedOver']): Report =>
    ({
      covers: { models: ['large', 'small'], providers: [], features: [], people: ['Ravi', 'Mia'], carriedOver },
      period: { from: '2026-07-01T00:00:00Z', to: '2026-08-01T00:00:00Z' },
    }) as unknown as Report;

  test('AG-15 only what was kept is shown, with the words that take it back', () => {
    assert.deepEqual(keptFilters(report(['measures'])), []);
    assert.deepEqual(keptFilters(report(['models'])), [
      { what: 'models', label: 'only model large, small', without: 'for all models' },
    ]);
    assert.deepEqual(keptFilters(report(['people'])), [
      { what: 'people', label: 'only calls of Ravi, Mia', without: 'for everybody' },
    ]);
    assert.equal(keptFilters(report(['period']))[0]?.without, 'in the last 30 days');
  });
});
