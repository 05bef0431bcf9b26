import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { conversationFilter, type ConversationFilter } from './conversation';
import { readQuestion, type QuestionReading } from './reading';

/** Thursday. */
const ASKING = { asOf: new Date('2026-09-10T09:00:00Z'), zone: 'UTC' };
const KNOWN = {
  models: ['gpt-4o', 'gpt-4o-mini', 'claude-3-5-sonnet', 'claude-3-haiku'],
  providers: ['openai', 'anthropic'],
  features: [],
  people: new Map<string, readonly string[]>(),
};

/** Questions as customers ask them, each with its reading, worked out by hand: `question => reading`. */
const TABLE = readFileSync(join(__dirname, 'readings.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' => ') as [string, string]);

describe('what a question is understood to ask', () => {
  test('AG-02 at least 200 questions are in the table, each once', () => {
    ok(TABLE.length >= 200);
    equal(new Set(TABLE.map(([question]) => question)).size, TABLE.length);
  });

  for (const [question, reading] of TABLE) {
    test(`AG-02 it is understood: ${question}`, () => equal(told(readQuestion(question, ASKING, KNOWN)), reading));
  }

  test('AG-02 any text is read, and always to a period that has not begun later than it ends', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'grapheme' }), (question) => {
        const { from, to, measures } = readQuestion(question, ASKING, KNOWN);
        ok(from <= to && measures.length > 0);
      }),
    );
  });

  test('AG-02 words of the table in any order are read in time', () => {
    const words = [...new Set(TABLE.flatMap(([question]) => question.split(' ')))];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (some) => {
        ok(readQuestion(some.join(' '), ASKING, KNOWN).notes.length < 20);
      }),
    );
  });

  const elsewhere = { asOf: new Date('2026-09-30T22:30:00Z'), zone: 'Europe/Berlin' };
  const zoned = [
    ['today', '2026-09-30T22:00..2026-09-30T22:30'],
    ['yesterday', '2026-09-29T22:00..2026-09-30T22:00'],
    ['last month', '2026-08-31T22:00..2026-09-30T22:00'],
    ['in March', '2026-02-28T23:00..2026-03-31T22:00'],
    ['on 28 March', '2026-03-27T23:00..2026-03-28T23:00'],
    ['2026-03-28 to 2026-03-29', '2026-03-27T23:00..2026-03-29T22:00'],
    ['on Wednesday', '2026-09-29T22:00..2026-09-30T22:00'],
    ['the last 7 days', '2026-09-23T22:30..2026-09-30T22:30'],
  ] as const;
  for (const [period, span] of zoned) {
    test(`AG-02 calendar periods are those of the asker's time zone, change of clocks included: ${period}`, () => {
      equal(told(readQuestion(`Spend ${period}`, elsewhere, KNOWN)), `spend | ${span}`);
    });
  }

  const midnight = { asOf: new Date('2026-09-10T00:00:00Z'), zone: 'UTC' };
  for (const [question, reading] of [
    ['Spend yesterday', 'spend | 2026-09-09..2026-09-10'],
    ['More than yesterday?', 'spend | 2026-09-10..2026-09-11 | against 2026-09-09..2026-09-10'],
    ['Spend today', 'spend | 2026-08-11..2026-09-10 | ! "today" lies ahead: answers are about usage that is recorded.'],
  ] as const) {
    test(`AG-02 a day begins at the stroke of midnight: ${question}`, () => {
      equal(told(readQuestion(question, midnight, KNOWN)), reading);
    });
  }

  const months = Array.from({ length: 12 }, (_, index) => new Date(Date.UTC(2025, index)));
  for (const month of months) {
    const name = month.toLocaleString('en-US', { month: 'long', timeZone: 'UTC' });
    const next = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));
    test(`AG-02 a month is known by its whole and its short name, and without a year it is the latest: ${name}`, () => {
      const latest = month.getUTCMonth() > 8 ? month : new Date(Date.UTC(2026, month.getUTCMonth()));
      const end = next(latest) > ASKING.asOf ? ASKING.asOf : next(latest);
      for (const called of [name, name.slice(0, 3)]) {
        equal(
          told(readQuestion(`Spend in ${called} 2025`, ASKING, KNOWN)),
          `spend | ${spanOf(month.toISOString(), next(month).toISOString())}`,
        );
        equal(
          told(readQuestion(`Spend in ${called}`, ASKING, KNOWN)),
          `spend | ${spanOf(latest.toISOString(), end.toISOString())}`,
        );
      }
    });
  }

  const features = ['chat', 'live chat', 'Batch_jobs', 'c++ help'];
  for (const [question, reading] of [
    ['Cost of live chat', 'spend | usual | feature live chat'],
    ['Cost of chat', 'spend | usual | feature chat'],
    ['Live-chat and chat', 'spend | by feature | usual | feature live chat | feature chat'],
    ['Calls of batch jobs', 'calls | usual | feature Batch_jobs'],
    ['Cost of C++ help', 'spend | usual | feature c++ help'],
    ['Chats?', 'out of scope'],
  ] as const) {
    test(`AG-02 a feature of the company's own is known by its whole name: ${question}`, () => {
      equal(told(readQuestion(question, ASKING, { ...KNOWN, features })), reading);
    });
  }
});

