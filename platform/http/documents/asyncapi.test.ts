import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import { stores } from '../../../support/module-tests/stores';
import { asyncApiDocument } from './asyncapi';

interface Document {
  readonly components: { readonly messages: Readonly<Record<string, { readonly payload: object }>> };
  readonly operations: Readonly<
    Record<string, { readonly action: string; readonly messages: readonly { $ref: string }[] }>
  >;
}

/** As standard tools read the document: only what JSON Schema itself says counts. */
const tool = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
const document = asyncApiDocument() as unknown as Document;

function checksOf(action: 'send' | 'receive'): readonly ValidateFunction[] {
  const operations = Object.values(document.operations).filter((one) => one.action === action);
  const names = operations.flatMap(({ messages }) => messages.map(({ $ref }) => $ref.split('/').at(-1) as string));
  return names.map((name) => tool.compile(document.components.messages[name]?.payload ?? {}));
}

const [received, sent] = [checksOf('receive'), checksOf('send')];
const allows = (checks: readonly ValidateFunction[], message: unknown): boolean =>
  checks.some((check) => check(message));

const { ids } = stores;
const threadId = ids.next('thread');
const question = { type: 'send_message', threadId, clientMessageId: 'c-1', text: 'Why?' };

const MESSAGES: readonly [what: string, message: object, isPublished: boolean][] = [
  ['following from the start', { type: 'subscribe', threadId, afterSeq: 0 }, true],
  ['following from before the start', { type: 'subscribe', threadId, afterSeq: -1 }, false],
  ['following by a title', { type: 'subscribe', threadId: 'Q3 spend', afterSeq: 0 }, false],
  ['leaving', { type: 'unsubscribe', threadId }, true],
  ['the longest text', { ...question, text: 'a'.repeat(8_000) }, true],
  ['nothing but blanks', { ...question, text: ' \n ' }, false],
  ['a reference', { type: 'ping', ref: 'r-1' }, true],
  ['a reference of 129 characters', { ...question, ref: 'r'.repeat(129) }, false],
];
for (const [what, message, isPublished] of MESSAGES) {
  void test(`WS-14 what a device may send is published: ${what}`, () => {
    assert.equal(allows(received, message), isPublished);
  });
}

const thought = {
  v: 1,
  id: ids.next('event'),
  seq: 3,
  type: 'agent_thinking',
  threadId,
  runId: ids.next('run'),
  agent: 'data',
  at: '2026-11-29T09:00:00.000Z',
  data: { step: 'compare', note: 'comparing model prices' },
};
const EVENTS: readonly [what: string, event: object, isPublished: boolean][] = [
  ['a thought', thought, true],
  ['half a number', { ...thought, seq: 1.5 }, false],
  ['a run without an id', { ...thought, runId: 'latest' }, false],
  ['an unknown agent', { ...thought, agent: 'oracle' }, false],
  ['no agent', { ...thought, agent: null }, true],
  ['an unknown kind', { ...thought, type: 'agent_singing' }, false],
  ['no number', { ...thought, seq: undefined }, false],
  ['an unknown field', { ...thought, mood: 'fine' }, false],
  ['the content of another kind', { ...thought, type: 'agent_started' }, false],
];
for (const [what, event, isPublished] of EVENTS) {
  void test(`WS-14 what a device is sent is published: ${what}`, () => {
    assert.equal(allows(sent, event), isPublished);
  });
}
