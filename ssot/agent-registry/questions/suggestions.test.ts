import { deepEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readQuestion } from './reading';
import { suggestionsFor } from './suggestions';

const ASKING = { asOf: new Date('2026-09-10T09:00:00Z'), zone: 'UTC' };
const KNOWN = { models: ['gpt-4o'], providers: [], features: [], people: new Map<string, readonly string[]>() };
const EXAMPLES = [
  'How can we cut our AI spending?',
  'What did we spend last month, by model?',
  'Which features cost most this quarter, compared with last quarter?',
];
const OF_CHAT = 'What did feature "chat" cost last month?';
const OF_GPT = 'What did model "gpt-4o" cost last month, by feature?';

describe('questions that work', () => {
  for (const [question, suggested] of [
    ['What did we spend?', []],
    ['What did we spend on gpt-4o?', []],
    ['Will it rain?', EXAMPLES],
    ['What does each team spend?', EXAMPLES],
    ['What does feature "chat" cost each team?', [OF_CHAT, ...EXAMPLES.slice(0, 2)]],
    ['What does gpt-4o cost each team?', [OF_GPT, ...EXAMPLES.slice(0, 2)]],
    ['What does feature "chat" cost each team on gpt-4o?', [OF_CHAT, OF_GPT, EXAMPLES[0]]],
  ] as const) {
    test(`AG-15 are told where something could not be read, three of them, what was named first: ${question}`, () => {
      deepEqual(suggestionsFor(readQuestion(question, ASKING, KNOWN)), suggested);
    });
  }

  for (const question of [...EXAMPLES, OF_CHAT, OF_GPT]) {
    test(`AG-15 are read in full themselves: ${question}`, () => {
      const { isInScope, notes } = readQuestion(question, ASKING, KNOWN);
      deepEqual({ isInScope, notes }, { isInScope: true, notes: [] });
    });
  }
});