describe('colleagues', () => {
  const people = new Map([
    ['ravi', ['user_1', 'user_2']],
    ['ravi Özil', ['user_2']],
    ['Özil', ['user_2']],
    ['mia', ['user_3']],
  ]);
  for (const [question, reading] of [
    ['How much did Mia spend?', 'spend | usual | person user_3'],
    ["Mia's tokens last month", 'tokens | 2026-08-01..2026-09-01 | person user_3'],
    ['Compare Mia and Ravi Özil', 'spend | by person | usual | person user_2 | person user_3'],
    ['What did Ravi cost?', 'spend | by person | usual | person user_1 | person user_2'],
    ['Which models does MIA use?', 'calls | by model | usual | person user_3'],
    ['Hello Mia, what did we spend?', 'spend | usual | ! Not taken into account: "mia".'],
    ['Spend of all people', 'spend | usual'],
    ['Spend across all users', 'spend | by person | usual'],
    ['Spend of all users by model', 'spend | by model | usual'],
    ['All users by cost', 'spend | by person | usual'],
    ['Cost of özil', 'spend | usual | person user_2'],
  ] as const) {
    test(`AG-02 a question is narrowed to people by their names: ${question}`, () => {
      equal(told(readQuestion(question, ASKING, { ...KNOWN, people })), reading);
    });
  }

  const settled: ConversationFilter = { people: ['user_3'], measures: ['spend'] };
  for (const [then, reading] of [
    ['And last month?', 'spend | 2026-08-01..2026-09-01 | person user_3 | kept people, measures'],
    ['And for everybody?', 'spend | usual | kept measures'],
    ['Everyone again', 'spend | usual | kept measures'],
    ['And how much did I spend?', 'spend | usual | own'],
    ['And Ravi Özil?', 'spend | usual | person user_2 | kept measures'],
  ] as const) {
    test(`AG-15 a thread is about people until it says otherwise: ${then}`, () => {
      equal(told(readQuestion(then, ASKING, { ...KNOWN, people }, settled)), reading);
    });
  }
});

