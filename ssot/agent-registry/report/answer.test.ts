import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CostRow } from '../../analytics';
import { answerOf, type Answer, type AnswerRequest, type PeriodRead } from './answer';
import { answerLines } from './text/answer-text';

const JULY = { from: '2026-07-01T00:00:00.000Z', to: '2026-08-01T00:00:00.000Z' };

type Key = Partial<Record<'model' | 'feature' | 'day' | 'hour', string>>;
function cost(key: Key, calls: number, tokens: bigint, spend: string | null, currency = 'USD'): CostRow {
  const amount = spend === null ? 'unpriced' : { value: spend, currency };
  return { ...key, calls, inputTokens: tokens, cachedInputTokens: tokens / 4n, outputTokens: tokens / 2n, amount };
}

const BY_MODEL: PeriodRead = {
  costs: [
    cost({ model: 'large' }, 1_200, 4_000n, '90.005'),
    cost({ model: 'small' }, 3_000, 400n, '9.5'),
    cost({ model: 'own' }, 5, 40n, null),
    cost({ model: 'moyen' }, 7, 80n, '100', 'EUR'),
    cost({ model: 'large' }, 1, 4n, null),
  ],
  performance: {
    rows: [
      { model: 'small', calls: 3_000, failed: 30, medianMs: 700, p95Ms: 900 },
      { model: 'moyen', calls: 7, failed: 3, medianMs: 800, p95Ms: 810 },
      { model: 'own', calls: 5, failed: 1, medianMs: 90, p95Ms: 5_000 },
    ],
    all: { calls: 4_213, failed: 34, medianMs: 695, p95Ms: 950 },
  },
};

function read(request: Partial<AnswerRequest>, now: PeriodRead, before?: PeriodRead): Answer {
  return answerOf({ measures: ['spend'], by: ['model'], ...request }, now, before && { ...JULY, read: before });
}

const namesIn = ({ rows }: Answer): string => rows.map(({ keys }) => keys.join('/')).join(' ');

