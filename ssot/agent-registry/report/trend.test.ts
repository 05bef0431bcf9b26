import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { TrendRow } from '../../analytics';
import { reportOf } from './report';
import { trendOf } from './trend';

const row = (day: number, model: string, value: string, currency = 'USD'): TrendRow => ({
  at: `2026-05-0${day}`,
  model,
  amount: { value, currency },
});

void test('AG-16 spend over time: the largest models first, each day in order, exact', () => {
  deepEqual(
    trendOf([
      row(1, 'small', '0.000000000001'),
      row(1, 'large', '2'),
      row(2, 'large', '3'),
      row(3, 'small', '1.5'),
      row(3, 'large', '4'),
    ]),
    {
      currency: 'USD',
      models: ['large', 'small'],
      rows: [
        { at: '2026-05-01', amounts: ['2.000000000000', '0.000000000001'] },
        { at: '2026-05-02', amounts: ['3.000000000000', '0'] },
        { at: '2026-05-03', amounts: ['4.000000000000', '1.500000000000'] },
      ],
    },
  );
});

void test('AG-16 models beyond the five largest are one, with what was summed already', () => {
  const days = [1, 2, 3].flatMap((day) => [
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((model, index) => row(day, model, String(10 - index))),
    row(day, '', '1'),
  ]);
  const found = trendOf(days);
  deepEqual(found?.models, ['a', 'b', 'c', 'd', 'e', 'others']);
  equal(found?.rows[0]?.amounts.at(-1), '10.000000000000');
});

void test('AG-16 another currency and what nobody knows the price of are in no bar', () => {
  const days = [1, 2, 3].flatMap((day) => [
    row(day, 'large', '2'),
    row(day, 'moyen', '1', 'EUR'),
    { ...row(day, 'own', '0'), amount: 'unpriced' as const },
  ]);
  const found = trendOf(days);
  deepEqual([found?.currency, found?.models], ['USD', ['large']]);
});

void test('AG-16 a general answer has it for its chart, one that is broken down has its own figures', () => {
  const filter = { from: '2026-05-01T00:00:00.000Z', to: '2026-05-04T00:00:00.000Z', where: {} };
  const asked = { measures: ['spend' as const], by: [], carriedOver: [], notes: [], suggestions: [] };
  const drawn = trendOf([1, 2, 3].map((day) => row(day, 'a name of a model that is much too long '.repeat(9), '1')));
  const work = { filter, asked, verdict: 'sufficient' as const, missing: [], ...(drawn && { trend: drawn }) };
  const figures = {
    calls: 1,
    inputTokens: '1',
    cachedInputTokens: '0',
    outputTokens: '1',
    spends: [],
    unpricedCalls: 0,
  };
  const answer = { measures: asked.measures, by: ['model' as const], rows: [], of: 0, total: figures };
  const shown = reportOf('Where does our money go?', work).trend;
  equal(shown?.rows.length, 3);
  equal((shown?.models[0]?.length ?? 0) < 150, true);
  equal(reportOf('By model?', { ...work, answer }).trend, undefined);
});

void test('AG-16 models of equal spend stand in the order of their names', () => {
  const days = [1, 2, 3].flatMap((day) => ['b', 'c', 'a'].map((model) => row(day, model, '1')));
  deepEqual(trendOf(days)?.models, ['a', 'b', 'c']);
});

void test('AG-16 what was summed already is no model of its own, even where it is most', () => {
  const days = [1, 2, 3].flatMap((day) => [row(day, '', '9'), row(day, 'small', '1')]);
  deepEqual(trendOf(days), {
    currency: 'USD',
    models: ['small', 'others'],
    rows: ['2026-05-01', '2026-05-02', '2026-05-03'].map((at) => ({
      at,
      amounts: ['1.000000000000', '9.000000000000'],
    })),
  });
});

void test('AG-16 two days, and nothing at all, are no chart', () => {
  equal(trendOf([row(1, 'large', '1'), row(2, 'large', '1')]), undefined);
  equal(trendOf([]), undefined);
});