describe('what a follow-up keeps', () => {
  const rows: readonly (readonly [first: string, then: string, reading: string])[] = [
    ['Cost of the last 7 days?', 'What can we save?', 'savings | 2026-09-03T09:00..2026-09-10T09:00 | kept period'],
    ['Cost 2026-09-01 to 2026-09-03?', 'What can we save?', 'savings | 2026-09-01..2026-09-04 | kept period'],
    ['Cost of the last 7 days?', 'And in the last month?', 'spend | usual | kept measures'],
    ['Cost of model "large"?', 'What can we save?', 'savings | usual | model large | kept models'],
    ['Cost of model "large"?', 'And of model "small"?', 'spend | usual | model small | kept measures'],
    [
      'Cost of feature "chat"?',
      'And in the last 7 days?',
      'spend | 2026-09-03T09:00..2026-09-10T09:00 | feature chat | kept features, measures',
    ],
    ['Cost of model "large"?', 'And of all models?', 'spend | usual | kept measures'],
    ['Cost of feature "chat", model "a"?', 'And of ALL  features?', 'spend | usual | model a | kept models, measures'],
    ['Cost of model "large"?', 'What do overall models cost?', 'spend | usual | model large | kept models'],
    ['Cost of OpenAI', 'And all providers?', 'spend | usual | kept measures'],
    ['Where does our money go?', 'What can we save?', 'savings | usual'],
    [
      'Tokens by model last week',
      'and by feature?',
      'tokens | by feature | 2026-08-31..2026-09-07 | kept period, measures',
    ],
    ['Tokens by model last week', 'And yesterday?', 'tokens | by model | 2026-09-09..2026-09-10 | kept measures, by'],
    ['Tokens by model last week', 'What did it cost?', 'spend | 2026-08-31..2026-09-07 | kept period'],
    [
      'Cost of OpenAI',
      'And last month?',
      'spend | 2026-08-01..2026-09-01 | provider openai | kept providers, measures',
    ],
    [
      'Cost of feature "chat" by model',
      'And of feature "search"?',
      'spend | by model | usual | feature search | kept measures, by',
    ],
    ['Cost by day', 'Of models "a" and "b"?', 'spend | by model | usual | model a | model b | kept measures'],
    ['Tokens by model, day', 'And calls?', 'calls | usual'],
    ['What can we save?', 'Why?', 'savings | usual | kept measures'],
    ['What can we save?', 'by person', 'spend | by person | usual'],
    ['What can we save?', 'Top 3 features', 'spend | by feature | most 3 | usual'],
    [
      'What can we save on OpenAI?',
      'Which provider is the dearest?',
      'spend | by provider | most | usual | provider openai | kept providers',
    ],
    [
      'What can we save?',
      'Compare last week with the week before',
      'spend | 2026-08-31..2026-09-07 | against 2026-08-24..2026-08-31',
    ],
    ['What can we save?', 'And last week?', 'savings | 2026-08-31..2026-09-07 | kept measures'],
    ['Spend last week', 'And the week before?', 'spend | 2026-08-24..2026-08-31 | kept measures'],
    [
      'Spend by feature in August',
      'the month before that',
      'spend | by feature | 2026-07-01..2026-08-01 | kept measures, by',
    ],
    ['Spend yesterday', 'And the day before?', 'spend | 2026-09-08..2026-09-09 | kept measures'],
    ['Spend last week', 'What did we spend the day before?', 'spend | 2026-08-30..2026-08-31'],
    ['Tokens this year', 'And the one before?', 'tokens | 2025-01-01..2026-01-01 | kept measures'],
    ['Cost 2026-09-01 to 2026-09-03?', 'And the period before?', 'spend | 2026-08-29..2026-09-01 | kept measures'],
    ['Cost of the last 7 days?', 'And the week before?', 'spend | 2026-08-27..2026-09-03 | kept measures'],
    ['What can we save?', 'And the month before?', 'savings | 2026-07-11..2026-08-11 | kept measures'],
    ['Spend yesterday', 'And the week before last?', 'spend | 2026-08-24..2026-08-31 | kept measures'],
    [
      'What can we save?',
      'Why so many calls?',
      'calls | by model | usual | against 2026-07-12T09:00..2026-08-11T09:00',
    ],
    [
      'Cost of model "a"',
      'Why?',
      'spend | by feature | usual | against 2026-07-12T09:00..2026-08-11T09:00 | model a | kept models, measures',
    ],
    [
      'Spend last week',
      'What about 31 February?',
      'spend | 2026-08-31..2026-09-07 | kept period, measures | ! There is no day "31 february". Write a date as 2026-05-01.',
    ],
    [
      'Spend last week',
      'More than last month?',
      'spend | 2026-09-01..2026-09-10T09:00 | against 2026-08-01..2026-09-01 | kept measures',
    ],
    ['Spend by feature', 'only the cheapest, by model', 'spend | by model | least | usual'],
    ['Spend by feature', 'Top 3 tokens', 'tokens | most 3 | usual'],
    ['Spend by feature', 'Top 3 zebras', 'out of scope'],
    ['Spend last week', 'Top 3', 'out of scope'],
    ['Spend by feature', 'And then?', 'out of scope'],
    ['Spend by feature', 'top 3', 'spend | by feature | most 3 | usual | kept measures, by'],
    ['What can we save?', 'top 3', 'out of scope'],
    ['Spend by feature', 'The most expensive one only', 'spend | by feature | most 1 | usual | kept measures, by'],
    ['Spend by feature', 'just the three largest', 'spend | by feature | most 3 | usual | kept measures, by'],
    ['Spend by feature', 'only the cheapest', 'spend | by feature | least 1 | usual | kept measures, by'],
    [
      'Cost of last month?',
      'Why so much?',
      'spend | by model | 2026-08-01..2026-09-01 | against 2026-07-01..2026-08-01 | kept period, measures',
    ],
    [
      'Tokens by feature last week',
      'Why?',
      'tokens | by feature | 2026-08-31..2026-09-07 | against 2026-08-24..2026-08-31 | kept period, measures, by',
    ],
    ['Cost of last month?', 'Why is the sky blue?', 'out of scope'],
    ['Errors by model', 'Will it rain tomorrow?', 'out of scope'],
    [
      'Cost of the last 7 days?',
      'And of the last 500 days?',
      'spend | 2026-09-03T09:00..2026-09-10T09:00 | kept period, measures | ! "the last 500 days" are 500 days; 400 days can be read at once.',
    ],
  ];
  for (const [first, then, reading] of rows) {
    test(`AG-15 "${then}" after "${first}"`, () => {
      const { conversation } = readQuestion(first, ASKING, KNOWN);
      equal(told(readQuestion(then, ASKING, KNOWN, conversation)), reading);
    });
  }

  test('AG-15 a period that ends with the moment of asking moves on with it', () => {
    const { conversation } = readQuestion('Cost of the last 7 days?', ASKING, KNOWN);
    const later = { ...ASKING, asOf: new Date('2026-09-11T09:00:00Z') };
    equal(readQuestion('What can we save?', later, KNOWN, conversation).from, '2026-09-04T09:00:00.000Z');
  });

  test('AG-15 all of them again is as if none had been named', () => {
    const { conversation } = readQuestion('Cost of model "a", feature "b" and OpenAI', ASKING, KNOWN);
    const again = readQuestion('And of all models, all features and all providers?', ASKING, KNOWN, conversation);
    deepEqual(again.conversation, { measures: ['spend'] });
  });

  test('AG-15 whatever a thread settles on is kept as it is', () => {
    for (const [question] of TABLE) {
      const { conversation } = readQuestion(question, ASKING, KNOWN);
      deepEqual(conversationFilter.parse(JSON.parse(JSON.stringify(conversation))), conversation);
    }
  });

  test('AG-15 a question that is about something else changes nothing of what was settled', () => {
    const settled: ConversationFilter = { period: { days: 7 }, models: ['large'], measures: ['tokens'], by: ['model'] };
    const { conversation, isInScope } = readQuestion('Will it rain tomorrow?', ASKING, KNOWN, settled);
    equal(isInScope, false);
    equal(JSON.stringify(conversation), JSON.stringify(settled));
  });
});