describe('the rows that were asked for', () => {
  const orders: readonly (readonly [string, Partial<AnswerRequest>, string])[] = [
    ['money, whatever the currency, by its amount', {}, 'moyen large small own'],
    ['tokens', { measures: ['tokens'] }, 'large small moyen own'],
    ['calls', { measures: ['calls'] }, 'small large moyen own'],
    ['the least', { measures: ['calls'], ranking: { order: 'least' } }, 'own moyen large small'],
    [
      'the cheapest, behind which stands what nobody knows the price of',
      { ranking: { order: 'least' } },
      'small large moyen own',
    ],
    ['slowness, by half of the calls', { measures: ['latency'] }, 'moyen small own large'],
    ['failures', { measures: ['failures'] }, 'small moyen own large'],
    ['as many as were asked for', { measures: ['calls'], ranking: { order: 'most', count: 2 } }, 'small large'],
  ];
  for (const [name, request, names] of orders) {
    test(`AG-16 rows stand in the order of what was asked for: ${name}`, () =>
      equal(namesIn(read(request, BY_MODEL)), names));
  }

  test('AG-16 tokens that were written count like those that were read', () => {
    const row = (model: string, inputTokens: bigint, outputTokens: bigint): CostRow => ({
      ...cost({ model }, 1, 0n, '1'),
      inputTokens,
      outputTokens,
    });
    const costs = [row('reads', 100n, 0n), row('talks', 1n, 100n)];
    equal(namesIn(read({ measures: ['tokens'] }, { costs })), 'talks reads');
  });

  test('AG-16 equal rows stand in the order of their names, and what has no name among the others', () => {
    const costs = [cost({ model: 'b' }, 1, 1n, '1'), cost({}, 1, 1n, '1'), cost({ model: 'a' }, 1, 1n, '1')];
    equal(namesIn(read({}, { costs })), 'a b others');
    equal(namesIn(read({ by: ['hour'] }, { costs })), 'others');
  });

  test('AG-16 times stand in their order, unless the largest was asked for', () => {
    const days = { costs: ['03', '01', '02'].map((day, at) => cost({ day: `2026-08-${day}` }, 1, 1n, `${at + 1}`)) };
    equal(namesIn(read({ by: ['day'] }, days)), '2026-08-01 2026-08-02 2026-08-03');
    equal(namesIn(read({ by: ['day'], ranking: { order: 'most' } }, days)), '2026-08-02 2026-08-01 2026-08-03');
  });

  test('AG-16 by time and something else, times come first, and of one time the names in their order', () => {
    const keys = [
      ['small', '02'],
      ['large', '02'],
      ['small', '01'],
    ] as const;
    const costs = keys.map(([model, day]) => cost({ model, day: `2026-08-${day}` }, 1, 1n, '1'));
    equal(namesIn(read({ by: ['model', 'day'] }, { costs })), 'small/2026-08-01 large/2026-08-02 small/2026-08-02');
    const many = {
      costs: Array.from({ length: 40 }, (_, at) => cost({ model: 'a', day: `day ${10 + at}` }, 1, 1n, '1')),
    };
    equal(read({ by: ['model', 'day'] }, many).rows.length, 31);
  });

  test('AG-16 hours are written as people write them, with the offset where it is not that of UTC', () => {
    const hours = {
      costs: ['2026-08-01T14:00+0000', '2026-08-01T14:00+0530'].map((hour) => cost({ hour }, 1, 1n, '1')),
    };
    equal(namesIn(read({ by: ['hour'] }, hours)), '2026-08-01 14:00 2026-08-01 14:00 +0530');
  });

  test('AG-16 twenty rows are shown, a month of days, and all are counted', () => {
    const many = { costs: Array.from({ length: 40 }, (_, at) => cost({ model: `m${at}` }, 1, 1n, '1')) };
    const shown = read({}, many);
    deepEqual([shown.rows.length, shown.of, shown.total.calls], [20, 40, 40]);
    equal(read({ ranking: { order: 'most', count: 100 } }, many).rows.length, 31);
    const days = { costs: Array.from({ length: 40 }, (_, at) => cost({ day: `day ${10 + at}` }, 1, 1n, '1')) };
    equal(read({ by: ['day'] }, days).rows.length, 31);
  });

  test('AG-16 currencies are never added, and calls without a price are in no amount', () => {
    const { total, rows } = read({}, BY_MODEL);
    deepEqual(total.spends, [
      { amount: '100.000000000000', currency: 'EUR' },
      { amount: '99.505000000000', currency: 'USD' },
    ]);
    deepEqual([total.calls, total.unpricedCalls], [4_213, 6]);
    deepEqual(rows[1]?.now.spends, [{ amount: '90.005000000000', currency: 'USD' }]);
    equal(rows[1]?.now.unpricedCalls, 1);
  });

  test('AG-16 tokens are exact beyond what numbers hold', () => {
    const huge = { costs: [cost({ model: 'a' }, 1, 2n ** 60n, '1'), cost({ model: 'a' }, 1, 1n, '1')] };
    equal(read({ measures: ['tokens'] }, huge).rows[0]?.now.inputTokens, String(2n ** 60n + 1n));
  });

  test('AG-16 a question without a breakdown is answered by its total alone', () => {
    const all = read({ by: [], measures: ['calls'] }, BY_MODEL);
    deepEqual([all.rows, all.of, all.total.calls], [[], 0, 4_213]);
  });
});

