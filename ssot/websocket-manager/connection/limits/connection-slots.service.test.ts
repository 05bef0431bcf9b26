import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest } from '../../../../support/module-tests/chat/chat-test';
import type { TestDevice } from '../../../../support/module-tests/chat/test-device';
import type { Plan, TenantContext } from '../../../kernel';
import type { LeasedSlot } from '../../contract';

const FULL = 'connection_limit 4409';

function tally(devices: readonly TestDevice[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { answer } of devices) counted[answer] = (counted[answer] ?? 0) + 1;
  return counted;
}

const answer = async (chat: ChatTest, ctx: TenantContext, at = 0): Promise<string> =>
  (await chat.connect(ctx, { at })).answer;

async function leave(chat: ChatTest, devices: readonly TestDevice[], count = 1): Promise<void> {
  for (const device of devices.filter(({ isOpen }) => isOpen).slice(0, count)) device.close();
  await chat.settled();
}

/** Slots that connections of colleagues hold, of whom the test sees nothing. */
async function colleagues(chat: ChatTest, ctx: TenantContext, count: number): Promise<readonly LeasedSlot[]> {
  await leave(chat, [await chat.connect(ctx)]);
  const asked = chat.instance().redis.asked.get('tenant devices');
  assert(asked !== undefined, 'no slot of the company was asked for');
  const slots = await Promise.all(
    Array.from({ length: count }, () => chat.state.takeSlot(ctx, asked.pool, asked.terms)),
  );
  return slots.filter((slot) => 'renew' in slot);
}

const PLANS: readonly [plan: Plan, most: number][] = [
  ['free', 10],
  ['early', 10],
  ['mid', 20],
  ['enterprise', 50],
];
for (const [plan, most] of PLANS) {
  void test(`WS-02 of 60 connections at once over two instances as many are admitted as the plan allows: ${plan}, ${most}`, async () => {
    await using chat = await ChatTest.start();
    const leo = chat.user(plan);
    const protocols = ['chat.v1', `bearer.${chat.tokenFor(leo)}`];
    const devices = Array.from({ length: 60 }, (_, index) => chat.open({ protocols }, index % 2));
    await chat.settled();
    assert.deepEqual(tally(devices), { welcome: most, [FULL]: 60 - most });
    const refused = devices.find((device) => device.answer === FULL);
    assert.deepEqual(refused?.controls('error'), [
      {
        code: 'connection_limit',
        message: `You have ${most} devices open. Close one first.`,
        limit: { name: 'connectionsPerPerson', max: most },
      },
    ]);
    await leave(chat, devices);
    assert.equal(await answer(chat, leo, 1), 'welcome');
    assert.equal(await answer(chat, leo, 1), FULL);
    assert.equal(await answer(chat, chat.user(plan, leo.tenantId)), 'welcome');
  });
}

void test('WS-02 a company has 1,000 connections, and nobody else feels it', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  await colleagues(chat, dana, 999);
  assert.equal(await answer(chat, dana), 'welcome');
  const ravi = await chat.connect(chat.user('enterprise', dana.tenantId));
  assert.deepEqual(ravi.controls('error'), [
    {
      code: 'connection_limit',
      message: 'Your company has 1000 devices open. Close one first.',
      limit: { name: 'connectionsPerTenant', max: 1_000 },
    },
  ]);
  assert.equal(ravi.state, '4409 connection_limit');
  assert.equal(await answer(chat, chat.user()), 'welcome');
});

void test('WS-02 a connection that has been open for long still holds its slot of the company', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  await chat.connect(dana);
  await chat.pass(50_000);
  await colleagues(chat, dana, 999);
  assert.equal(await answer(chat, chat.user('enterprise', dana.tenantId)), FULL);
});

void test('WS-02 whoever is refused for the company gives back what was taken from the person', async () => {
  await using chat = await ChatTest.start();
  const leo = chat.user('free');
  const others = await colleagues(chat, leo, 999);
  assert.deepEqual(tally(await chat.connectMany(11, leo)), { welcome: 1, [FULL]: 10 });
  for (const slot of others.slice(0, 2)) await slot[Symbol.asyncDispose]();
  assert.equal(await answer(chat, leo), 'welcome');
  assert.equal(await answer(chat, leo, 1), 'welcome');
});

