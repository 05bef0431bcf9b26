import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { hasEnded, nextRunState, RUN_CAUSES, RUN_STATES } from './run-state';

const ALLOWED = {
  'queued claimed': 'running',
  'queued failed': 'failed',
  'queued cancel_requested': 'cancelled',
  'running finished': 'completed',
  'running failed': 'failed',
  'running cancel_requested': 'cancelling',
  'running released': 'interrupted',
  'cancelling cancelled': 'cancelled',
  'interrupted claimed': 'running',
  'interrupted failed': 'failed',
  'interrupted cancel_requested': 'cancelled',
} as Readonly<Record<string, string>>;

for (const state of RUN_STATES) {
  for (const cause of RUN_CAUSES) {
    const next = ALLOWED[`${state} ${cause}`];
    if (next === undefined) {
      test(`AG-07 a run that is ${state} cannot be ${cause}, and is told so by name`, () =>
        deepEqual(nextRunState(state, cause), { refused: true, state, cause }));
    } else test(`AG-07 a run that is ${state} and ${cause} is ${next}`, () => equal(nextRunState(state, cause), next));
  }
}

test('AG-07 a run that is completed, failed or cancelled has ended, and no other', () =>
  deepEqual(RUN_STATES.filter(hasEnded), ['completed', 'failed', 'cancelled']));

test('AG-07 a run has seven states and six causes', () => deepEqual([RUN_STATES.length, RUN_CAUSES.length], [7, 6]));
