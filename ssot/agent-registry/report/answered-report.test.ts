import { deepEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Analyst } from '../../../support/module-tests/agent-registry/analyse';
import { RecordedUsage } from '../../../support/module-tests/agent-registry/recorded-usage';

function analyst(): Analyst {
  const usage = new RecordedUsage().record(1_500, 7, [
    { provider: 'openai', model: 'large', calls: '1,200', spend: '1,090 USD' },
    { provider: 'mistral', model: 'password=hunter2', calls: '300', spend: '10 USD' },
  ]);
  usage.went = {
    rows: [{ model: 'large', calls: 1_200, failed: 30, medianMs: 900, p95Ms: 1_900 }],
    all: [{ calls: 1_500, failed: 30, medianMs: 800, p95Ms: 1_800 }],
  };
  const one = new Analyst(usage);
  one.timeZone = 'Europe/Berlin';
  one.colleagues.set('user_mia', 'Mia');
  return one;
}

const figures = (
  calls: number,
  spend: string,
  tokens: number,
  times?: [failed: number, median: number, p95: number],
) => ({
  ...{ calls, inputTokens: `${tokens}`, cachedInputTokens: '0', outputTokens: `${tokens}`, unpricedCalls: 0 },
  spends: [{ amount: `${spend}.000000000000`, currency: 'USD' }],
  ...(times && { performance: { failed: times[0], medianMs: times[1], p95Ms: times[2] } }),
});
const LARGE = figures(1_200, '1090', 1, [30, 900, 1_900]);
const HIDDEN = figures(300, '10', 1);
const TOTAL = figures(1_500, '1100', 2, [30, 800, 1_800]);

describe('a report that answers a question', () => {
  test('AG-16 holds its figures, what they cover and what they are compared with', async () => {
    const question = "How slow were OpenAI's calls of Mia by model yesterday, compared with the day before?";
    deepEqual(await analyst().report(question), {
      question,
      period: { from: '2025-09-08T22:00:00.000Z', to: '2025-09-09T22:00:00.000Z', timeZone: 'Europe/Berlin' },
      covers: {
        ...{ models: [], providers: ['openai'], features: [], people: ['Mia'], carriedOver: [] },
        words: 'only provider openai and calls of Mia',
      },
      measures: ['latency'],
      answer: {
        measures: ['latency'],
        by: ['model'],
        rows: [
          { keys: ['large'], now: LARGE, before: LARGE },
          { keys: ['password=[hidden]'], now: HIDDEN, before: HIDDEN },
        ],
        of: 2,
        total: TOTAL,
        before: { from: '2025-09-07T22:00:00.000Z', to: '2025-09-08T22:00:00.000Z', total: TOTAL },
      },
      verdict: 'sufficient',
      preliminary: false,
      calls: 1_500,
      spend: { amount: '1100.000000000000', currency: 'USD' },
      ...{ spendInOtherCurrencies: [], savings: null, findings: [], actions: [], unpriced: [], missing: [] },
      byModel: [
        { provider: 'openai', model: 'large', calls: 1_200, spend: { amount: '1090', currency: 'USD' } },
        { provider: 'mistral', model: 'password=[hidden]', calls: 300, spend: { amount: '10', currency: 'USD' } },
      ],
      notes: ['Names that look like passwords or keys are hidden; report those features and models under other names.'],
      suggestions: [],
      prices: 'list-1',
      text: [
        'From 2025-09-09 to 2025-09-09 (days of Europe/Berlin), only provider openai and calls of Mia, 1,500 calls cost 1,100.00 USD.',
        'Response times by model:',
        'large: half of 1,200 calls took up to 900 ms, 95 of 100 up to 1,900 ms, the same.',
        'password=[hidden] no times are known, the same.',
        'From 2025-09-08 to 2025-09-08 it was half of 1,500 calls took up to 800 ms, 95 of 100 up to 1,800 ms: the same now.',
      ].join('\n'),
      wordedBy: 'rules',
    });
  });

  for (const [question, thought, readings] of [
    ['What did it cost?', undefined, ['cost by provider and model']],
    ['Tokens', 'tokens', ['cost by provider and model', 'cost by ']],
    [
      'More than before?',
      'spend, compared with 2025-07-12 11:00 to 2025-08-11 11:00',
      ['cost by provider and model', 'cost by ', 'cost by '],
    ],
    ['Cost and tokens', 'spend and tokens', ['cost by provider and model', 'cost by ']],
    ['Spend by model', 'spend by model', ['cost by provider and model', 'cost by model']],
    [
      'Failures by model and day, compared with the day before, yesterday',
      'failures by model and day, compared with 2025-09-08 to 2025-09-08',
      [
        'cost by provider and model',
        ...['cost by model and day', 'performance by model and day', 'performance by '],
        ...['cost by model and day', 'performance by model and day', 'performance by '],
      ],
    ],
    ['Response times', 'latency', ['cost by provider and model', 'cost by ', 'performance by ']],
    [
      'Calls, more than before?',
      'calls, compared with 2025-07-12 11:00 to 2025-08-11 11:00',
      ['cost by provider and model', 'cost by ', 'cost by '],
    ],
  ] as const) {
    test(`AG-16 is worked out in plain sight from what it needs, and nothing else is read: ${question}`, async () => {
      const one = analyst();
      await one.report(question);
      const said = one.thoughts.filter((thought) => thought.startsWith('Working out '));
      deepEqual(said, thought === undefined ? [] : [`Working out ${thought}.`]);
      const read = one.usage.asked.map(({ what }) => what).filter((what) => /^(?:cost|performance)/.test(what));
      deepEqual(read, readings);
    });
  }

  test('AG-16 savings are told where money as a whole or savings were asked for', async () => {
    for (const [question, isTold] of [
      ['What did it cost?', true],
      ['What can we save by model?', true],
      ['Spend by model', false],
      ['Tokens', false],
    ] as const) {
      const one = analyst();
      one.usage.offer([
        { kind: 'batchable', model: 'large', feature: 'digest', calls: '90', spend: '100 USD', saving: '50 USD' },
      ]);
      const { text, savings } = await one.report(question);
      deepEqual([text.includes('50.00 USD could be saved.'), savings?.amount], [isTold, '50.000000000000'], question);
    }
  });
});
