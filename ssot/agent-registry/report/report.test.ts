import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Analyst } from '../../../support/module-tests/agent-registry/analyse';
import { RecordedUsage } from '../../../support/module-tests/agent-registry/recorded-usage';
import { reportLines } from '../../../support/module-tests/agent-registry/transcript';

const QUESTION = 'Where does our money go?';
const PERIOD = '2025-08-11T09:00:00.000Z to 2025-09-10T09:00:00.000Z';

/** One call of so much, on one day. */
function oneCall(spend: string, model = 'large', provider = 'openai'): RecordedUsage {
  return new RecordedUsage().record(1, 1, [{ provider, model, calls: '1', spend }]);
}

function fiveSavings(): RecordedUsage {
  return new RecordedUsage()
    .record(1_500, 7, [
      { provider: 'openai', model: 'large', calls: '1,200', spend: '1,090 USD' },
      { provider: 'openai', model: 'small', calls: '300', spend: '910.005 USD' },
    ])
    .offer([
      { kind: 'repeated_prompt', model: 'small', feature: 'search', calls: '20', spend: '30 USD', saving: '30 USD' },
      {
        kind: 'small_call_on_large_model',
        model: 'large',
        feature: 'chat',
        calls: '400',
        spend: '400 USD',
        saving: '300 USD',
        smaller: 'small',
      },
      { kind: 'batchable', model: 'large', feature: 'digest', calls: '90', spend: '100 USD', saving: '50 USD' },
      { kind: 'cacheable_opening', model: 'large', feature: 'chat', calls: '80', spend: '90 USD', saving: '60 USD' },
      { kind: 'failed_or_superseded', model: 'large', feature: 'chat', calls: '1', spend: '40 USD', saving: '40 USD' },
    ]);
}

