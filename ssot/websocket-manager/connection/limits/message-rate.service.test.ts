import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest } from '../../../../support/module-tests/chat/chat-test';
import type { TestDevice } from '../../../../support/module-tests/chat/test-device';
import type { TenantContext, ThreadId } from '../../../kernel';

interface Pair {
  readonly dana: TenantContext;
  readonly threadId: ThreadId;
  readonly phone: TestDevice;
  readonly laptop: TestDevice;
}

/** One person's phone and laptop on two instances. */
async function pairOn(chat: ChatTest): Promise<Pair> {
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  return { dana, threadId, phone: await chat.connect(dana), laptop: await chat.connect(dana, { at: 1 }) };
}

const refusals = (device: TestDevice): readonly unknown[] =>
  device.controls('error').map(({ code, retryAfterMs }) => `${String(code)} ${String(retryAfterMs)}`);

void test('WS-10 a person writes 60 messages a minute, 20 of them within 5 seconds, over all instances', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone, laptop } = await pairOn(chat);
  const sendByTurns = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) {
      await chat.sendMany(phone, threadId, 1);
      await chat.sendMany(laptop, threadId, 1);
    }
  };
  await sendByTurns();
  await chat.sendMany(phone, threadId, 1);
  assert.deepEqual(refusals(phone), ['rate_limited 5000']);
  for (let round = 0; round < 2; round++) {
    await chat.pass(5_000);
    await sendByTurns();
  }
  assert.equal(chat.commands.sent.length, 60);
  await chat.pass(5_000);
  await chat.sendMany(phone, threadId, 1);
  await chat.sendMany(laptop, threadId, 1);
  assert.deepEqual([refusals(phone).at(-1), refusals(laptop).at(-1)], ['rate_limited 45000', 'rate_limited 45000']);
  const leo = chat.user('free');
  await chat.sendMany(await chat.connect(leo), await chat.thread(leo), 1);
  assert.equal(chat.commands.sent.at(-1)?.ctx.userId, leo.userId);
  await chat.pass(45_000);
  await chat.sendMany(phone, threadId, 1);
  assert.equal(chat.commands.sent.length, 62);
});

void test('WS-10 while Redis is away the limit still holds on each instance', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone, laptop } = await pairOn(chat);
  chat.setRedis(false);
  for (const device of [phone, laptop]) await chat.sendMany(device, threadId, 21);
  assert.deepEqual([refusals(phone), refusals(laptop)], [['rate_limited 5000'], ['rate_limited 5000']]);
  assert.equal(chat.commands.sent.length, 40);
  assert.match(chat.instance().logged.join('\n'), /Redis is away.*a message could not be counted over all instances/);
});

void test('WS-10 while Redis is away the minute is remembered, whoever writes in between', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone } = await pairOn(chat);
  const leo = chat.user('free');
  const tablet = await chat.connect(leo);
  const leosThread = await chat.thread(leo);
  chat.setRedis(false);
  for (let round = 0; round < 3; round++) {
    await chat.sendMany(tablet, leosThread, 1);
    await chat.sendMany(phone, threadId, 20);
    await chat.pass(6_000);
  }
  await chat.sendMany(tablet, leosThread, 1);
  await chat.sendMany(phone, threadId, 1);
  assert.deepEqual(phone.controls('error'), [
    {
      code: 'rate_limited',
      message: 'You write faster than 60 messages a minute, or 20 within five seconds. Wait.',
      retryAfterMs: 42_000,
    },
  ]);
});

void test('WS-10 what was refused for what another instance counted does not count', async () => {
  await using chat = await ChatTest.start();
  const { threadId, phone, laptop } = await pairOn(chat);
  await chat.sendMany(laptop, threadId, 20);
  await chat.pass(4_900);
  await chat.sendMany(phone, threadId, 10);
  assert.equal(refusals(phone).length, 10);
  await chat.pass(100);
  await chat.sendMany(phone, threadId, 20);
  assert.equal(chat.commands.sent.length, 40);
});

void test('WS-10 a message over HTTP counts like one on a connection', async () => {
  await using chat = await ChatTest.start();
  const { dana, threadId, phone } = await pairOn(chat);
  for (let index = 0; index < 20; index++) await chat.instance().gateway.admitMessage(dana);
  await chat.sendMany(phone, threadId, 1);
  assert.deepEqual(refusals(phone), ['rate_limited 5000']);
  await assert.rejects(chat.instance(1).gateway.admitMessage(dana), { code: 'rate_limited', retryAfterMs: 5_000 });
});
