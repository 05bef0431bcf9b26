import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunDrafts, type DraftName } from '../../../../support/module-tests/chat/run-drafts';
import { stores } from '../../../../support/module-tests/stores';
import type { EventDraft, PlatformError } from '../../../kernel';
import { assertSerializable } from './event-schema';

const run = new RunDrafts(stores.ids);

function refusalOf(draft: EventDraft): Pick<PlatformError, 'code' | 'field' | 'message' | 'retryable'> | undefined {
  try {
    assertSerializable(draft);
    return undefined;
  } catch (error) {
    const { code, field, message, retryable } = error as PlatformError;
    return { code, message, retryable, ...(field !== undefined && { field }) };
  }
}

const reportOf = (report: unknown): EventDraft => ({ ...run.one('report'), data: { report } }) as EventDraft;

function cycle(): object {
  const report: { figure?: unknown } = {};
  report.figure = report;
  return report;
}

/** A report whose event data has so many bytes, half of its letters being two bytes long. */
function reportOfBytes(bytes: number): object {
  const left = bytes - Buffer.byteLength(JSON.stringify({ report: { figure: '' } }));
  const wide = Math.floor(left / 4);
  return { figure: 'é'.repeat(wide) + 'e'.repeat(left - 2 * wide) };
}

const FIGURE = 'data.report.figure';
const UNSERIALIZABLE: readonly [what: string, report: object, says: string][] = [
  ['not a number', { figure: NaN }, 'is NaN'],
  ['infinity', { figure: Infinity }, 'is Infinity'],
  ['a cycle', cycle(), 'contains itself'],
  ['a function', { figure: () => 45 }, 'is a function'],
  ['a hole', { figure: undefined }, 'is a undefined'],
  ['a NUL character', { figure: 'USD\0' }, 'contains a NUL character'],
  ['behind what is fine', { amount: [45, '45.00'], figure: NaN }, 'is NaN'],
  ['a NUL in a name', { figure: { 'USD\0': 45 } }, 'has a name with a NUL character'],
];
for (const [what, report, says] of UNSERIALIZABLE) {
  void test(`WS-03 a value that would not read back as it was handed in is refused by name: ${what}`, () => {
    assert.deepEqual(refusalOf(reportOf(report)), {
      code: 'event_invalid',
      field: FIGURE,
      message: `"${FIGURE}" ${says}, which cannot travel.`,
      retryable: false,
    });
  });
}

const part = { amount: '45.00' };
const TAKEN: readonly [what: string, draft: EventDraft][] = [
  ['the same part twice', reportOf({ figure: part, again: part })],
  ['every plain value', reportOf({ figure: [null, true, false, 0, -1.5, '', 'USD', [], {}] })],
  ['32 KiB exactly', reportOf(reportOfBytes(32_768))],
  ['a tool that failed', withField('result A', 'data.outcome', 'failed')],
  ['a tool cut short', withField('result A', 'data.outcome', 'interrupted')],
  ['a tool at once', withField('result A', 'data.tookMs', 0)],
  ['nobody waits ahead', withField('question', 'data.waiting', 0)],
  ['by a specialist', withField('thought', 'agent', 'data')],
  ['nothing to sum up', withField('result A', 'data.summary', null)],
];
for (const [what, draft] of TAKEN) {
  void test(`WS-03 a good event is taken: ${what}`, () => {
    assert.equal(refusalOf(draft), undefined);
  });
}

void test('WS-03 an event of one byte over 32 KiB is refused', () => {
  assert.deepEqual(refusalOf(reportOf(reportOfBytes(32_769))), {
    code: 'event_too_big',
    field: 'data',
    message: 'The event has 32769 bytes; 32768 are possible.',
    retryable: false,
  });
});

/** A good event with one field set; `undefined` leaves it out. */
function withField(event: DraftName | EventDraft, path: string, value: unknown): EventDraft {
  const good = typeof event === 'string' ? run.one(event) : event;
  const draft = structuredClone(good) as object as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() as string;
  const into = steps.reduce((holder, step) => holder[step] as Record<string, unknown>, draft);
  if (value === undefined) delete into[last];
  else into[last] = value;
  return draft as object as EventDraft;
}

const SHAPES: readonly [name: DraftName, field: string, value: unknown][] = [
  ['thought', 'id', 'e1'],
  ['thought', 'type', 'agent_sang'],
  ['thought', 'runId', undefined],
  ['thought', 'agent', 'chef'],
  ['thought', 'mood', 'fine'],
  ['thought', 'data', null],
  ['question', 'data.text', undefined],
  ['question', 'data.clientMessageId', undefined],
  ['question', 'data.userId', 'Dana'],
  ['question', 'data.waiting', -1],
  ['question', 'data.waiting', 0.5],
  ['question', 'data.mood', 'fine'],
  ['start', 'data.question', undefined],
  ['thought', 'data.step', undefined],
  ['thought', 'data.note', 7],
  ['call A', 'data.callId', undefined],
  ['call A', 'data.tool', undefined],
  ['call A', 'data.input', undefined],
  ['result A', 'data.callId', 'A'],
  ['result A', 'data.outcome', 'fine'],
  ['result A', 'data.summary', undefined],
  ['result A', 'data.more', 'no'],
  ['result A', 'data.tookMs', -1],
  ['report', 'data.report', undefined],
  ['failure', 'data.code', undefined],
  ['failure', 'data.message', undefined],
  ['failure', 'data.retryable', 'perhaps'],
  ['cancellation', 'data.userId', undefined],
];
for (const [name, field, value] of SHAPES) {
  const shown = value === undefined ? 'left out' : JSON.stringify(value);
  void test(`WS-03 an event that has not the shape of its type is refused by field: ${name} with ${field} ${shown}`, () => {
    const refusal = refusalOf(withField(name, field, value));
    assert.deepEqual([refusal?.code, refusal?.field], ['event_invalid', field]);
  });
}

void test('WS-03 an event is refused with what is wrong about the first field that is', () => {
  const missing = refusalOf(withField('call A', 'data.input', undefined));
  assert.equal(missing?.message, 'The event is not valid at "data.input": is missing.');
  const unknown = refusalOf(withField(withField('thought', 'data.mood', 'fine'), 'data.tone', 'calm'));
  assert.equal(unknown?.field, 'data.mood');
});
