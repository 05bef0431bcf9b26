import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { readClientMessage } from './client-message';

const { ids } = stores;
const threadId = ids.next('thread');

function refusalOf(message: string | Buffer): object {
  const isBinary = Buffer.isBuffer(message);
  const read = readClientMessage(isBinary ? message : Buffer.from(message), isBinary);
  assert('refused' in read, 'it was understood');
  const { refused, ...more } = read;
  const { code, message: says, field } = refused;
  return { code, says, ...(field === undefined ? {} : { field }), ...more };
}

const NO_OBJECT = { code: 'invalid_message', says: 'A message is a JSON object with a "type".' };
const NOT_MESSAGES: readonly [what: string, message: string | Buffer, refusal: object][] = [
  ['torn', '{"type": "send_mess', { code: 'invalid_json', says: 'The message is not JSON.' }],
  [
    'binary',
    Buffer.from('{"type": "ping"}'),
    { code: 'binary_not_supported', says: 'Messages are JSON text; binary frames are not read.' },
  ],
  [
    'with a key that is there twice',
    '{"type": "ping", "ref": "a", "ref": "b"}',
    { code: 'invalid_message', says: 'The message has one key twice. Send each key once.' },
  ],
  ['a list', '[{"type": "ping"}]', NO_OBJECT],
  ['null', 'null', NO_OBJECT],
  ['a number', '7', NO_OBJECT],
  ['without a ref or a type', '{}', { code: 'invalid_message', says: '"type" is missing', field: 'type' }],
];
for (const [what, message, refusal] of NOT_MESSAGES) {
  void test(`WS-10 what is no message is refused by name: ${what}`, () => {
    assert.deepEqual(refusalOf(message), refusal);
  });
}