/** A reading in one line; `usual` is the last 30 days. */
function told(reading: QuestionReading): string {
  if (!reading.isInScope) return 'out of scope';
  const { measures, by, ranking, from, to, comparedWith, models, providers, features } = reading;
  return [
    reading.failedOnly ? `${measures.join(' and ')} of failed calls` : measures.join(' and '),
    by.length === 0 ? [] : `by ${by.join(' and ')}`,
    ranking === undefined ? [] : [ranking.order, ranking.count ?? []].flat().join(' '),
    spanOf(from, to).replace('2026-08-11T09:00..2026-09-10T09:00', 'usual'),
    comparedWith === undefined ? [] : `against ${spanOf(comparedWith.from, comparedWith.to)}`,
    models.map((name) => `model ${name}`),
    providers.map((name) => `provider ${name}`),
    features.map((name) => `feature ${name}`),
    reading.people.map((id) => `person ${id}`),
    reading.ownOnly ? 'own' : [],
    reading.carriedOver.length === 0 ? [] : `kept ${reading.carriedOver.join(', ')}`,
    reading.notes.map((note) => `! ${note}`),
  ]
    .flat()
    .join(' | ');
}

function spanOf(from: string, to: string): string {
  return `${instant(from)}..${instant(to)}`;
}

function instant(at: string): string {
  return at.endsWith('T00:00:00.000Z') ? at.slice(0, 10) : at.slice(0, 16);
}
