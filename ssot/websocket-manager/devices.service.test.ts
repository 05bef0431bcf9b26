import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest } from '../../support/module-tests/chat/chat-test';
import type { TestDevice } from '../../support/module-tests/chat/test-device';
import type { TenantContext, ThreadId } from '../kernel';

interface Devices {
  readonly dana: TenantContext;
  readonly threadId: ThreadId;
  readonly phone: TestDevice;
  readonly laptop: TestDevice;
}

/** A phone on the first instance that shows two events of a thread, and a laptop on the second. */
async function devicesOn(chat: ChatTest): Promise<Devices> {
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.watch(dana, threadId);
  await chat.begin(dana, threadId);
  await chat.pass(1_000);
  const laptop = await chat.watch(dana, threadId, { at: 1 });
  return { dana, threadId, phone, laptop };
}

/** What the instance lists: connection, instance and how far each thread has been sent. */
async function listedOn(chat: ChatTest, ctx: TenantContext, at = 0): Promise<unknown[]> {
  const devices = await chat.instance(at).gateway.devices(ctx);
  return devices.map(({ id, instance, threads }) => [id, instance, ...threads.map(({ sentSeq }) => sentSeq)]);
}

void test('WS-02 every instance lists all devices of a person, longest open first, and nobody else does', async () => {
  await using chat = await ChatTest.start();
  const { dana, phone, laptop } = await devicesOn(chat);
  await chat.pass(1_000);
  const tablet = await chat.connect(dana);
  await chat.pass(15_000);
  const expected = [
    [phone.connectionId, 'instance 1', 2],
    [laptop.connectionId, 'instance 2', 2],
    [tablet.connectionId, 'instance 1'],
  ];
  assert.deepEqual(await listedOn(chat, dana, 0), expected);
  assert.deepEqual(await listedOn(chat, dana, 1), expected);
  assert.deepEqual(await listedOn(chat, chat.user('enterprise', dana.tenantId)), []);
  assert.deepEqual(await listedOn(chat, chat.user()), []);
});

void test('WS-02 a device is listed with its sign-in, since when it is open and what it shows, on every instance', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const [first, second] = [await chat.thread(dana), await chat.thread(dana, 'Team offsite')];
  await chat.begin(dana, second);
  const openedAt = new Date(chat.clock.now());
  const sessionId = chat.ids.next('session');
  const phone = await chat.watch(dana, first, { sessionId });
  chat.clock.advance(1_000);
  await chat.subscribe(phone, second, 1);
  const threads = [
    { threadId: first, sentSeq: 0 },
    { threadId: second, sentSeq: 2 },
  ];
  const device = { id: phone.connectionId, sessionId, instance: 'instance 1', openedAt, threads };
  for (const at of [0, 1]) assert.deepEqual(await chat.instance(at).gateway.devices(dana), [device]);
});

void test('WS-02 what a device has left is listed no more, on either instance', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone, laptop } = await devicesOn(chat);
  await chat.send(phone, { type: 'unsubscribe', threadId });
  laptop.close();
  await chat.settled();
  for (const at of [0, 1]) assert.deepEqual(await listedOn(chat, dana, at), [[phone.connectionId, 'instance 1']]);
});

void test('WS-02 a device of an instance that was killed is listed for 45 seconds at most', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const phone = await chat.connect(dana);
  const laptop = await chat.connect(dana, { at: 1 });
  chat.instance(1).kill();
  await chat.pass(44_000);
  assert.deepEqual(await listedOn(chat, dana), [
    [phone.connectionId, 'instance 1'],
    [laptop.connectionId, 'instance 2'],
  ]);
  await chat.pass(1_000);
  assert.deepEqual(await listedOn(chat, dana), [[phone.connectionId, 'instance 1']]);
});

void test('WS-02 while Redis is away a person sees the devices of the instance that is asked', async () => {
  await using chat = await ChatTest.start();
  const { dana, phone } = await devicesOn(chat);
  chat.setRedis(false);
  assert.deepEqual(await listedOn(chat, dana), [[phone.connectionId, 'instance 1', 2]]);
  assert.match(chat.instance().logged.join('\n'), /Redis is away.*devices on other instances could not be listed/);
});

const CLOSED = '4403 disconnected';
const ATTEMPTS: readonly [
  what: string,
  by: (chat: ChatTest, dana: TenantContext) => TenantContext,
  device: 'phone' | 'laptop' | 'none',
  outcome: string,
  states: readonly string[],
][] = [
  ['one on this instance', (_, dana) => dana, 'phone', 'closed', [CLOSED, 'open']],
  ['one on another instance', (_, dana) => dana, 'laptop', 'asked', ['open', CLOSED]],
  ["a colleague's", (chat, { tenantId }) => chat.user('enterprise', tenantId), 'phone', 'unknown', ['open', 'open']],
  ["another company's", (chat) => chat.user(), 'laptop', 'unknown', ['open', 'open']],
  ['one that was never open', (_, dana) => dana, 'none', 'unknown', ['open', 'open']],
];
for (const [what, by, device, outcome, states] of ATTEMPTS) {
  void test(`WS-02 a person closes their own devices from any other: ${what}`, async () => {
    await using chat = await ChatTest.start();
    const { dana, phone, laptop } = await devicesOn(chat);
    const id = device === 'none' ? chat.ids.next('conn') : { phone, laptop }[device].connectionId;
    assert.equal(await chat.instance().gateway.disconnect(by(chat, dana), id), outcome);
    await chat.settled();
    assert.deepEqual([phone.state, laptop.state], states);
  });
}