void test('WS-02 open connections keep their slots, and those of a killed instance are free again after 45 seconds', async () => {
  await using chat = await ChatTest.start();
  const leo = chat.user('free');
  await chat.connectMany(5, leo);
  await chat.connectMany(5, leo, { at: 1 });
  await chat.pass(600_000);
  assert.deepEqual([await answer(chat, leo), await answer(chat, leo, 1)], [FULL, FULL]);
  chat.instance(1).kill();
  await chat.pass(44_999);
  assert.equal(await answer(chat, leo), FULL);
  await chat.pass(1);
  assert.deepEqual(tally(await chat.connectMany(6, leo)), { welcome: 5, [FULL]: 1 });
});

void test('WS-02 while Redis is away each instance still refuses the eleventh connection', async () => {
  await using chat = await ChatTest.start();
  const leo = chat.user('free');
  chat.instance(1);
  chat.setRedis(false);
  const devices = [...(await chat.connectMany(11, leo)), ...(await chat.connectMany(11, leo, { at: 1 }))];
  assert.deepEqual(tally(devices), { welcome: 20, [FULL]: 2 });
  const [first] = devices;
  assert.equal(await chat.instance().gateway.disconnect(leo, (first as TestDevice).connectionId), 'closed');
  await chat.settled();
  assert.equal(await answer(chat, leo), 'welcome');
  assert.equal(await answer(chat, leo), FULL);
  assert.match(
    chat.instance().logged.join('\n'),
    /Redis is away.*a connection could not be counted over all instances/,
  );
});

void test('WS-02 a slot that cannot be released comes free with its lease', async () => {
  await using chat = await ChatTest.start();
  const leo = chat.user('free');
  const devices = await chat.connectMany(10, leo);
  chat.instance(1);
  chat.setRedis(false);
  await leave(chat, devices);
  chat.setRedis(true);
  await chat.pass(44_999);
  assert.equal(await answer(chat, leo, 1), FULL);
  await chat.pass(1);
  assert.equal(await answer(chat, leo, 1), 'welcome');
  assert.match(chat.instance().logged.join('\n'), /Redis is away.*a slot could not be released/);
});

void test('WS-02 when Redis is back, those who came meanwhile are counted, and nobody is sent away', async () => {
  await using chat = await ChatTest.start();
  const leo = chat.user('free');
  chat.instance(1);
  chat.setRedis(false);
  const devices = [...(await chat.connectMany(6, leo)), ...(await chat.connectMany(6, leo, { at: 1 }))];
  chat.setRedis(true);
  await chat.pass(15_000);
  assert.deepEqual(
    devices.map(({ state }) => state),
    Array<string>(12).fill('open'),
  );
  assert.deepEqual([await answer(chat, leo), await answer(chat, leo, 1)], [FULL, FULL]);
  await leave(chat, devices, 3);
  await chat.pass(15_000);
  assert.deepEqual([await answer(chat, leo), await answer(chat, leo)], ['welcome', FULL]);
});

void test('WS-02 a full instance sends newcomers elsewhere and disturbs nobody inside', async () => {
  await using chat = await ChatTest.start({ maxConnections: 2 });
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const [phone, laptop] = [await chat.watch(dana, threadId), await chat.watch(dana, threadId)];
  const leo = await chat.connect(chat.user());
  assert.equal(leo.answer, 'overloaded 2050 1013');
  await chat.begin(dana, threadId);
  assert.deepEqual(
    [phone.seqs(threadId), laptop.seqs(threadId)],
    [
      [1, 2],
      [1, 2],
    ],
  );
  await leave(chat, [phone]);
  assert.equal(await answer(chat, chat.user()), 'welcome');
});

void test('WS-12 ten connections can move to another instance before they end on the draining one', async () => {
  await using chat = await ChatTest.start();
  const leo = chat.user('free');
  const old = await chat.connectMany(10, leo);
  chat.instance().gateway.stopAccepting();
  await chat.settled();
  const moved = await chat.connectMany(10, leo, { at: 1 });
  assert.deepEqual(
    [...old, ...moved].map(({ state }) => state),
    Array<string>(20).fill('open'),
  );
  assert.equal(await answer(chat, leo, 1), FULL);
});
