import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UserId } from '../../kernel';
import type { ConversationFilter } from '../questions';
import { SPECIALISTS } from './specialists';
import type { Analysis } from './analysis';

const [triage] = SPECIALISTS;
const MONTH = { from: '2026-08-11T09:00:00.000Z', to: '2026-09-10T09:00:00.000Z' };

const NAMES: Readonly<Record<string, string>> = { user_lin: 'May Lin', user_ravi: 'Ravi' };

/** What the triage makes of a question, with a tool that finds usage and a memory that is looked at afterwards. */
async function judged(question: string, before: ConversationFilter = {}, zone = 'UTC') {
  const thoughts: string[] = [];
  const settled: ConversationFilter[] = [];
  const agent = await triage?.create({
    question,
    asOf: new Date('2026-09-10T09:00:00Z'),
    userId: 'user_dana' as UserId,
    think: (note) => Promise.resolve(void thoughts.push(note)),
    timeZone: () => Promise.resolve(zone),
    featureNames: () => Promise.resolve(['support-assistant', 'Live chat', 'cost']),
    colleagues: (words) =>
      Promise.resolve(
        new Map(Object.entries(NAMES).filter(([, name]) => words.some((word) => name.toLowerCase().includes(word)))),
      ),
    namesOf: (ids) => Promise.resolve(ids.map((id) => NAMES[id] ?? 'a former colleague')),
    loadConversation: () => Promise.resolve({ filter: before, isComplete: true }),
    saveConversation: (filter) => Promise.resolve(void settled.push(filter)),
    call: () =>
      Promise.resolve({ coverage: { calls: 9_000, daysWithUse: 30, first: null, last: null }, cut: { at: 'now' } }),
  });
  const work: Partial<Analysis> = (await agent?.run({})) ?? {};
  return { work, thoughts, settled };
}

