import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest } from '../../support/module-tests/chat/chat-test';
import { PlatformError, type SessionId, type TenantContext } from '../kernel';
import type { RevocationScope } from './contract';
import type { TestDevice } from '../../support/module-tests/chat/test-device';

const SIGNED_OUT = '4401 session_ended';
const REVOKED = '4403 access_revoked';

for (const isReachable of [true, false]) {
  const how = isReachable ? 'with Redis' : 'without Redis';
  void test(`WS-01 a sign-out closes the connections of that sign-in on another instance within 2 seconds, and no other: ${how}`, async () => {
    await using chat = await ChatTest.start();
    const dana = chat.user();
    const sessionId = chat.ids.next('session');
    const laptop = await chat.connect(dana);
    const phone = await chat.connect(dana, { at: 1, sessionId });
    chat.setRedis(isReachable);
    chat.tokens.endedSessions.add(sessionId);
    await chat.pass(2_000);
    assert.deepEqual(phone.controls('error'), [
      { code: 'session_ended', message: 'This sign-in has ended. Sign in again.' },
    ]);
    assert.deepEqual([phone.state, laptop.state], [SIGNED_OUT, 'open']);
  });
}

void test('WS-01 whoever has no second factor where it is asked for now is told so within 2 seconds, and nobody else', async () => {
  await using chat = await ChatTest.start();
  const sessionId = chat.ids.next('session');
  const other = await chat.connect(chat.user());
  const phone = await chat.connect(chat.user(), { sessionId });
  chat.tokens.withoutFactor.add(sessionId);
  await chat.pass(2_000);
  assert.deepEqual(phone.controls('error'), [
    { code: 'second_factor_missing', message: 'Your company asks for a second factor. Set one up to go on.' },
  ]);
  assert.deepEqual([phone.state, other.state], ['4403 second_factor_missing', 'open']);
});

void test('WS-01 a sign-out closes its connections on an instance that is about to stop, too', async () => {
  await using chat = await ChatTest.start();
  const sessionId = chat.ids.next('session');
  const phone = await chat.connect(chat.user(), { sessionId });
  chat.setRedis(false);
  chat.instance().gateway.stopAccepting();
  await chat.pass(2_000);
  chat.tokens.endedSessions.add(sessionId);
  await chat.pass(2_000);
  assert.equal(phone.state, SIGNED_OUT);
});

void test('WS-01 a sign-out is noticed after a moment in which nobody could tell', async () => {
  await using chat = await ChatTest.start();
  const sessionId = chat.ids.next('session');
  const phone = await chat.connect(chat.user(), { sessionId });
  chat.tokens.failure = new PlatformError({ code: 'store_unavailable', message: 'Away.', retryable: true });
  await chat.pass(3_000);
  assert.match(chat.instance().logged.join('\n'), /Away.*sign-ins of open connections could not be checked/);
  chat.tokens.failure = null;
  chat.tokens.endedSessions.add(sessionId);
  await chat.pass(2_000);
  assert.equal(phone.state, SIGNED_OUT);
});

interface Devices {
  readonly dana: TenantContext;
  readonly sessions: { readonly phone: SessionId; readonly laptop: SessionId };
  readonly phone: TestDevice;
  readonly laptop: TestDevice;
  readonly ravi: TestDevice;
  readonly leo: TestDevice;
}

/** Dana's phone and a colleague's device on the first instance, her laptop on the second, and another company's device. */
async function devicesOn(chat: ChatTest): Promise<Devices> {
  const dana = chat.user();
  const sessions = { phone: chat.ids.next('session'), laptop: chat.ids.next('session') };
  return {
    dana,
    sessions,
    phone: await chat.connect(dana, { sessionId: sessions.phone }),
    laptop: await chat.connect(dana, { at: 1, sessionId: sessions.laptop }),
    ravi: await chat.connect(chat.user('enterprise', dana.tenantId)),
    leo: await chat.connect(chat.user()),
  };
}

const statesOf = ({ phone, laptop, ravi, leo }: Devices): string[] =>
  [phone, laptop, ravi, leo].map(({ state }) => state);

const SCOPES: readonly [
  what: string,
  scope: (devices: Devices) => Omit<RevocationScope, 'tenantId'>,
  closedHere: number,
  states: readonly string[],
][] = [
  [
    'a sign-in',
    ({ dana: { userId }, sessions }) => ({ userId, sessionId: sessions.phone }),
    1,
    [SIGNED_OUT, 'open', 'open', 'open'],
  ],
  [
    'a sign-in on another instance',
    ({ dana: { userId }, sessions }) => ({ userId, sessionId: sessions.laptop }),
    0,
    ['open', SIGNED_OUT, 'open', 'open'],
  ],
  ['a person', ({ dana: { userId } }) => ({ userId }), 1, [REVOKED, REVOKED, 'open', 'open']],
  ['a company', () => ({}), 2, [REVOKED, REVOKED, REVOKED, 'open']],
];
for (const [what, scope, closedHere, states] of SCOPES) {
  void test(`WS-01 whoever loses their access loses their connections on all instances, and nobody else: ${what}`, async () => {
    await using chat = await ChatTest.start();
    const devices = await devicesOn(chat);
    const { tenantId } = devices.dana;
    assert.deepEqual(await chat.instance().gateway.revoke({ tenantId, ...scope(devices) }), { closed: closedHere });
    await chat.settled();
    assert.deepEqual(statesOf(devices), states);
  });
}

void test('WS-01 a suspended company loses its connections although no instance was told, and nobody else does', async () => {
  await using chat = await ChatTest.start();
  chat.instance(1);
  chat.setRedis(false);
  const devices = await devicesOn(chat);
  chat.tokens.suspendedTenants.add(devices.dana.tenantId);
  await chat.pass(2_000);
  assert.deepEqual(statesOf(devices), [REVOKED, REVOKED, REVOKED, 'open']);
  assert.equal((await chat.connect(devices.dana)).answer, 'access_revoked 4403');
});

void test('WS-01 an instance that could not subscribe to closings tries again until it can', async () => {
  await using chat = await ChatTest.start();
  chat.instance(1);
  chat.setRedis(false);
  const devices = await devicesOn(chat);
  const { tenantId, userId } = devices.dana;
  await chat.instance().gateway.revoke({ tenantId, userId, sessionId: devices.sessions.phone });
  assert.match(
    chat.instance().logged.join('\n'),
    /the bus is away.*other instances could not be told whose connections to close/,
  );
  chat.setRedis(true);
  await chat.pass(1_000);
  await chat.instance().gateway.revoke({ tenantId, userId });
  await chat.settled();
  assert.deepEqual(statesOf(devices), [SIGNED_OUT, REVOKED, 'open', 'open']);
});
