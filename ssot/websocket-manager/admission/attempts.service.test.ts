import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { ChatTest } from '../../../support/module-tests/chat/chat-test';
import type { Handshake } from '../../../support/module-tests/chat/test-device';

const BAD_TOKEN: Handshake = { protocols: ['chat.v1', 'bearer.of-nobody'] };
const WAIT = 'rate_limited 60000 4429';

/** A network that no other test comes from. */
const network = (): string => `203.0.${randomInt(256)}`;

async function fail(chat: ChatTest, times: number, handshake: Handshake): Promise<void> {
  for (let index = 0; index < times; index++) await chat.openSettled(handshake);
}

void test('WS-01 a flood of bad tokens makes only its address wait, and a valid token is admitted even from there', async () => {
  await using chat = await ChatTest.start();
  const near = network();
  const [from, elsewhere] = [`${near}.66`, `${near}.99`];
  await fail(chat, 10, { ...BAD_TOKEN, from });
  assert.equal((await chat.openSettled({ ...BAD_TOKEN, from })).answer, WAIT);
  assert.equal((await chat.openSettled({ ...BAD_TOKEN, from: elsewhere })).answer, 'token_invalid 4401');
  assert.equal((await chat.connect(chat.user(), { from })).answer, 'welcome');
});

void test('WS-01 those who are admitted do not count as attempts, and those who fail for any reason do', async () => {
  await using chat = await ChatTest.start();
  const near = network();
  const [from, elsewhere] = [`${near}.66`, `${near}.99`];
  for (let index = 0; index < 40; index++) await chat.connect(chat.user(), { from });
  await fail(chat, 10, { from });
  await fail(chat, 10, { from, path: '/v1/chat?token=any' });
  await fail(chat, 10, { from, origin: 'https://evil.example' });
  assert.equal((await chat.openSettled({ from, origin: 'https://evil.example' })).answer, WAIT);
  assert.equal((await chat.openSettled({ from })).answer, WAIT);
  assert.equal((await chat.openSettled({ from: elsewhere })).answer, 'token_missing 4401');
  assert.equal((await chat.connect(chat.user(), { from })).answer, 'welcome');
});

const BALANCERS = ['192.0.2.1', '10.0.0.0/8'];
const STRANGER = '198.51.100.7';
const FORWARDED: readonly [
  what: string,
  trustedProxies: readonly string[],
  from: string,
  failed: (near: string) => string,
  elsewhere: string,
][] = [
  ['a load balancer', BALANCERS, '10.1.2.3', (near) => `${near}.66`, 'token_invalid 4401'],
  ['behind two of them', BALANCERS, '10.1.2.3', (near) => `${near}.66, 192.0.2.1`, 'token_invalid 4401'],
  ['forged on the way', BALANCERS, '10.1.2.3', (near) => `${near}.99, ${near}.66`, 'token_invalid 4401'],
  ['forged by a device', BALANCERS, STRANGER, (near) => `${near}.7`, WAIT],
  ['nobody is trusted', [], '10.1.2.3', (near) => `${near}.7`, WAIT],
];
for (const [what, trustedProxies, from, failed, elsewhere] of FORWARDED) {
  void test(`WS-01 a device comes from where a trusted proxy says, and nobody else is believed: ${what}`, async () => {
    await using chat = await ChatTest.start({ trustedProxies });
    const near = network();
    const through = (forwarded: string): Handshake => ({
      ...BAD_TOKEN,
      from,
      headers: { 'x-forwarded-for': forwarded },
    });
    await fail(chat, 10, through(failed(near)));
    assert.equal((await chat.openSettled(through(`${near}.66`))).answer, WAIT);
    assert.equal((await chat.openSettled(through(`${near}.66, ${near}.99`))).answer, elsewhere);
  });
}
