import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { headline, isTable } from './headline.mjs';
import type { Report } from '../types';

const usd = (amount: string): Report['spend'] => ({ amount, currency: 'USD' });
const about = { verdict: 'sufficient', answer: null, calls: 9, spendInOtherCurrencies: [] } as const;
const spending = { ...about, measures: ['spend'], spend: usd('120.5') } as const;
const saving = { ...about, measures: ['savings'], spend: usd('120.5') } as const;

describe('what a report says first', () => {
  for (const [what, report, says] of [
    ['what was spent, where that was asked', { ...spending, savings: null }, '120.50 USD spent'],
    [
      'and what of it is not needed',
      { ...spending, savings: usd('20') },
      '120.50 USD spent, of which you could save 20.00 USD',
    ],
    [
      'in every currency',
      { ...spending, spendInOtherCurrencies: [{ amount: '3', currency: 'EUR' }], savings: null },
      '120.50 USD and 3.00 EUR spent',
    ],
    ['what can be saved, where that was asked', { ...saving, savings: usd('20') }, 'You could save 20.00 USD'],
    ['that nothing can', { ...saving, savings: usd('0') }, 'Nothing worth saving was found'],
    ['that a price is missing', { ...spending, spend: null, savings: null }, 'Nobody knows what this cost'],
    [
      'that it was not understood',
      { ...spending, verdict: 'out_of_scope' },
      'No question about AI spending was understood',
    ],
    ['that nothing was used', { ...spending, calls: 0, spend: null, savings: null }, 'Nothing was spent'],
    [
      'as before, of an older release',
      { ...saving, measures: undefined, savings: usd('20') },
      'You could save 20.00 USD',
    ],
  ] as const) {
    test(`AG-16 a report says first ${what}`, () => {
      assert.equal(headline(report as unknown as Report).replaceAll('\u00a0', ' '), says);
    });
  }

  const total = (amount: string, calls = 9): object => ({ calls, spends: [usd(amount)], unpricedCalls: 0 });
  const november = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
  const october = { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' };
  const compared = (before: object): object => ({
    ...about,
    period: november,
    answer: {
      measures: ['spend'],
      by: ['model'],
      rows: [],
      of: 0,
      total: total('90'),
      before: { ...october, total: before },
    },
  });
  for (const [what, before, says] of [
    ['less', total('100'), '10.0 % less than before'],
    ['more', total('60'), '50.0 % more than before'],
    ['the same', total('90'), 'the same as before'],
    ['all of it new', total('0', 0), 'nothing is recorded for 2026-10-01 to 2026-10-31'],
    ['unknown', { calls: 3, spends: [], unpricedCalls: 3 }, 'compared with 2026-10-01 to 2026-10-31'],
  ] as const) {
    test(`AG-16 a comparison says first what came of it: ${what}`, () => {
      const told = headline(compared(before) as unknown as Report);
      assert.equal(told.replaceAll('\u00a0', ' '), `Spend by model, 2026-11-01 to 2026-11-30: ${says}`);
    });
  }

  for (const [what, report, holds] of [
    ['"Who spends most?" is', { answer: {}, measures: ['spend'] }, true],
    ['"What can each feature save?" is not', { answer: {}, measures: ['savings'] }, false],
    ['"How much did we spend?" is not', { answer: null, measures: ['spend'] }, false],
    ['what an older release answered with one is', { answer: {} }, true],
  ] as const) {
    test(`AG-16 the savings stand behind what was asked for as a table: ${what}`, () => {
      assert.equal(isTable(report as unknown as Report), holds);
    });
  }
});
