import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { CLOSE } from '../../../ssot/websocket-manager';
import { Connection } from './connection.mjs';
import type { ConnectionState, Socket } from '../types';

/** A socket that a test speaks through. */
class RecordingSocket implements Socket {
  readyState = 1;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  readonly said: { type: string; [field: string]: unknown }[] = [];

  constructor(readonly token: string) {}

  send(text: string): void {
    this.said.push(JSON.parse(text) as { type: string });
  }

  close(): void {
    this.readyState = 3;
  }

  tells(type: string, data: object = {}, more: object = {}): void {
    this.onmessage?.({ data: JSON.stringify({ type, threadId: null, data, ...more }) });
  }

  ends(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

void describe('the live connection of the page', () => {
  const sockets: RecordingSocket[] = [];
  let told: string[] = [];
  let states: [ConnectionState, number | undefined][] = [];
  let over: string[] = [];
  let now = 0;
  let timers: { at: number; then: () => void }[] = [];
  let tokens: (string | null)[] = [];
  const session = { isSignedIn: true, freshForMs: 720_000, token: async () => await nextToken() };
  let connection: Connection;

  async function nextToken(): Promise<string> {
    const token = tokens.length > 1 ? tokens.shift() : tokens[0];
    if (token === null || token === undefined) throw new Error('unreachable');
    return token;
  }

  beforeEach(() => {
    sockets.length = 0;
    [told, states, over, timers, now] = [[], [], [], [], 0];
    tokens = ['token'];
    Object.assign(session, { isSignedIn: true, freshForMs: 720_000 });
    const after = (ms: number, then: () => void): (() => void) => {
      const timer = { at: now + ms, then };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    };
    const connect = (token: string): Socket => {
      const socket = new RecordingSocket(token);
      sockets.push(socket);
      return socket;
    };
    connection = new Connection(
      { session, connect, surroundings: { now: () => now, random: () => 0.5, after } },
      {
        event: ({ seq }) => told.push(`event ${seq}`),
        control: ({ type }) => told.push(type),
        state: (is, inMs) => states.push([is, inMs]),
        over: (reason) => over.push(reason),
      },
    );
  });

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  async function pass(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      timers.splice(timers.indexOf(due), 1);
      now = Math.max(now, due.at);
      due.then();
      await settled();
    }
    now = end;
  }

  async function welcomed(): Promise<RecordingSocket> {
    await connection.open();
    const socket = last();
    socket.tells('welcome');
    return socket;
  }

  function last(): RecordingSocket {
    const socket = sockets.at(-1);
    assert(socket !== undefined, 'nothing was opened');
    return socket;
  }

  void test('WS-06 each new connection resumes after the last number that was seen', async () => {
    let seen = 0;
    const first = await welcomed();
    connection.follow('thread_1', () => seen);
    seen = 7;
    first.ends(1006);
    await pass(30_000);
    last().tells('welcome');
    assert.deepEqual(first.said, [{ type: 'subscribe', threadId: 'thread_1', afterSeq: 0 }]);
    assert.deepEqual(last().said, [{ type: 'subscribe', threadId: 'thread_1', afterSeq: 7 }]);
  });

  void test('WS-12 tries are further and further apart, and near again after a stable minute', async () => {
    const first = await welcomed();
    first.ends(1006);
    assert.deepEqual(states.at(-1), ['lost', 250]);
    await pass(250);
    last().ends(1006);
    assert.deepEqual(states.at(-1), ['lost', 500]);
    await pass(500);
    last().tells('welcome');
    await pass(60_000);
    last().ends(1006);
    assert.deepEqual(states.at(-1), ['lost', 250]);
  });

  void test('WS-12 the platform’s own wait is kept where it is longer', async () => {
    const first = await welcomed();
    first.tells('error', { code: 'overloaded', message: 'Full.', retryAfterMs: 9_000 });
    first.ends(1013);
    assert.deepEqual(states.at(-1), ['lost', 9_000]);
  });

  void test('WS-12 a restarting instance is left only when the next connection has caught up', async () => {
    const first = await welcomed();
    connection.follow('thread_1', () => 3);
    first.tells('restarting', { reconnectInMs: 40 });
    await pass(40);
    const second = last();
    second.tells('welcome');
    first.tells('agent_thinking', {}, { seq: 4 });
    assert.equal(first.readyState, 1);
    second.tells('caught_up', { threadId: 'thread_1', seq: 4 });
    assert.equal(first.readyState, 3);
    assert.equal(connection.isOpen, true);
    assert.equal(sockets.length, 2);
    assert(told.includes('event 4'));
  });

  void test('WS-12 without an open thread the old connection is left at once', async () => {
    const first = await welcomed();
    first.tells('restarting', { reconnectInMs: 0 });
    await pass(0);
    last().tells('welcome');
    assert.equal(first.readyState, 3);
  });

  void test('WS-12 the old connection may end before the new one stands: nothing is opened twice', async () => {
    const first = await welcomed();
    first.tells('restarting', { reconnectInMs: 100 });
    first.ends(CLOSE.restarting);
    await pass(30_000);
    assert.equal(sockets.length, 2);
  });

  void test('WS-01 a token is renewed on the same connection before it ends', async () => {
    const first = await welcomed();
    tokens = ['newer'];
    await pass(720_000);
    assert.deepEqual(first.said, [{ type: 'renew', token: 'newer' }]);
    assert.equal(sockets.length, 1);
  });

  void test('WS-01 a renewal that cannot be had now is tried again', async () => {
    const first = await welcomed();
    tokens = [null, 'newer'];
    await pass(720_000);
    assert.deepEqual(first.said, []);
    await pass(5_000);
    assert.deepEqual(first.said, [{ type: 'renew', token: 'newer' }]);
  });

  void test('WS-01 an ended sign-in does not come back by itself', async () => {
    const first = await welcomed();
    first.ends(CLOSE.not_authenticated, 'session_ended');
    await pass(120_000);
    assert.deepEqual(over, ['session_ended']);
    assert.equal(sockets.length, 1);
  });

  void test('WS-01 a token that ended while the machine slept is renewed, not signed out', async () => {
    const first = await welcomed();
    session.freshForMs = -1;
    first.ends(CLOSE.not_authenticated, 'token_expired');
    await pass(0);
    assert.deepEqual(over, []);
    assert.equal(sockets.length, 2);
  });

  void test('WS-02 a tab that was closed from another one stays closed, and is not signed out', async () => {
    const first = await welcomed();
    first.ends(CLOSE.not_allowed, 'disconnected');
    await pass(120_000);
    assert.deepEqual(states.at(-1), ['closed', undefined]);
    assert.deepEqual(over, []);
    assert.equal(sockets.length, 1);
  });

  void test('WS-16 a tab that wakes up does not wait for its turn', async () => {
    const first = await welcomed();
    first.ends(CLOSE.connection_limit);
    assert.deepEqual(states.at(-1), ['lost', 30_000]);
    connection.look();
    await settled();
    assert.equal(sockets.length, 2);
  });

  void test('WS-16 a connection that does not answer within ten seconds is given up', async () => {
    const first = await welcomed();
    connection.look();
    await pass(9_999);
    assert.equal(first.readyState, 1);
    await pass(10_000);
    assert.equal(first.readyState, 3);
    assert.equal(sockets.length, 2);
  });

  void test('WS-16 whatever answers in time keeps the connection', async () => {
    const first = await welcomed();
    connection.look();
    first.tells('pong');
    await pass(60_000);
    assert.equal(first.readyState, 1);
    assert.equal(sockets.length, 1);
  });

  void test('WS-16 another thread is subscribed in the place of the one before', async () => {
    const first = await welcomed();
    connection.follow('thread_1', () => 0);
    connection.follow('thread_2', () => 0);
    connection.follow(null, () => 0);
    assert.deepEqual(
      first.said.map(({ type, threadId }) => `${type} ${String(threadId)}`),
      ['subscribe thread_1', 'unsubscribe thread_1', 'subscribe thread_2', 'unsubscribe thread_2'],
    );
  });

  void test('WS-18 nothing is said while there is no connection', async () => {
    const first = await welcomed();
    first.ends(1006);
    connection.say({ type: 'send_message' });
    assert.deepEqual(first.said, []);
    assert.equal(connection.isOpen, false);
  });

  void test('AU-14 who left is not connected by what was under way', async () => {
    const opening = connection.open();
    connection.close();
    await opening;
    await pass(120_000);
    assert.equal(sockets.length, 0);
  });

  void test('AU-14 a late answer of a closed connection is not heard', async () => {
    const first = await welcomed();
    connection.close();
    first.tells('agent_thinking', {}, { seq: 1 });
    first.ends(1006);
    await pass(120_000);
    assert.deepEqual(told, ['welcome']);
    assert.equal(sockets.length, 1);
  });
});