describe('a report', () => {
  test('AG-01 holds each figure of each finding, and an order of work', async () => {
    const analyst = new Analyst(fiveSavings());
    const report = await analyst.report('How can we cut our AI spending?');
    deepEqual([report.notes, report.suggestions], [[], []]);
    deepEqual(reportLines(report), [
      'question: How can we cut our AI spending?',
      `period: ${PERIOD}`,
      'data: sufficient',
      'calls: 1500',
      'spend: 2000.005 USD',
      'savings: 480 USD',
      'found: small_call_on_large_model, 400 calls of chat to openai large (small would do), 400 USD, saves 300 USD, estimated',
      'found: cacheable_opening, 80 calls of chat to openai large, 90 USD, saves 60 USD, estimated',
      'found: batchable, 90 calls of digest to openai large, 100 USD, saves 50 USD, estimated',
      'found: failed_or_superseded, 1 calls of chat to openai large, 40 USD, saves 40 USD, measured',
      'found: repeated_prompt, 20 calls of search to openai small, 30 USD, saves 30 USD, measured',
      'model: openai large, 1200 calls, 1090 USD',
      'model: openai small, 300 calls, 910.005 USD',
      'action 1: Send the small calls of chat to small instead of large. (small_call_on_large_model, 300 USD)',
      'action 2: Let large cache the opening that the calls of chat share. (cacheable_opening, 60 USD)',
      'action 3: Send the background calls of digest to large as batches. (batchable, 50 USD)',
      'action 4: Stop paying for failed and superseded calls of chat to large. (failed_or_superseded, 40 USD)',
      'action 5: Keep answers of search to prompts that small was given before. (repeated_prompt, 30 USD)',
      'prices: list-1',
    ]);
    deepEqual(analyst.thoughts, [
      'Looking for usage from 2025-08-11 09:00 to 2025-09-10 09:00 UTC.',
      '1,500 calls on 7 days: the data is judged sufficient.',
      'Adding up calls and cost by provider and model.',
      '1,500 calls to 2 models cost 2,000.01 USD by the list list-1.',
      'Looking for failed, repeated, batchable, cacheable and oversized calls.',
      '5 savings found; the largest is 300.00 USD (small call on large model).',
      'First of 5 actions: Send the small calls of chat to small instead of large.',
      'Writing the report: 5 findings, 480.00 USD to save.',
    ]);
  });

  test('AG-13 shows no name that looks like a secret, in no figure and no sentence, and says so', async () => {
    const recorded = oneCall('5 USD').offer([
      { kind: 'batchable', model: 'large', feature: 'password=hunter2', calls: '9', spend: '4 USD', saving: '2 USD' },
    ]);
    const report = await new Analyst(recorded).report(`${QUESTION} token=hunter2`);
    equal(JSON.stringify(report).includes('hunter2'), false);
    equal(report.findings[0]?.feature, 'password=[hidden]');
    equal(
      report.notes.at(-1),
      'Names that look like passwords or keys are hidden; report those features and models under other names.',
    );
  });

  test('AG-04 is complete in sentences without a language model', async () => {
    const { text, wordedBy } = await new Analyst(
      new RecordedUsage()
        .record(1_500, 7, [
          { provider: 'openai', model: 'large', calls: '1,200', spend: '1,090 USD' },
          { provider: 'openai', model: 'small', calls: '300', spend: '910.005 USD' },
        ])
        .offer([
          {
            kind: 'small_call_on_large_model',
            model: 'large',
            feature: 'chat',
            calls: '400',
            spend: '400 USD',
            saving: '300 USD',
            smaller: 'small',
          },
          {
            kind: 'repeated_prompt',
            model: 'small',
            feature: 'search',
            calls: '20',
            spend: '200 USD',
            saving: '180 USD',
          },
        ]),
    ).report('How can we cut our AI spending?');
    deepEqual(text.split('\n'), [
      'From 2025-08-11 09:00 to 2025-09-10 09:00 UTC, 1,500 calls cost 2,000.01 USD.',
      '480.00 USD could be saved.',
      '300.00 USD: small call on large model, 400 calls of chat to large.',
      '180.00 USD: repeated prompt, 20 calls of search to small.',
      '1. Send the small calls of chat to small instead of large.',
      '2. Keep answers of search to prompts that small was given before.',
    ]);
    equal(wordedBy, 'rules');
  });

  test('AG-02 a named model and feature narrow every reading, up to one cut-off, and thoughts say so', async () => {
    const analyst = new Analyst(new RecordedUsage().recordEnough());
    await analyst.report('What did model "large" cost for feature "chat" in the last 2 weeks?');
    const about = '2025-08-27T09:00:00.000Z to 2025-09-10T09:00:00.000Z {"model":["large"],"feature":["chat"]}';
    deepEqual(
      analyst.usage.asked.map((one) => [one.what, one.about]),
      [
        ['coverage', about],
        ['cost by provider and model', about],
        ['prices', ''],
        ['opportunities', about],
      ],
    );
    equal(new Set(analyst.usage.asked.flatMap(({ cut }) => cut ?? [])).size, 1);
    for (const thought of [
      'Looking for usage from 2025-08-27 09:00 to 2025-09-10 09:00 UTC, only model large and feature chat.',
      'Nothing saves as much as one hundredth of the spend.',
      'There is nothing to plan.',
      'Writing the report: 0 findings, no saving.',
    ]) {
      ok(analyst.thoughts.includes(thought), thought);
    }
  });

  test('AG-02 of the first week is preliminary and has no plan', async () => {
    const usage = oneCall('40 USD').offer([
      { kind: 'failed_or_superseded', model: 'large', feature: 'chat', calls: '1', spend: '40 USD', saving: '40 USD' },
    ]);
    const analyst = new Analyst(usage);
    const report = await analyst.report(QUESTION);
    deepEqual(reportLines(report), [
      `question: ${QUESTION}`,
      `period: ${PERIOD}`,
      'data: partial, preliminary',
      'calls: 1',
      'spend: 40 USD',
      'savings: 40 USD',
      'found: failed_or_superseded, 1 calls of chat to openai large, 40 USD, saves 40 USD, measured',
      'model: openai large, 1 calls, 40 USD',
      'missing: Usage is recorded for 1 of the 7 days a plan needs.',
      'missing: 1 calls are recorded; a plan needs 1000.',
      'prices: list-1',
    ]);
    deepEqual(report.text.split('\n'), [
      'From 2025-08-11 09:00 to 2025-09-10 09:00 UTC, 1 call cost 40.00 USD.',
      '40.00 USD could be saved.',
      '40.00 USD: failed or superseded, 1 call of chat to large.',
      'Usage is recorded for 1 of the 7 days a plan needs.',
      '1 calls are recorded; a plan needs 1000.',
    ]);
    for (const thought of [
      '1 call on 1 day: the data is judged partial.',
      '1 call to 1 model cost 40.00 USD by the list list-1.',
      '1 saving found; the largest is 40.00 USD (failed or superseded).',
      'Writing the report: 1 finding, 40.00 USD to save.',
    ]) {
      ok(analyst.thoughts.includes(thought), thought);
    }
  });

  for (const [what, calls, question, verdict, missing] of [
    [
      'no usage',
      0,
      'Where is our money?',
      'insufficient',
      'No usage is recorded for this period. Send your AI calls to POST /v1/usage, or ask about another period.',
    ],
    [
      'out of scope',
      9_000,
      'Will it rain tomorrow?',
      'out_of_scope',
      'Nothing about the use or the cost of AI was understood. Questions are read in English; ask for instance "How can we cut our AI spending?"',
    ],
  ] as const) {
    test(`AG-02 says what cannot be answered, and what can be done: ${what}`, async () => {
      const analyst = new Analyst(new RecordedUsage().record(calls, 30, []));
      const report = await analyst.report(question);
      deepEqual(reportLines(report), [
        `question: ${question}`,
        `period: ${PERIOD}`,
        `data: ${verdict}`,
        `calls: ${calls}`,
        'spend: unknown',
        'savings: unknown',
        `missing: ${missing}`,
        'prices: none',
      ]);
      equal(report.text, missing);
      ok(analyst.thoughts.includes(`Saying what is missing: ${missing}`));
    });
  }

  test('AG-03 never adds two currencies, and lists a model without a price instead of counting it as free', async () => {
    const usage = new RecordedUsage()
      .record(2_000, 20, [
        { provider: 'openai', model: 'large', calls: '900', spend: '0.000000000001 USD' },
        { provider: 'openai', model: 'large', calls: '100', spend: '0.000000000002 USD' },
        { provider: 'mistral', model: 'moyen', calls: '500', spend: '99999999999999999.99 EUR' },
        { provider: 'own', model: 'secret', calls: '499', spend: 'unpriced' },
        { provider: 'others', calls: '1', spend: 'unpriced' },
      ])
      .offer([
        {
          kind: 'repeated_prompt',
          model: 'moyen',
          feature: 'search',
          calls: '20',
          spend: '2000 EUR',
          saving: '1999999999999999.5 EUR',
        },
        {
          kind: 'repeated_prompt',
          model: 'large',
          feature: 'search',
          calls: '20',
          spend: '30 USD',
          saving: '0.005000000001 USD',
        },
        {
          kind: 'repeated_prompt',
          model: 'own',
          feature: 'search',
          calls: '20',
          spend: 'unpriced',
          saving: 'unpriced',
        },
      ]);
    const analyst = new Analyst(usage);
    const report = await analyst.report(QUESTION);
    deepEqual(reportLines(report), [
      `question: ${QUESTION}`,
      `period: ${PERIOD}`,
      'data: sufficient',
      'calls: 2000',
      'spend: 99999999999999999.99 EUR, 0.000000000003 USD',
      'savings: 1999999999999999.5 EUR',
      'found: repeated_prompt, 20 calls of search to openai moyen, 2000 EUR, saves 1999999999999999.5 EUR, measured',
      'found: repeated_prompt, 20 calls of search to openai large, 30 USD, saves 0.005000000001 USD, measured',
      'model: openai large, 900 calls, 0.000000000001 USD',
      'model: openai large, 100 calls, 0.000000000002 USD',
      'model: mistral moyen, 500 calls, 99999999999999999.99 EUR',
      'model: own secret, 499 calls, unknown',
      'model: others others, 1 calls, unknown',
      'without a price: secret',
      'without a price: others',
      'action 1: Keep answers of search to prompts that moyen was given before. (repeated_prompt, 1999999999999999.5 EUR)',
      'action 2: Keep answers of search to prompts that large was given before. (repeated_prompt, 0.005000000001 USD)',
      'prices: list-1',
    ]);
    deepEqual(report.text.split('\n'), [
      'From 2025-08-11 09:00 to 2025-09-10 09:00 UTC, 2,000 calls cost 99,999,999,999,999,999.99 EUR and 0.00 USD.',
      'Nobody knows what these models cost: secret, others.',
      '1,999,999,999,999,999.50 EUR could be saved.',
      '1,999,999,999,999,999.50 EUR: repeated prompt, 20 calls of search to moyen.',
      '0.01 USD: repeated prompt, 20 calls of search to large.',
      '1. Keep answers of search to prompts that moyen was given before.',
      '2. Keep answers of search to prompts that large was given before.',
    ]);
    ok(analyst.thoughts.includes('2,000 calls to 5 models cost 99,999,999,999,999,999.99 EUR by the list list-1.'));
  });

  test('AG-03 of usage whose price nobody knows gives an unknown amount', async () => {
    const analyst = new Analyst(
      new RecordedUsage().record(1_000, 7, [
        { provider: 'own', model: 'secret', calls: '999', spend: 'unpriced' },
        { provider: 'own', model: 'secret', calls: '1', spend: 'unpriced' },
      ]),
    );
    const { unpriced, spend, savings, text } = await analyst.report(QUESTION);
    deepEqual([unpriced, spend, savings], [['secret'], null, null]);
    deepEqual(text.split('\n'), [
      'From 2025-08-11 09:00 to 2025-09-10 09:00 UTC, 1,000 calls cost an unknown amount.',
      'Nobody knows what these models cost: secret.',
    ]);
    ok(analyst.thoughts.includes('1,000 calls to 2 models cost an unknown amount by the list list-1.'));
    ok(analyst.thoughts.includes('Writing the report: 0 findings, no saving.'));
  });

  for (const [what, spend, saving] of [
    ['an unknown spend', 'unpriced', '5 USD'],
    ['an unknown saving', '5 USD', 'unpriced'],
  ] as const) {
    test(`AG-03 leaves out a saving that cannot be told in money: ${what}`, async () => {
      const usage = oneCall('40 USD').offer([
        { kind: 'repeated_prompt', model: 'large', feature: 'chat', calls: '1', spend, saving },
      ]);
      deepEqual((await new Analyst(usage).report(QUESTION)).findings, []);
    });
  }

  test('AG-03 sums savings in the currency of the spend, and in no other', async () => {
    const saving = { kind: 'small_call_on_large_model', model: 'large', feature: 'chat', calls: '1', spend: '9 EUR' };
    for (const [spend, saved, savings] of [
      ['40 USD', '5 EUR', null],
      ['unpriced', '5 EUR', null],
      ['40 EUR', '5 EUR', { amount: '5.000000000000', currency: 'EUR' }],
    ] as const) {
      const report = await new Analyst(
        new RecordedUsage()
          .record(1_000, 7, [{ provider: 'openai', model: 'large', calls: '1,000', spend }])
          .offer([{ ...saving, saving: saved }]),
      ).report(QUESTION);
      deepEqual(report.savings, savings);
      equal(report.actions[0]?.action, 'Send the small calls of chat to a smaller model instead of large.');
    }
  });

  test('AG-03 lists currencies of equal spend in the order in which they were found', async () => {
    const usage = new RecordedUsage().record(2, 1, [
      { provider: 'mistral', model: 'moyen', calls: '1', spend: '5 EUR' },
      { provider: 'openai', model: 'large', calls: '1', spend: '5 USD' },
    ]);
    ok(reportLines(await new Analyst(usage).report(QUESTION)).includes('spend: 5 EUR, 5 USD'));
  });

  const manyModels = (count: number): RecordedUsage =>
    new RecordedUsage().record(
      count,
      1,
      Array.from({ length: count }, (_, at) => ({ provider: 'own', model: `m${at}`, calls: '1', spend: '1 USD' })),
    );

  test('AG-03 names 50 models at most, and counts the calls of all', async () => {
    const analyst = new Analyst(manyModels(51));
    const { byModel, calls } = await analyst.report(QUESTION);
    deepEqual([byModel.length, calls], [50, 51]);
    deepEqual(analyst.results.get('price_list'), { version: 'list-1', models: 2 });
  });

  for (const [length, repeated] of [
    [1_000, 1_000],
    [1_001, 1_001],
  ] as const) {
    test(`AG-13 repeats ${repeated === length && length > 1_000 ? 'a part' : 'all'} of a question of ${length} characters`, async () => {
      const { question } = await new Analyst(manyModels(51)).report('cost '.repeat(length).slice(0, length));
      deepEqual([question.length, question.endsWith('…')], [repeated, length > 1_000]);
    });
  }

  test('AG-13 keeps a secret in a name that a customer gave out of its sentences', async () => {
    const usage = oneCall('40 USD').offer([
      {
        kind: 'failed_or_superseded',
        model: 'large',
        feature: 'password=hunter2',
        calls: '1',
        spend: '40 USD',
        saving: '40 USD',
      },
    ]);
    const { text } = await new Analyst(usage).report(QUESTION);
    ok(text.includes('password=[hidden]') && !text.includes('hunter2'), text);
  });

  for (const [spend, shown] of [
    ['0 USD', '0.00 USD'],
    ['0.004999999999 USD', '0.00 USD'],
    ['0.005 USD', '0.01 USD'],
    ['0.05 USD', '0.05 USD'],
    ['999.995 USD', '1,000.00 USD'],
    ['1234567 USD', '1,234,567.00 USD'],
  ] as const) {
    test(`AG-03 rounds ${spend} half up to ${shown} in sentences, and never in figures`, async () => {
      const analyst = new Analyst(oneCall(spend));
      const report = await analyst.report(QUESTION);
      ok(analyst.thoughts.includes(`1 call to 1 model cost ${shown} by the list list-1.`));
      ok(report.text.includes(`1 call cost ${shown}.`));
      ok(reportLines(report).includes(`spend: ${spend}`));
    });
  }
});
