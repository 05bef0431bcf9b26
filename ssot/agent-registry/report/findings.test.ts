import { deepEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { amountOf } from '../../../support/module-tests/agent-registry/recorded-usage';
import { picos } from '../../../world/clients/report';
import { findingsOf } from './findings';

type Opportunity = Parameters<typeof findingsOf>[0][number];

function opportunity(saving: string): Opportunity {
  const amounts = { spend: amountOf(saving), saving: amountOf(saving) };
  const call = { provider: 'openai', model: 'large', feature: 'chat', calls: 1, inputTokens: 1n, outputTokens: 1n };
  return { kind: 'repeated_prompt', basis: 'measured', ...call, ...amounts };
}

function found(spends: readonly string[], savings: readonly string[]): readonly string[] {
  const known = spends.map(amountOf).filter((one) => one !== 'unpriced');
  const amounts = known.map(({ value, currency }) => ({ amount: value, currency }));
  return findingsOf(savings.map(opportunity), amounts).map(({ saving }) => `${saving.amount} ${saving.currency}`);
}

const eleven = Array.from({ length: 11 }, (_, index) => `${index + 1} USD`);
/** What was spent, what could be saved, and what of it is reported. */
const REPORTED: Readonly<Record<string, readonly [readonly string[], readonly string[], readonly string[]]>> = {
  'exactly one hundredth of the spend': [['100 USD'], ['1 USD'], ['1 USD']],
  'not what is just below one hundredth': [['100 USD'], ['0.999999999999 USD'], []],
  'the largest first': [['100 USD'], ['2 USD', '3 USD', '1.5 USD'], ['3 USD', '2 USD', '1.5 USD']],
  'what is enough of the spend in its own currency': [
    ['100 USD', '9000 EUR'],
    ['89 EUR', '1 USD', '90 EUR'],
    ['90 EUR', '1 USD'],
  ],
  'not what saves nothing': [['0 USD'], ['0 USD'], []],
  'any saving of a spend that nobody knows': [[], ['0.005 USD'], ['0.005 USD']],
  'not what would be written as 0.00': [['0.1 USD'], ['0.004999999999 USD', '0.005 USD'], ['0.005 USD']],
  'not a saving that nobody knows': [['100 USD'], ['unpriced', '5 USD'], ['5 USD']],
  'ten at most': [['90 USD'], eleven, eleven.slice(1).reverse()],
};

describe('savings that are reported', () => {
  test('AG-03 of equal savings what is measured comes first', () => {
    const estimated = { ...opportunity('5 USD'), kind: 'batchable' as const, basis: 'estimated' as const };
    const equals = [estimated, { ...estimated, feature: 'search' }, opportunity('5 USD'), opportunity('6 USD')];
    deepEqual(
      findingsOf(equals, []).map(({ saving, basis, feature }) => [saving.amount, basis, feature]),
      [
        ['6', 'measured', 'chat'],
        ['5', 'measured', 'chat'],
        ['5', 'estimated', 'chat'],
        ['5', 'estimated', 'search'],
      ],
    );
  });

  test('AG-03 what is summed beyond the largest features is told as other features', () => {
    const [found] = findingsOf([{ ...opportunity('5 USD'), feature: '', rest: true as const, smaller: 'small' }], []);
    deepEqual(found, {
      rule: 'repeated_prompt',
      provider: 'openai',
      model: 'large',
      feature: 'other features',
      calls: 1,
      spend: { amount: '5', currency: 'USD' },
      saving: { amount: '5', currency: 'USD' },
      basis: 'measured',
      smaller: 'small',
    });
    deepEqual('smaller' in (findingsOf([opportunity('5 USD')], [])[0] ?? {}), false);
  });

  for (const [what, [spends, savings, reported]] of Object.entries(REPORTED)) {
    test(`AG-03 ${what}`, () => deepEqual(found(spends, savings), reported));
  }

  test('AG-03 of any possible savings: largest first, ten at most, none below one hundredth', () => {
    const value = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), value, (savings, spend) => {
        const reported = found([decimal(spend)], savings.map(decimal)).map((one) => picos(one.slice(0, -4)));
        const worth = savings
          .filter((one) => one >= 5_000_000_000n && one * 100n >= spend)
          .sort((a, b) => (a < b ? 1 : -1));
        deepEqual(reported, worth.slice(0, 10));
      }),
      { numRuns: 200 },
    );
  });
});

function decimal(value: bigint): string {
  const digits = value.toString().padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)} USD`;
}
