import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunDrafts } from '../../../support/module-tests/chat/run-drafts';
import { stores } from '../../../support/module-tests/stores';
import { serverMessages } from './server-message';

type Message = Readonly<Record<string, unknown>> & {
  readonly type: keyof typeof serverMessages;
  readonly data: object;
};

const { ids } = stores;
const threadId = ids.next('thread');
const at = '2026-11-29T09:00:00.000Z';
const isPublished = (message: Message, type = message.type): boolean => serverMessages[type].safeParse(message).success;

const CONTROL: Partial<Record<Message['type'], object>> = {
  welcome: { connectionId: ids.next('conn'), expiresAt: at, heartbeatMs: 25_000 },
  subscribed: { threadId, firstSeq: 1, headSeq: 0 },
  caught_up: { threadId, seq: 0 },
  error: { code: 'internal', message: 'Something went wrong.' },
  restarting: { reconnectInMs: 100 },
  pong: { at },
  thread_changed: { change: 'renamed' },
};
const controls = Object.entries(CONTROL).map(([type, data]) => ({ v: 1, type, threadId: null, at, data }) as Message);
const events = new RunDrafts(ids)
  .all('question', 'start', 'thought', 'call A', 'result A', 'report', 'failure', 'cancellation')
  .map((draft) => ({ v: 1, seq: 1, threadId, at, ...draft }) as object as Message);

function without(holder: object, name: string): object {
  return Object.fromEntries(Object.entries(holder).filter(([key]) => key !== name));
}

void test('WS-14 each kind of message that a device may be sent is published', () => {
  assert.deepEqual(
    [...controls, ...events].map(({ type }) => type),
    Object.keys(serverMessages),
  );
});

for (const message of [...controls, ...events]) {
  void test(`WS-14 a message has all that is published of its kind, and nothing else: ${message.type}`, () => {
    assert(isPublished(message));
    const { data } = message;
    for (const field of Object.keys(message))
      assert(!isPublished(without(message, field) as Message, message.type), `no ${field}`);
    for (const field of Object.keys(data))
      assert(!isPublished({ ...message, data: without(data, field) }), `no data.${field}`);
    assert(!isPublished({ ...message, mood: 'fine' }));
    assert(!isPublished({ ...message, data: { ...data, mood: 'fine' } }));
    assert(!isPublished({ ...message, v: 2 }));
    assert(!isPublished({ ...message, threadId: 'Q3 spend' }));
    assert(!isPublished({ ...message, at: 'this morning' }));
    for (const type of Object.keys(serverMessages) as Message['type'][])
      assert.equal(isPublished(message, type), type === message.type, `as ${type}`);
  });
}

const [welcome, subscribed, caughtUp, error, restarting, , changed] = controls as [Message, ...Message[]];
const thought = events[2] as Message;
const withData = (message: Message | undefined, data: object): Message => {
  assert(message !== undefined);
  return { ...message, data: { ...message.data, ...data } };
};
const VALUES: readonly [what: string, message: Message, isPublished: boolean][] = [
  [
    'an error with all its facts',
    withData(error, {
      ...{ field: 'text', retryAfterMs: 0, headSeq: 0, ref: 'm-1', limit: { name: 'connectionsPerPerson', max: 0 } },
    }),
    true,
  ],
  ['a limit without a name', withData(error, { limit: { max: 10 } }), false],
  ['a limit that says more', withData(error, { limit: { name: 'threads', max: 10, used: 10 } }), false],
  ['half a millisecond to wait', withData(error, { retryAfterMs: 0.5 }), false],
  ['an error about a thread', { ...(error as Message), threadId }, true],
  ["somebody else's kind of id", withData(welcome, { connectionId: threadId }), false],
  ['a heartbeat in the past', withData(welcome, { heartbeatMs: -1 }), false],
  ['a thread that ends before it begins', withData(subscribed, { headSeq: -1 }), false],
  ['caught up with nothing', withData(caughtUp, { seq: -1 }), false],
  ['a reconnect in the past', withData(restarting, { reconnectInMs: -1 }), false],
  ['a thread that was made', withData(changed, { change: 'created' }), true],
  ['a thread that was deleted', withData(changed, { change: 'deleted' }), true],
  ['an unknown change', withData(changed, { change: 'sold' }), false],
  ['an event of no thread', { ...thought, threadId: null }, false],
  ['an event by a specialist', { ...thought, agent: 'data' }, true],
  ['an event by an unknown agent', { ...thought, agent: 'oracle' }, false],
  ['an event with half a number', { ...thought, seq: 1.5 }, false],
  ['an event before the first', { ...thought, seq: -1 }, false],
  ['an event of another kind of id', { ...thought, id: threadId }, false],
  ['an event of another kind of run', { ...thought, runId: threadId }, false],
];
for (const [what, message, expected] of VALUES) {
  void test(`WS-14 what a device may be sent is ${expected ? 'published' : 'nothing else'}: ${what}`, () => {
    assert.equal(isPublished(message), expected);
  });
}