const TOO_MUCH = { code: 'invalid_message', says: 'The message holds more than 100 names and values. Send less.' };
const COSTLY: readonly [what: string, message: string][] = [
  ['lists in lists', `{"type": "ping", "ref": ${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ['many fields', JSON.stringify(Object.fromEntries(Array.from({ length: 8_000 }, (_, i) => [`f${i}`, 1])))],
  ['a long list', JSON.stringify(Array(30_000).fill(1))],
  ['torn lists in lists', '['.repeat(65_536)],
];
for (const [what, message] of COSTLY) {
  void test(`WS-10 what would take long to be read is refused unread: ${what}`, () => {
    assert.deepEqual(refusalOf(message), TOO_MUCH);
  });
}

void test('WS-10 a message of exactly 100 names and values is read', () => {
  const fields = Array.from({ length: 49 }, (_, index) => [`f${index}`, 1] as const);
  const message = JSON.stringify({ type: 'ping', ...Object.fromEntries(fields) });
  const refusal = { code: 'invalid_message', says: '"f0" is not a known field', field: 'f0' };
  assert.deepEqual(refusalOf(message), refusal);
});

const GOOD: Readonly<Record<string, object>> = {
  subscribe: { threadId, afterSeq: 0 },
  unsubscribe: { threadId },
  send_message: { threadId, clientMessageId: 'c-1', text: 'Why so much?' },
  cancel_run: { runId: ids.next('run') },
  renew: { token: 'a-token' },
  ping: {},
  pong: {},
};
const good = (type: string): object => ({ type, ref: 'm-1', ...GOOD[type] });

for (const type of Object.keys(GOOD)) {
  void test(`WS-10 what was agreed is understood as it was sent: ${type}`, () => {
    const message = good(type);
    assert.deepEqual(readClientMessage(Buffer.from(JSON.stringify(message)), false), { message });
  });
}

void test('WS-10 the longest question, name and ref are taken', () => {
  const message = {
    ...good('send_message'),
    text: 'a'.repeat(8_000),
    clientMessageId: 'c'.repeat(128),
    ref: 'r'.repeat(128),
  };
  assert.deepEqual(readClientMessage(Buffer.from(JSON.stringify(message)), false), { message });
});

const UNKNOWN_TYPE =
  'This type is not known. Known are subscribe, unsubscribe, send_message, cancel_run, renew, ping, pong.';
const LONG = 'f'.repeat(64);
const SAYS: readonly [what: string, type: string, change: object, code: string, field: string, says: string][] = [
  ['no type', 'ping', { type: undefined }, 'invalid_message', 'type', '"type" is missing'],
  ['blank type', 'ping', { type: '  ' }, 'invalid_message', 'type', '"type" is missing'],
  ['unknown type', 'ping', { type: 'sing' }, 'unknown_type', 'type', UNKNOWN_TYPE],
  ['unknown field', 'send_message', { userId: 'else' }, 'invalid_message', 'userId', '"userId" is not a known field'],
  ['long field', 'ping', { ['f'.repeat(70)]: 1 }, 'invalid_message', LONG, `"${LONG}" is not a known field`],
  ['blank text', 'send_message', { text: '   ' }, 'invalid_message', 'text', '"text" must not be blank'],
  [
    '8,001 characters',
    'send_message',
    { text: 'a'.repeat(8_001) },
    'invalid_message',
    'text',
    '"text" must have at most 8000 characters',
  ],
  [
    'blank name',
    'send_message',
    { clientMessageId: ' ' },
    'invalid_message',
    'clientMessageId',
    '"clientMessageId" must not be blank',
  ],
  [
    'long name',
    'send_message',
    { clientMessageId: 'c'.repeat(129) },
    'invalid_message',
    'clientMessageId',
    '"clientMessageId" must have at most 128 characters',
  ],
  [
    'NUL in the name',
    'send_message',
    { clientMessageId: 'c\0' },
    'invalid_message',
    'clientMessageId',
    '"clientMessageId" must not contain a NUL character',
  ],
  [
    'half an emoji in the name',
    'send_message',
    { clientMessageId: '\ud83d' },
    'invalid_message',
    'clientMessageId',
    '"clientMessageId" must not contain half a character',
  ],
  [
    'no thread id',
    'send_message',
    { threadId: 'default' },
    'invalid_message',
    'threadId',
    '"threadId" must be a thread id, written as thread_ and 26 characters; this is too short.',
  ],
];
for (const [what, type, change, code, field, says] of SAYS) {
  void test(`WS-10 a bad message is refused with field, reason and ref: ${what}`, () => {
    assert.deepEqual(refusalOf(JSON.stringify({ ...good(type), ...change })), { code, says, field, ref: 'm-1' });
  });
}

void test('WS-10 a field __proto__ is refused like any other unknown one', () => {
  assert.deepEqual(refusalOf('{"type": "ping", "ref": "m-1", "__proto__": {"isAdmin": true}}'), {
    code: 'invalid_message',
    says: '"__proto__" is not a known field',
    field: '__proto__',
    ref: 'm-1',
  });
});

const REFS: readonly [what: string, ref: unknown, repeated: object][] = [
  ['128 characters', 'm'.repeat(128), { ref: 'm'.repeat(128) }],
  ['129 characters', 'm'.repeat(129), {}],
  ['a list', ['m-1'], {}],
  ['a number', 7, {}],
];
for (const [what, ref, repeated] of REFS) {
  void test(`WS-10 a refusal repeats the ref only as far as it is one: ${what}`, () => {
    const refusal = { code: 'invalid_message', says: '"type" is missing', field: 'type' };
    assert.deepEqual(refusalOf(JSON.stringify({ ref })), { ...refusal, ...repeated });
  });
}

const FIELDS: readonly [type: string, field: string, value: unknown][] = [
  ['subscribe', 'afterSeq', -1],
  ['subscribe', 'afterSeq', 0.5],
  ['subscribe', 'threadId', 'Q3 spend'],
  ['subscribe', 'ref', ''],
  ['subscribe', 'mood', 'fine'],
  ['unsubscribe', 'threadId', undefined],
  ['unsubscribe', 'mood', 'fine'],
  ['send_message', 'clientMessageId', ''],
  ['send_message', 'text', undefined],
  ['cancel_run', 'runId', 'run 7'],
  ['cancel_run', 'mood', 'fine'],
  ['renew', 'token', ''],
  ['renew', 'token', 't'.repeat(4_097)],
  ['renew', 'mood', 'fine'],
  ['ping', 'mood', 'fine'],
  ['pong', 'mood', 'fine'],
];
for (const [type, field, value] of FIELDS) {
  const shown = value === undefined ? 'left out' : JSON.stringify(value).slice(0, 20);
  void test(`WS-10 a message that is not as agreed is refused: ${type} with ${field} ${shown}`, () => {
    const { code, field: about } = refusalOf(JSON.stringify({ ...good(type), [field]: value })) as Record<
      string,
      unknown
    >;
    assert.deepEqual({ code, about }, { code: 'invalid_message', about: field });
  });
}
