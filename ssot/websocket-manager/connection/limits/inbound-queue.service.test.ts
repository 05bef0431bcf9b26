import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest } from '../../../../support/module-tests/chat/chat-test';
import { PlatformError, type ThreadId } from '../../../kernel';

void test('WS-10 a bad message is answered with its reason and the connection stays usable', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone } = await chat.watching();
  await chat.send(phone, '{"type": "send_mess', Buffer.from('{"type": "ping"}'));
  await chat.send(phone, { type: 'send_message', threadId, clientMessageId: 'c-1', text: '  ', ref: 'm-1' });
  assert.deepEqual(phone.controls('error'), [
    { code: 'invalid_json', message: 'The message is not JSON.' },
    { code: 'binary_not_supported', message: 'Messages are JSON text; binary frames are not read.' },
    { code: 'invalid_message', message: '"text" must not be blank', field: 'text', ref: 'm-1' },
  ]);
  await chat.send(phone, { type: 'ping' });
  assert.deepEqual(phone.controls('pong'), [{ at: new Date(chat.clock.now()).toISOString() }]);
});

void test('WS-10 whatever a message nests is answered, and the connection stays usable', async () => {
  await using chat = await ChatTest.start();
  const { phone } = await chat.watching();
  for (const [open, inside, close] of [
    ['[', '', ']'],
    ['{"a":', '0', '}'],
  ] as const) {
    const deep = Math.floor(65_000 / (open.length + 1));
    await chat.send(phone, `${open.repeat(deep)}${inside}${close.repeat(deep)}`);
  }
  assert.deepEqual(phone.errors, ['invalid_message', 'invalid_message']);
  await chat.send(phone, { type: 'ping' });
  assert.equal(phone.state, 'open');
});

void test('WS-10 a frame of 64 KiB is read, and one byte more closes the connection before it is', async () => {
  await using chat = await ChatTest.start();
  const { phone } = await chat.watching();
  await chat.send(phone, 'x'.repeat(65_536));
  assert.deepEqual(phone.errors, ['invalid_json']);
  await chat.send(phone, 'x'.repeat(65_537));
  assert.equal(phone.closed?.code, 1009);
  assert.equal(chat.instance().gateway.health().connections, 0);
  assert.equal(chat.instance().metric('chat_connections_closed_total message_too_big'), 1);
});

void test('WS-10 whoever ignores ten refusals within a minute is disconnected, on the eleventh', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const laptop = await chat.connect(dana, { at: 1 });
  await chat.sendMany(phone, threadId, 20);
  await chat.sendMany(phone, threadId, 10);
  await chat.sendMany(laptop, threadId, 11);
  assert.deepEqual([phone.state, phone.errors], ['open', Array(10).fill('rate_limited')]);
  assert.deepEqual(laptop.errors, [...Array<string>(10).fill('rate_limited'), 'too_many_messages']);
  assert.equal(laptop.state, '4429 too_many_messages');
  assert.equal(
    laptop.controls('error').at(-1)?.['message'],
    '10 refusals within a minute were ignored. Come back slower.',
  );
});

void test('WS-10 whoever asks again and again for what is not there is told so each time, and stays connected', async () => {
  await using chat = await ChatTest.start();
  const phone = await chat.connect(chat.user());
  for (let time = 0; time < 12; time++) await chat.subscribe(phone, chat.ids.next('thread'));
  assert.deepEqual([phone.state, phone.errors], ['open', Array(12).fill('thread_not_found')]);
});

void test('WS-10 text that is none closes its connection, and is not counted as too big', async () => {
  await using chat = await ChatTest.start();
  const { phone } = await chat.watching();
  phone.sendText(Buffer.from([0xff]));
  await chat.settled();
  assert.equal(phone.closed?.code, 1007);
  assert.equal(chat.instance().metric('chat_connections_closed_total message_too_big'), 0);
  assert.equal(chat.instance().gateway.health().connections, 0);
});

void test('WS-10 refusals that lie a minute apart are forgiven', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone } = await chat.watching();
  await chat.sendMany(phone, threadId, 30);
  await chat.pass(60_000);
  await chat.sendMany(phone, threadId, 30);
  assert.deepEqual([phone.state, phone.errors], ['open', Array(20).fill('rate_limited')]);
});