describe('what a question is narrowed to', () => {
  const rows = [
    ['How much did I spend?', { person: ['user_dana'] }, ', only your own calls'],
    ['What did failed calls cost?', { status: ['failed'] }, ', only failed calls'],
    ['Cost of OpenAI', { provider: ['openai'] }, ', only provider openai'],
    ['Cost of models "a" and "b"', { model: ['a', 'b'] }, ', only model a and model b'],
    ['Cost of feature "live chat"', { feature: ['live chat'] }, ', only feature live chat'],
    ['Cost', {}, ''],
  ] as const;
  for (const [question, where, told] of rows) {
    test(`AG-02 usage is read for what the question names, which is said: ${question}`, async () => {
      const { work, thoughts } = await judged(question);
      deepEqual(work.filter, { ...MONTH, where });
      deepEqual(thoughts, [
        `Looking for usage from 2026-08-11 09:00 to 2026-09-10 09:00 UTC${told}.`,
        '9,000 calls on 30 days: the data is judged sufficient.',
      ]);
    });
  }

  for (const [zone, from, to, days] of [
    ['Europe/Berlin', '2026-09-08T22:00:00.000Z', '2026-09-09T22:00:00.000Z', '2026-09-09 to 2026-09-09'],
    ['Pacific/Auckland', '2026-09-08T12:00:00.000Z', '2026-09-09T12:00:00.000Z', '2026-09-09 to 2026-09-09'],
    ['America/Los_Angeles', '2026-09-09T07:00:00.000Z', '2026-09-10T07:00:00.000Z', '2026-09-09 to 2026-09-09'],
  ] as const) {
    test(`AG-18 yesterday is that of the company's time zone, which is said: ${zone}`, async () => {
      const { work, thoughts } = await judged('What did we spend yesterday?', {}, zone);
      deepEqual(work.filter, { from, to, timeZone: zone, where: {} });
      equal(thoughts[0], `Looking for usage from ${days} (days of ${zone}).`);
    });
  }

  for (const [question, feature] of [
    ['What did support-assistant cost?', 'support-assistant'],
    ['How slow was the support-assistant feature yesterday?', 'support-assistant'],
    ['And for Support-Assistant?', 'support-assistant'],
    ['Could we use a cheaper model for the support assistant?', 'support-assistant'],
    ['What would it cost without waste in live chat?', 'Live chat'],
    ['What did zebras in live chat cost?', 'Live chat'],
  ] as const) {
    test(`AG-02 a feature of the company's own is known by its bare name: ${question}`, async () => {
      const { work } = await judged(question);
      deepEqual(work.filter?.where, { feature: [feature] });
    });
  }

  for (const [question, where, told] of [
    ['What did Ravi spend?', { person: ['user_ravi'] }, '2026-08-11 09:00 to 2026-09-10 09:00 UTC, only calls of Ravi'],
    [
      'What did Ravi and I spend?',
      { person: ['user_dana', 'user_ravi'] },
      '2026-08-11 09:00 to 2026-09-10 09:00 UTC, only your own calls and calls of Ravi',
    ],
    [
      "May Lin's and Ravi's calls",
      { person: ['user_lin', 'user_ravi'] },
      '2026-08-11 09:00 to 2026-09-10 09:00 UTC, only calls of May Lin and Ravi',
    ],
    ['What did Lin spend in May?', { person: ['user_lin'] }, '2026-05-01 to 2026-05-31, only calls of May Lin'],
  ] as const) {
    test(`AG-02 a colleague is known by name, and the answer says whose calls it counts: ${question}`, async () => {
      const { work, thoughts } = await judged(question);
      deepEqual(work.filter?.where, where);
      equal(thoughts[0], `Looking for usage from ${told}.`);
    });
  }

  test('AG-15 what was asked is handed on: with how many rows, what it is compared with and what was kept', async () => {
    const { work } = await judged('Top 3 models by tokens yesterday, compared with the day before', {
      features: ['chat'],
    });
    deepEqual(work.asked, {
      measures: ['tokens'],
      by: ['model'],
      ranking: { order: 'most', count: 3 },
      comparedWith: { from: '2026-09-08T00:00:00.000Z', to: '2026-09-09T00:00:00.000Z' },
      carriedOver: ['features'],
      notes: [],
      suggestions: [],
    });
  });

  test('AG-02 models of the price list are known by their names', async () => {
    const { work } = await judged('Cost of GPT-4o?');
    deepEqual(work.filter?.where, { model: ['gpt-4o'] });
  });

  test('AG-15 whoever has left is named as a former colleague', async () => {
    const { work } = await judged('What did it cost?', { people: ['user_gone'] });
    deepEqual(work.filter?.where, { person: ['user_gone'] });
    deepEqual(work.asked?.people, ['a former colleague']);
  });

  test('AG-02 a feature whose name is a word of its own narrows nothing that did not name it', async () => {
    deepEqual((await judged('What did the weekends cost?')).work.filter?.where, {});
  });

  test('AG-13 a secret in a question is not used, and the answer says so', async () => {
    const { work } = await judged('What did feature "password=hunter2" cost?');
    equal(JSON.stringify(work).includes('hunter2'), false);
    equal(
      work.asked?.notes.at(-1),
      'Something in the question looks like a password or a key and was not used; name features and models by other words.',
    );
  });

  test('AG-15 what could not be used is told while it is worked on, and with questions that work', async () => {
    const { thoughts, work } = await judged('What did each team cost?');
    const note =
      'Usage is not recorded by team; it can be shown by model, provider, feature, person, day, week or month.';
    equal(thoughts.includes(note), true);
    deepEqual(work.asked?.notes, [note]);
    equal(work.asked?.suggestions.length, 3);
  });

  test('AG-15 a question about something else settles nothing', async () => {
    const { settled, thoughts } = await judged('Will it rain tomorrow?', { models: ['large'] });
    deepEqual(settled, []);
    equal(thoughts.at(-1), '9,000 calls on 30 days: the data is judged out of scope.');
  });

  test('AG-15 a question settles what it says, and leaves the rest as it was', async () => {
    const before: ConversationFilter = { period: { days: 7 }, measures: ['spend'] };
    deepEqual((await judged('Cost of the last 8 days?', before)).settled, [{ ...before, period: { days: 8 } }]);
  });

  test('AG-13 a secret in a question is not repeated among what could not be used', async () => {
    const { work, thoughts } = await judged('My password=hunter2 costs what?');
    equal(JSON.stringify([work.asked, thoughts]).includes('hunter2'), false);
  });
});
