import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vouchFor, type RunId, type TenantContext, type TenantId, type ThreadId, type UserId } from '../../../kernel';
import type { RunSequence } from './run-sequence';
import { ThreadStates } from './thread-states';

const thread = 'thread' as ThreadId;

function somebody(user: string): TenantContext {
  return vouchFor({ tenantId: 'acme' as TenantId, userId: user as UserId, plan: 'free', permissions: [] });
}

function at(headSeq: number, phase: RunSequence['phase'] = 'started') {
  const runId = 'run' as RunId;
  return { headSeq, sequences: new Map([[runId, { runId, threadId: thread, phase, openCalls: [] }]]) };
}

void test('WS-03 where a thread stood is handed to one writer at a time', () => {
  const states = new ThreadStates();
  states.put(somebody('dana'), thread, at(7));
  assert.equal(states.take(somebody('dana'), thread)?.headSeq, 7);
  assert.equal(states.take(somebody('dana'), thread), undefined);
});

void test('WS-03 of two writers the later is believed, whichever is heard first', () => {
  const states = new ThreadStates();
  states.put(somebody('dana'), thread, at(9));
  states.put(somebody('dana'), thread, at(8));
  assert.equal(states.take(somebody('dana'), thread)?.headSeq, 9);
});

void test('WS-04 where a thread stood is known to its owner alone', () => {
  const states = new ThreadStates();
  states.put(somebody('dana'), thread, at(7));
  assert.equal(states.take(somebody('leo'), thread), undefined);
});

void test('WS-07 a thread whose runs have ended is not remembered', () => {
  const states = new ThreadStates();
  states.put(somebody('dana'), thread, at(7, 'ended'));
  assert.equal(states.take(somebody('dana'), thread), undefined);
});

void test('WS-07 a thousand threads are remembered, those written to last', () => {
  const states = new ThreadStates();
  const dana = somebody('dana');
  for (let number = 0; number < 1_001; number += 1) states.put(dana, `thread ${number}` as ThreadId, at(7));
  assert.equal(states.take(dana, 'thread 0' as ThreadId), undefined);
  assert.equal(states.take(dana, 'thread 1' as ThreadId)?.headSeq, 7);
  assert.equal(states.take(dana, 'thread 1000' as ThreadId)?.headSeq, 7);
});