describe('the answer in sentences', () => {
  test('AG-16 rows, and how many of them', () => {
    const lines = answerLines(read({ ranking: { order: 'most', count: 2 } }, BY_MODEL), 'UTC');
    deepEqual(lines, [
      'Spend by model:',
      'moyen: 100.00 EUR for 7 calls.',
      'large: 90.01 USD and an unknown amount for 1,201 calls.',
      'These are 2 of 4.',
    ]);
  });

  test('AG-16 calls alone are counted', () => {
    deepEqual(answerLines(read({ measures: ['calls'], ranking: { order: 'most', count: 2 } }, BY_MODEL), 'UTC'), [
      'Calls by model:',
      'small: 3,000 calls.',
      'large: 1,201 calls.',
      'These are 2 of 4.',
    ]);
    deepEqual(answerLines(read({ measures: ['calls'], by: [] }, BY_MODEL), 'UTC'), ['4,213 calls.']);
  });

  const before: PeriodRead = {
    costs: [cost({ model: 'large' }, 1_000, 4_000n, '80'), cost({ model: 'small' }, 1, 1n, '9.5')],
  };
  test('AG-16 a comparison names the other period, and each row says what changed', () => {
    const now = {
      costs: [
        cost({ model: 'large' }, 1_200, 4_000n, '90'),
        cost({ model: 'small' }, 1, 1n, '9.5'),
        cost({ model: 'new' }, 2, 2n, '1'),
      ],
    };
    deepEqual(answerLines(read({}, now, before), 'UTC'), [
      'Spend by model:',
      'large: 90.00 USD for 1,200 calls, 12.5 % more.',
      'small: 9.50 USD for 1 call, the same.',
      'new: 1.00 USD for 2 calls, new.',
      'From 2026-07-01 to 2026-07-31 it was 89.50 USD for 1,001 calls: 12.3 % more now.',
    ]);
  });

  const changes: readonly (readonly [string, string, string, string])[] = [
    ['less', '50', '80', '37.5 % less now.'],
    ['half a tenth is rounded up', '100.05', '100', '0.1 % more now.'],
    ['nothing before', '5', '0', 'none before now.'],
  ];
  for (const [name, current, earlier, words] of changes) {
    test(`AG-16 what changed: ${name}`, () => {
      const lines = answerLines(
        read({ by: [] }, { costs: [cost({}, 1, 1n, current)] }, { costs: [cost({}, 1, 1n, earlier)] }),
        'UTC',
      );
      equal(lines.at(-1)?.split(': ')[1], words);
    });
  }

  test('AG-16 amounts of a currency are compared with those of the same', () => {
    const [now, then] = [
      { costs: [cost({}, 1, 1n, '100', 'EUR'), cost({}, 1, 1n, '30')] },
      { costs: [cost({}, 1, 1n, '300'), cost({}, 1, 1n, '80', 'EUR')] },
    ];
    deepEqual(answerLines(read({ by: [] }, now, then), 'UTC'), [
      '100.00 EUR and 30.00 USD for 2 calls.',
      'From 2026-07-01 to 2026-07-31 it was 300.00 USD and 80.00 EUR for 2 calls: 25.0 % more now.',
    ]);
    deepEqual(answerLines(read({ by: [] }, { costs: [] }, then), 'UTC'), [
      'nothing for 0 calls.',
      'From 2026-07-01 to 2026-07-31 it was 300.00 USD and 80.00 EUR for 2 calls: 100.0 % less now.',
    ]);
    deepEqual(answerLines(read({ by: [] }, { costs: [cost({}, 2, 1n, null)] }, { costs: [] }), 'UTC'), [
      'an unknown amount for 2 calls.',
      'From 2026-07-01 to 2026-07-31 it was nothing for 0 calls: the same now.',
    ]);
  });

  test('AG-16 ten rows are told at most, and of how many', () => {
    const many = { costs: Array.from({ length: 12 }, (_, at) => cost({ model: `m${10 + at}` }, 1, 1n, '1')) };
    const lines = answerLines(read({}, many), 'UTC');
    deepEqual([lines.length, lines[10], lines[11]], [12, 'm19: 1.00 USD for 1 call.', 'These are 10 of 12.']);
    const ten = { costs: many.costs.slice(0, 10) };
    equal(answerLines(read({}, ten), 'UTC').length, 11);
  });

  test('AG-16 rows by two things tell everything that was asked for, and what is not known', () => {
    const costs = [
      cost({ model: 'large', feature: 'chat' }, 4, 8n, '1'),
      cost({ model: 'own', feature: 'chat' }, 1, 4n, '1'),
    ];
    const rows = [{ model: 'large', feature: 'chat', calls: 4, failed: 1, medianMs: 90, p95Ms: 95 }];
    const now = { costs, performance: { rows, all: undefined } };
    const told = (measures: AnswerRequest['measures']) =>
      answerLines(read({ by: ['model', 'feature'], measures }, now), 'UTC');
    deepEqual(told(['latency', 'failures']), [
      'Response times and Failed calls by model and feature:',
      'large, chat: half of 4 calls took up to 90 ms, 95 of 100 up to 95 ms; 1 call of 4 failed (25.0 %).',
      'own, chat: no times are known; 0 calls of 1 failed (0.0 %).',
    ]);
    deepEqual(told(['tokens', 'calls']), [
      'Tokens and Calls by model and feature:',
      'large, chat: 8 input tokens (2 of them cached) and 4 output tokens; 4 calls.',
      'own, chat: 4 input tokens (1 of them cached) and 2 output tokens; 1 call.',
    ]);
    deepEqual(answerLines(read({ by: [], measures: ['failures'] }, { costs: [] }), 'UTC'), [
      '0 calls of 0 failed (0.0 %).',
    ]);
  });

  test('AG-16 times and failures', () => {
    const went = { calls: 1_000, failed: 25, medianMs: 1_250, p95Ms: 4_000 };
    const now = { costs: [cost({}, 1_000, 1n, '1')], performance: { rows: [], all: went } };
    deepEqual(answerLines(read({ by: [], measures: ['failures', 'latency'] }, now), 'UTC'), [
      '25 calls of 1,000 failed (2.5 %); half of 1,000 calls took up to 1,250 ms, 95 of 100 up to 4,000 ms.',
    ]);
  });

  test('AG-16 tokens', () => {
    deepEqual(answerLines(read({ by: [], measures: ['tokens'] }, { costs: [cost({}, 1, 4_000n, '1')] }), 'UTC'), [
      '4,000 input tokens (1,000 of them cached) and 2,000 output tokens.',
    ]);
  });
});
