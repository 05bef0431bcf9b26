import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest } from '../../../support/module-tests/chat/chat-test';
import { vouchFor } from '../../kernel';

const MINUTE = 60_000;

void test('WS-01 a connection ends with its token, also without Redis', async () => {
  await using chat = await ChatTest.start();
  chat.instance();
  chat.setRedis(false);
  const phone = await chat.connect(chat.user(), { validMs: 10 * MINUTE });
  await chat.pass(10 * MINUTE - 1);
  assert.equal(phone.state, 'open');
  await chat.pass(1);
  assert.deepEqual(phone.controls('error'), [
    { code: 'token_expired', message: 'This sign-in has expired. Renew it in time, or sign in again.' },
  ]);
  assert.equal(phone.state, '4401 token_expired');
});

void test('WS-01 a token that expires in the middle of a run ends the connection, not the run', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.watch(dana, threadId, { validMs: 30_000 });
  const run = await chat.begin(dana, threadId);
  await chat.pass(30_000);
  await chat.append(dana, threadId, run.all('thought', 'report'));
  assert.deepEqual(phone.seqs(threadId), [1, 2]);
  assert.deepEqual([phone.errors, phone.state], [['token_expired'], '4401 token_expired']);
  const again = await chat.connect(dana);
  await chat.subscribe(again, threadId, 2);
  assert.deepEqual(again.seqs(threadId), [3, 4]);
});

void test('WS-01 a connection that is renewed lasts until the new token expires, and no longer', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const phone = await chat.connect(dana, { validMs: 10 * MINUTE });
  await chat.pass(1_000);
  await chat.send(phone, { type: 'renew', token: chat.tokenFor(dana, { validMs: 20 * MINUTE }) });
  const [first, second, ...more] = phone.controls('welcome').map(({ connectionId }) => connectionId);
  assert.deepEqual([second, more], [first, []]);
  await chat.pass(20 * MINUTE - 1);
  assert.equal(phone.state, 'open');
  await chat.pass(1);
  assert.equal(phone.state, '4401 token_expired');
});

void test('WS-01 a device that renews acts from then on with the rights that its person has now', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.connect(dana);
  const promoted = vouchFor({ ...dana, permissions: ['chat:use', 'reports:publish'] });
  await chat.send(phone, { type: 'renew', token: chat.tokenFor(promoted) });
  await chat.sendMany(phone, threadId, 1);
  assert.deepEqual(chat.commands.sent[0]?.ctx.permissions, ['chat:use', 'reports:publish']);
});

for (const [whose, isColleague] of [
  ["a colleague's", true],
  ["another company's", false],
] as const) {
  void test(`WS-01 nobody takes over another person's connection: renewed with ${whose} token`, async () => {
    await using chat = await ChatTest.start();
    const dana = chat.user();
    const phone = await chat.connect(dana);
    const other = chat.user('enterprise', isColleague ? dana.tenantId : undefined);
    await chat.send(phone, { type: 'renew', token: chat.tokenFor(other) });
    assert.deepEqual(phone.controls('error'), [
      { code: 'other_person', message: 'This token is somebody else’s.', field: 'token' },
    ]);
    assert.equal(phone.state, '4403 other_person');
  });
}

void test('WS-01 a renewal that fails leaves the connection as it was', async () => {
  await using chat = await ChatTest.start();
  const phone = await chat.connect(chat.user());
  await chat.send(phone, { type: 'renew', token: 'of-nobody', ref: 'r-1' });
  assert.deepEqual(phone.controls('error'), [
    { code: 'token_invalid', message: 'This is no valid token.', ref: 'r-1' },
  ]);
  await chat.pass(MINUTE);
  assert.equal(phone.state, 'open');
});