void test('WS-10 more than 50 frames within a second are refused, in order, and the neighbour is not', async () => {
  await using chat = await ChatTest.start();
  const { dana, phone } = await chat.watching();
  const laptop = await chat.connect(dana);
  const ping = { type: 'ping' };
  await chat.send(phone, ...Array<object>(52).fill(ping));
  const answers = phone.received.map(({ type }) => type).filter((type) => type === 'pong' || type === 'error');
  assert.deepEqual(answers, [...Array<string>(49).fill('pong'), ...Array<string>(3).fill('error')]);
  const refusal = { code: 'rate_limited', message: 'A device may say 50 things a second. Wait.', retryAfterMs: 1_000 };
  assert.deepEqual(phone.controls('error'), [refusal, refusal, refusal]);
  await chat.send(laptop, ping);
  assert.equal(laptop.controls('pong').length, 1);
  await chat.pass(1_000);
  await chat.send(phone, ping);
  assert.equal(phone.controls('pong').length, 50);
});

void test('WS-10 a device is read no further than 32 messages ahead of what is handled', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone } = await chat.watching();
  chat.commands.hold();
  await chat.sendMany(phone, threadId, 1);
  await chat.send(phone, ...Array<string>(45).fill('x'.repeat(50_000)));
  assert(phone.unreadBytes > 500_000 && phone.unreadBytes < 750_000, `${phone.unreadBytes} bytes wait outside`);
  chat.commands.release();
  await chat.settled();
  assert.deepEqual(phone.errors, Array(45).fill('invalid_json'));
});

void test('WS-09 messages that come faster than they are handled are all handled, in order', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone } = await chat.watching();
  await chat.sendMany(phone, threadId, 20);
  assert.deepEqual(
    chat.commands.texts,
    Array.from({ length: 20 }, (_, index) => `${index + 1}`),
  );
});

void test('WS-09 messages and cancellations reach the agents in the name of their person', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await chat.watching();
  const runId = chat.ids.next('run');
  const message = { threadId, clientMessageId: 'c-1', text: 'Why so much?' };
  await chat.send(phone, { type: 'send_message', ...message }, { type: 'cancel_run', runId });
  assert.deepEqual(chat.commands.sent, [{ ...message, ctx: dana }]);
  assert.deepEqual(chat.commands.cancelled, [{ ctx: dana, runId }]);
  assert.deepEqual(phone.errors, []);
});

void test('WS-09 a message that the agents refuse is refused with their reason, its ref and when to try again', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone } = await chat.watching();
  const refusal = { code: 'queue_full', message: 'Too much waits.', retryAfterMs: 1_500 };
  chat.commands.refusal = new PlatformError({ ...refusal, retryable: true });
  await chat.send(phone, { type: 'send_message', threadId, clientMessageId: 'c-1', text: 'Why?', ref: 'm-7' });
  const [error] = phone.received.filter(({ type }) => type === 'error');
  assert.deepEqual([error?.threadId, error?.data], [threadId, { ...refusal, ref: 'm-7' }]);
});

void test('WS-10 the 21st thread on one device is refused and the other 20 stay live', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const phone = await chat.connect(dana);
  const threads: ThreadId[] = [];
  for (let index = 0; index < 21; index++) threads.push(await chat.thread(dana, `thread ${index}`));
  for (const threadId of threads) await chat.subscribe(phone, threadId);
  const [first, twentieth, last] = [threads[0], threads[19], threads[20]] as [ThreadId, ThreadId, ThreadId];
  assert.deepEqual(phone.controls('error'), [
    { code: 'subscription_limit', message: 'A device follows at most 20 threads. Leave one first.' },
  ]);
  for (const threadId of [first, twentieth, last]) await chat.begin(dana, threadId, ['question']);
  assert.deepEqual([phone.seqs(first), phone.seqs(twentieth), phone.seqs(last)], [[1], [1], []]);
  await chat.send(phone, { type: 'unsubscribe', threadId: first });
  await chat.subscribe(phone, last);
  assert.deepEqual(phone.seqs(last), [1]);
});
