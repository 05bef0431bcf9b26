import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunDrafts, type DraftName } from '../../../../support/module-tests/chat/run-drafts';
import { stores } from '../../../../support/module-tests/stores';
import type { EventDraft } from '../../../kernel';
import { initialSequence, nextInSequence, type RunSequence, type SequenceViolation } from './run-sequence';

const { ids } = stores;

function sequenceOf(run: RunDrafts, names: readonly DraftName[]): RunSequence {
  let sequence = initialSequence(run.runId, ids.next('thread'));
  for (const draft of run.all(...names)) {
    const next = nextInSequence(sequence, draft);
    assert(!('reason' in next), `${draft.type} does not fit`);
    sequence = next;
  }
  return sequence;
}

function after(names: readonly DraftName[], next: (run: RunDrafts) => EventDraft): RunSequence | SequenceViolation {
  const run = new RunDrafts(ids);
  return nextInSequence(sequenceOf(run, names), next(run));
}

const BEGUN = ['question', 'start'] as const;

const FITS: readonly [what: string, before: readonly DraftName[], next: DraftName, phase: string, open: string][] = [
  ['the question opens', [], 'question', 'asked', ''],
  ['the start follows', ['question'], 'start', 'started', ''],
  ['thinking', BEGUN, 'thought', 'started', ''],
  ['a tool begins', BEGUN, 'call A', 'started', 'A'],
  ['a second tool begins', [...BEGUN, 'call A'], 'call B', 'started', 'AB'],
  ['one of two tools ends', [...BEGUN, 'call A', 'call B'], 'result A', 'started', 'B'],
  ['a tool is used again', [...BEGUN, 'call A', 'result A'], 'call A', 'started', 'A'],
  ['the report ends', [...BEGUN, 'thought'], 'report', 'ended', ''],
  ['a failure ends', BEGUN, 'failure', 'ended', ''],
  ['a cancellation ends', [...BEGUN, 'call A', 'result A'], 'cancellation', 'ended', ''],
  ['it is stopped while it waits', ['question'], 'cancellation', 'ended', ''],
  ['it is given up while it waits', ['question'], 'failure', 'ended', ''],
];
for (const [what, before, name, phase, open] of FITS) {
  void test(`WS-08 a run goes on: ${what}`, () => {
    const run = new RunDrafts(ids);
    const sequence = sequenceOf(run, before);
    const next = nextInSequence(sequence, run.one(name));
    assert.deepEqual(next, { ...sequence, phase, openCalls: [...open].map((letter) => run.call(letter)) });
  });
}

const ENDED = 'The run has ended; nothing can be added after its ending.';
const BREAKS: readonly [what: string, before: readonly DraftName[], next: DraftName, reason: string, says: string][] = [
  ['start before the question', [], 'start', 'not_asked', 'A run begins with its question.'],
  ['thinking before the start', ['question'], 'thought', 'not_started', 'The run has not started.'],
  ['report before the start', ['question'], 'report', 'not_started', 'The run has not started.'],
  ['second question', ['question'], 'question', 'asked_twice', 'The run has its question already.'],
  ['question after the start', BEGUN, 'question', 'asked_twice', 'The run has its question already.'],
  ['second start', BEGUN, 'start', 'started_twice', 'The run has started already.'],
  ['open call begun again', [...BEGUN, 'call A'], 'call A', 'call_repeated', 'This tool call is under way.'],
  ['result of an unknown call', BEGUN, 'result A', 'call_unknown', 'No such tool call is open.'],
  [
    'second result of a call',
    [...BEGUN, 'call A', 'result A'],
    'result A',
    'call_unknown',
    'No such tool call is open.',
  ],
  ['report with a call open', [...BEGUN, 'call A'], 'report', 'call_open', 'A tool call is still open.'],
  ['failure with a call open', [...BEGUN, 'call A'], 'failure', 'call_open', 'A tool call is still open.'],
  ['cancellation with a call open', [...BEGUN, 'call A'], 'cancellation', 'call_open', 'A tool call is still open.'],
  ['anything after the end', [...BEGUN, 'report'], 'thought', 'ended', ENDED],
  ['second ending', [...BEGUN, 'failure'], 'cancellation', 'ended', ENDED],
];
for (const [what, before, name, reason, message] of BREAKS) {
  void test(`WS-08 an event that breaks the grammar of its run is refused by reason: ${what}`, () => {
    assert.deepEqual(
      after(before, (run) => run.one(name)),
      { reason, message },
    );
  });
}

void test('WS-08 an event of another run is refused', () => {
  assert.deepEqual(
    after(BEGUN, (run) => run.one('thought', ids.next('run'))),
    { reason: 'other_run', message: 'The event belongs to another run.' },
  );
});
