import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest } from '../../support/module-tests/chat/chat-test';
import type { TestDevice } from '../../support/module-tests/chat/test-device';

void test('WS-12 a draining instance sends newcomers away and serves the present until they have moved', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.watch(dana, threadId);
  let drained: object | undefined;
  const draining = chat.instance().gateway.drain(new AbortController().signal);
  void draining.then((outcome) => (drained = outcome));
  await chat.settled();
  const laptop = await chat.connect(dana);
  assert.equal(laptop.controls('error')[0]?.['message'], 'This instance is restarting.');
  assert.equal(laptop.answer, 'restarting 2050 1012');
  assert.equal(phone.controls('restarting').length, 1);
  await chat.begin(dana, threadId);
  await chat.send(phone, { type: 'ping' });
  assert.deepEqual([phone.seqs(threadId), phone.controls('pong').length], [[1, 2], 1]);
  assert.deepEqual(chat.instance().gateway.health(), { connections: 1, subscriptions: 1, draining: true });
  assert.equal(drained, undefined);
  phone.close();
  await chat.settled();
  assert.deepEqual(drained, { asked: 1, left: 0 });
});

void test('WS-12 a drain is over when the last device has moved, not the first', async () => {
  await using chat = await ChatTest.start();
  const [phone, laptop] = [await chat.connect(chat.user()), await chat.connect(chat.user())];
  let drained: object | undefined;
  void chat
    .instance()
    .gateway.drain(new AbortController().signal)
    .then((outcome) => (drained = outcome));
  phone.close();
  await chat.settled();
  assert.equal(drained, undefined);
  laptop.close();
  await chat.settled();
  assert.deepEqual(drained, { asked: 2, left: 0 });
});

void test('WS-12 a device that ignores the request is closed when the instance stops', async () => {
  await using chat = await ChatTest.start();
  const phone = await chat.connect(chat.user());
  const limit = new AbortController();
  const draining = chat.instance().gateway.drain(limit.signal);
  limit.abort();
  assert.deepEqual(await draining, { asked: 1, left: 1 });
  await chat.instance().stop();
  await chat.settled();
  assert.equal(phone.state, '1012 restarting');
  assert.equal(chat.instance().gateway.health().connections, 0);
});

void test('WS-12 a device that does not even read is cut off 200 milliseconds after the instance was told to stop', async () => {
  await using chat = await ChatTest.start();
  const phone = await chat.connect(chat.user());
  phone.pause();
  let isStopped = false;
  void chat
    .instance()
    .stop()
    .then(() => (isStopped = true));
  await chat.pass(199);
  assert.equal(isStopped, false);
  await chat.pass(1);
  assert.deepEqual([isStopped, chat.instance().gateway.health().connections], [true, 0]);
});

void test('WS-12 a device that is being admitted when the drain begins is asked to move as well', async () => {
  await using chat = await ChatTest.start();
  chat.tokens.hold();
  const phone = await chat.connect(chat.user());
  let isDrained = false;
  void chat
    .instance()
    .gateway.drain(new AbortController().signal)
    .then(() => (isDrained = true));
  chat.tokens.release();
  await chat.settled();
  assert.equal(phone.answer, 'welcome');
  assert.deepEqual(phone.controls('restarting'), [{ reconnectInMs: 2_050 }]);
  phone.close();
  await chat.settled();
  assert.equal(isDrained, true);
});

void test('WS-12 an instance that serves nobody has nothing to drain', async () => {
  await using chat = await ChatTest.start();
  const { gateway } = chat.instance();
  assert.deepEqual(await gateway.drain(new AbortController().signal), { asked: 0, left: 0 });
  let isClosed = false;
  void gateway[Symbol.asyncDispose]().then(() => (isClosed = true));
  await chat.settled();
  assert(isClosed, 'nobody has to let time pass');
});

for (const [luck, reconnectInMs] of [
  [0, 100],
  [0.5, 2_050],
  [1, 4_000],
] as const) {
  void test(`WS-12 reconnects are spread over 0.1 to 4 seconds: a share of ${luck} is ${reconnectInMs} ms`, async () => {
    await using chat = await ChatTest.start();
    const phone = await chat.connect(chat.user());
    chat.luck = luck;
    assert.equal(chat.instance().gateway.stopAccepting(), 1);
    await chat.settled();
    assert.deepEqual(phone.controls('restarting'), [{ reconnectInMs }]);
  });
}

/** What ended a connection, as the device saw it. */
function endOf({ closed }: TestDevice): string | undefined {
  if (closed === null) return undefined;
  const reasons: Readonly<Record<number, string>> = { 1000: 'left', 1006: 'lost', 1009: 'message_too_big' };
  return reasons[closed.code] ?? closed.reason;
}

void test('WS-13 the metrics of many connections that came and went equal what the devices saw', async () => {
  await using chat = await ChatTest.start();
  const devices: TestDevice[] = [];
  for (let person = 0; person < 3; person++) {
    const ctx = chat.user(person === 0 ? 'free' : 'enterprise');
    const threadId = await chat.thread(ctx);
    await chat.append(ctx, threadId, chat.run().thoughts(5));
    const came = await chat.connectMany(14, ctx);
    const admitted = came.filter(({ isOpen }) => isOpen);
    for (const device of admitted) await chat.subscribe(device, threadId);
    for (const device of admitted.slice(0, 3)) device.close();
    for (const device of admitted.slice(3, 5)) device.terminate();
    for (const device of admitted.slice(5, 6)) device.send(Buffer.alloc(70_000));
    devices.push(...came);
  }
  await chat.settled();
  const expected = { admitted: 38, refused: 4, open: 20, left: 9, lost: 6, message_too_big: 3, connection_limit: 4 };
  const ends = devices.map(endOf);
  const seen = (end: string): number => ends.filter((one) => one === end).length;
  const [left, lost, tooBig, limit] = ['left', 'lost', 'message_too_big', 'connection_limit'] as const;
  assert.deepEqual(
    {
      admitted: devices.filter((device) => device.controls('welcome').length === 1).length,
      refused: devices.filter((device) => device.controls('welcome').length === 0).length,
      open: devices.filter(({ isOpen }) => isOpen).length,
      ...{ left: seen(left), lost: seen(lost), message_too_big: seen(tooBig), connection_limit: seen(limit) },
    },
    expected,
  );
  const instance = chat.instance();
  const closed = (reason: string): number => instance.metric(`chat_connections_closed_total ${reason}`);
  assert.deepEqual(
    {
      admitted: instance.metric('chat_connections_total admitted'),
      refused: instance.metric('chat_connections_total refused'),
      open: instance.metric('chat_connections'),
      ...{ left: closed(left), lost: closed(lost), message_too_big: closed(tooBig), connection_limit: closed(limit) },
    },
    expected,
  );
  const events = devices.flatMap(({ received }) => received.filter(({ seq }) => seq !== undefined)).length;
  assert.deepEqual([events, instance.metric('chat_events_sent_total')], [190, 190]);
});
