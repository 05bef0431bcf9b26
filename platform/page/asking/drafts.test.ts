import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Drafts } from './drafts.mjs';

/** A tab's storage. */
function tab(kept = new Map<string, unknown>()): { kept: Map<string, unknown>; open: () => Drafts } {
  let next = 0;
  const stored = {
    read: (key: string) => structuredClone(kept.get(key)),
    write: (key: string, value: unknown) => Boolean(kept.set(key, structuredClone(value))),
    remove: (key: string) => void kept.delete(key),
  };
  return { kept, open: () => new Drafts(stored, () => `name ${(next += 1)}`) };
}

void test('WS-18 a draft stays in its thread, and one for a new thread beside it', () => {
  const drafts = tab().open();
  drafts.keepDraft('a', 'Who spends most?');
  drafts.keepDraft(null, 'And where?');
  assert.equal(drafts.draft('a'), 'Who spends most?');
  assert.equal(drafts.draft('b'), '');
  assert.equal(drafts.draft(null), 'And where?');
});

void test('WS-18 a reload keeps drafts and questions, with their names and refusals', () => {
  const { open } = tab();
  const drafts = open();
  drafts.keepDraft('a', 'Who');
  drafts.keepDraft(null, 'What');
  drafts.add('a', 'Who spends most?').refusal = 'Not now.';
  drafts.add(null, 'What did it cost?');
  drafts.keep();
  const reloaded = open();
  assert.equal(reloaded.draft('a'), 'Who');
  assert.equal(reloaded.draft(null), 'What');
  assert.deepEqual(reloaded.questions(), [
    { threadId: 'a', clientMessageId: 'name 1', text: 'Who spends most?', refusal: 'Not now.' },
    { threadId: null, clientMessageId: 'name 2', text: 'What did it cost?', refusal: null },
  ]);
});

void test('WS-18 a tab that is shown leaves nothing for a duplicate of it', () => {
  const { kept, open } = tab();
  const drafts = open();
  drafts.keepDraft('a', 'Who');
  drafts.keep();
  drafts.unkeep();
  assert.equal(kept.size, 0);
});

void test('AU-14 nothing outlasts the sign-in', () => {
  const { open } = tab();
  const drafts = open();
  drafts.keepDraft('a', 'Who');
  drafts.add('a', 'Who spends most?');
  drafts.forget();
  drafts.keep();
  const next = open();
  assert.equal(next.draft('a'), '');
  assert.deepEqual(next.questions(), []);
});

for (const [name, kept] of [
  ['a number', 7],
  ['of another shape', { drafts: {}, questions: [] }],
  ['drafts that are no pairs', { drafts: ['a'], questions: [] }],
  ['questions without a name', { drafts: [], questions: [{ text: 'Who?' }, null] }],
] as const) {
  void test(`WS-18 damaged drafts cost nothing but themselves: ${name}`, () => {
    const drafts = tab(new Map([['drafts', kept]])).open();
    assert.deepEqual(drafts.questions(), []);
    assert.equal(drafts.draft('a'), '');
  });
}
