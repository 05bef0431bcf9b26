import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assess, routeAfter } from './sufficiency';

const NO_USAGE =
  'No usage is recorded for this period. Send your AI calls to POST /v1/usage, or ask about another period.';
const OUT_OF_SCOPE =
  'Nothing about the use or the cost of AI was understood. Questions are read in English; ask for instance "How can we cut our AI spending?"';

describe('whether the recorded usage carries an answer', () => {
  const rows: readonly (readonly [string, boolean, number, number, string, readonly string[]])[] = [
    ['no calls', true, 0, 0, 'insufficient', [NO_USAGE]],
    [
      'one call',
      true,
      1,
      1,
      'partial',
      ['Usage is recorded for 1 of the 7 days a plan needs.', '1 calls are recorded; a plan needs 1000.'],
    ],
    ['6 days', true, 5_000, 6, 'partial', ['Usage is recorded for 6 of the 7 days a plan needs.']],
    ['7 days with 999 calls', true, 999, 7, 'partial', ['999 calls are recorded; a plan needs 1000.']],
    ['7 days with 1,000 calls', true, 1_000, 7, 'sufficient', []],
    ['something else', false, 5_000, 30, 'out_of_scope', [OUT_OF_SCOPE]],
    ['something else, without usage', false, 0, 0, 'out_of_scope', [OUT_OF_SCOPE]],
  ];
  for (const [name, isInScope, calls, daysWithUse, verdict, missing] of rows) {
    test(`AG-02 coverage decides, and what is missing is told: ${name}`, () => {
      deepEqual(assess(isInScope, { calls, daysWithUse, first: null, last: null }), { verdict, missing });
    });
  }

  test('AG-02 the verdict decides who works on the question', () => {
    deepEqual(routeAfter('sufficient'), ['data', 'optimisation', 'action-planning', 'reporting']);
    deepEqual(routeAfter('partial'), ['data', 'optimisation', 'reporting']);
    equal(routeAfter('insufficient').join(), 'reporting');
    equal(routeAfter('out_of_scope').join(), 'reporting');
  });
});
