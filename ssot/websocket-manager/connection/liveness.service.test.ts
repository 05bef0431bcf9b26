import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest, range } from '../../../support/module-tests/chat/chat-test';
import type { TestDevice } from '../../../support/module-tests/chat/test-device';

const HOURS_2 = 7_200_000;
const MINUTE = 60_000;

const CASES: readonly [what: string, happens: (chat: ChatTest, phone: TestDevice) => Promise<void>, state: string][] = [
  ['it answers pings', (chat) => chat.pass(2 * MINUTE), 'open'],
  ['just not yet silent', silent(34_999), 'open'],
  ['silent for 35 seconds', silent(35_000), '1006'],
  [
    'silent, then back, then silent',
    async (chat, phone) => {
      await silent(30_000)(chat, phone);
      phone.resume();
      await chat.settled();
      await silent(30_000)(chat, phone);
    },
    'open',
  ],
  ['just not yet idle', (chat) => chat.pass(30 * MINUTE - 1), 'open'],
  ['idle for 30 minutes', (chat) => chat.pass(30 * MINUTE), '4408 idle'],
  [
    'it sent something',
    async (chat, phone) => {
      await chat.pass(29 * MINUTE);
      await chat.send(phone, { type: 'pong' });
      await chat.pass(2 * MINUTE);
    },
    'open',
  ],
];
function silent(ms: number): (chat: ChatTest, phone: TestDevice) => Promise<void> {
  return (chat, phone) => {
    phone.pause();
    return chat.pass(ms);
  };
}
for (const [what, happens, state] of CASES) {
  void test(`WS-07 a connection is kept while it is alive, also without Redis: ${what}`, async () => {
    await using chat = await ChatTest.start();
    chat.instance();
    chat.setRedis(false);
    const phone = await chat.connect(chat.user(), { validMs: HOURS_2 });
    await happens(chat, phone);
    phone.resume();
    await chat.settled();
    assert.equal(phone.state, state);
    assert.equal(chat.instance().gateway.health().connections, state === 'open' ? 1 : 0);
  });
}

void test('WS-07 whoever only reads is not idle while there is something to read', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.watch(dana, threadId, { validMs: HOURS_2 });
  await chat.pass(29 * MINUTE);
  await chat.begin(dana, threadId);
  await chat.pass(2 * MINUTE);
  assert.equal(phone.state, 'open');
});

const LONG = 'comparing model prices '.repeat(40);

void test('WS-07 a device that reads again after 20 seconds misses nothing', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.watch(dana, threadId);
  phone.pause();
  await chat.append(dana, threadId, chat.run().thoughts(250, LONG));
  await chat.pass(20_000);
  phone.resume();
  await chat.settled();
  assert.deepEqual(phone.seqs(threadId), range(1, 250));
});

void test('WS-07 a device that takes nothing for 30 seconds is closed as overloaded, and its neighbour goes on', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const [phone, laptop] = [await chat.watch(dana, threadId), await chat.watch(dana, threadId)];
  phone.pause();
  await chat.append(dana, threadId, chat.run().thoughts(250, LONG));
  await chat.pass(29_999);
  assert.equal(chat.instance().gateway.health().connections, 2);
  await chat.pass(1);
  phone.resume();
  await chat.settled();
  assert.equal(phone.state, '1013 slow_consumer');
  assert.deepEqual(laptop.seqs(threadId), range(1, 250));
});

void test('WS-07 a device that asks, and takes none of the answers for 30 seconds, is closed as overloaded', async () => {
  await using chat = await ChatTest.start();
  const phone = await chat.connect(chat.user());
  phone.pause();
  const unknown = { type: 'nothing that is known', ref: '\u0001'.repeat(128) };
  for (let second = 0; second < 36; second++) {
    phone.pong();
    await chat.send(phone, ...Array.from({ length: 40 }, () => unknown));
    await chat.pass(1_000);
  }
  phone.resume();
  await chat.settled();
  assert.equal(phone.state, '1013 slow_consumer');
});

const MIB = 1_048_576;
/** All but fills the 32 KiB of an event. */
const LARGEST = 'x'.repeat(32_700);

void test('WS-07 a catch-up of large events holds at most 1 MiB for a device that does not read', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  await chat.append(dana, threadId, chat.run().thoughts(80, LARGEST));
  const phone = await chat.connect(dana);
  phone.pause();
  await chat.subscribe(phone, threadId);
  const { waitingBytes } = chat.instance();
  assert(waitingBytes > 0.9 * MIB && waitingBytes <= MIB, `${waitingBytes} bytes wait`);
  phone.resume();
  await chat.settled();
  assert.deepEqual(phone.seqs(threadId), range(1, 80));
});

void test('WS-07 threads that are opened while there is no room for them are shown as soon as the device reads', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threads = [
    await chat.thread(dana),
    await chat.thread(dana, 'Team offsite'),
    await chat.thread(dana, 'Q4 plan'),
  ];
  for (const threadId of threads) await chat.append(dana, threadId, chat.run().thoughts(40, LARGEST));
  const phone = await chat.connect(dana);
  phone.pause();
  for (const threadId of threads) await chat.subscribe(phone, threadId, 2);
  phone.resume();
  await chat.settled();
  for (const threadId of threads) assert.deepEqual(phone.seqs(threadId), range(3, 40));
});

void test('WS-07 what is stored meanwhile does not pile up for a device that does not read', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.watch(dana, threadId);
  phone.pause();
  for (const draft of chat.run().thoughts(82, 'x'.repeat(31_000))) await chat.append(dana, threadId, [draft]);
  assert(chat.instance().waitingBytes <= MIB);
  phone.resume();
  await chat.settled();
  assert.deepEqual(phone.seqs(threadId), range(1, 82));
});

void test('WS-07 a device that never answers the close is let go after 10 seconds, whatever else it says', async () => {
  await using chat = await ChatTest.start();
  const phone = await chat.connect(chat.user(), { validMs: 10_000 });
  phone.pause();
  await chat.pass(15_000);
  phone.pong();
  await chat.pass(4_999);
  assert.equal(chat.instance().gateway.health().connections, 1);
  await chat.pass(1);
  assert.equal(chat.instance().gateway.health().connections, 0);
});

void test('WS-07 connections, subscriptions and bus subscriptions are counted, and none is left behind', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const devices = [
    await chat.watch(dana, await chat.thread(dana)),
    await chat.watch(dana, await chat.thread(dana, 'Team offsite')),
  ];
  const { gateway } = chat.instance();
  const counts = (): object => ({
    ...gateway.health(),
    metric: chat.instance().metric('chat_connections'),
    bus: chat.heads.subscriptions,
  });
  assert.deepEqual(counts(), { connections: 2, subscriptions: 2, draining: false, metric: 2, bus: 2 });
  for (const device of devices) device.close();
  await chat.settled();
  assert.deepEqual(counts(), { connections: 0, subscriptions: 0, draining: false, metric: 0, bus: 0 });
  const buses = (): number[] => [chat.closing.subscriptions, chat.threadChanges.subscriptions];
  assert.deepEqual(buses(), [1, 1]);
  await chat.instance().stop();
  assert.deepEqual(buses(), [0, 0]);
});
