import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatTest, type ChatTestOptions } from '../../../support/module-tests/chat/chat-test';
import type { Handshake } from '../../../support/module-tests/chat/test-device';
import { PlatformError } from '../../kernel';

const bearer = (token: string): Handshake => ({ protocols: ['chat.v1', `bearer.${token}`] });
const header = (authorization: string): Handshake => ({ headers: { authorization } });

const WAYS: readonly [what: string, handshake: (token: string) => Handshake][] = [
  ['in the header', (token) => header(`Bearer ${token}`)],
  ['in the header, in capital letters', (token) => header(`BEARER  ${token}`)],
  ['as second subprotocol', bearer],
];
for (const [what, handshake] of WAYS) {
  void test(`WS-01 a valid token is admitted and never repeated: ${what}`, async () => {
    await using chat = await ChatTest.start();
    const token = chat.tokenFor(chat.user(), { validMs: 600_000 });
    const device = await chat.openSettled(handshake(token));
    const at = new Date(chat.clock.now()).toISOString();
    const expiresAt = new Date(chat.clock.now() + 600_000).toISOString();
    const { connectionId } = device;
    assert.match(connectionId, /^conn_/);
    assert.deepEqual(device.received, [
      { v: 1, type: 'welcome', threadId: null, at, data: { connectionId, expiresAt, heartbeatMs: 25_000 } },
    ]);
    assert.equal(device.protocol, 'chat.v1');
  });
}

const MISSING = 'Authentication required: send a bearer token.';
const IN_URL = 'Tokens in the URL are not accepted. Sign out there, and send a new one as a header.';
const INVALID = 'This is no valid token.';
const STRANGERS: readonly [what: string, handshake: (token: string) => Handshake, code: string, message: string][] = [
  ['no token', () => ({}), 'token_missing', MISSING],
  [
    'a header that asks for a test user',
    () => ({ headers: { 'x-test-user': 'Dana', authorization: 'Test Dana' } }),
    'token_missing',
    MISSING,
  ],
  ['as Basic', (token) => header(`Basic ${token}`), 'token_missing', MISSING],
  [
    'behind other words',
    (token) => ({ protocols: ['chat.v1', `the-bearer.${token}`], headers: { authorization: `My Bearer ${token}` } }),
    'token_missing',
    MISSING,
  ],
  ['before other words', (token) => header(`Bearer ${token} please`), 'token_missing', MISSING],
  ['in the URL', (token) => ({ path: `/v1/chat?token=${token}` }), 'token_in_url', IN_URL],
  [
    'in the URL and in the header',
    (token) => ({ ...header(`Bearer ${token}`), path: `/v1/chat?access_token=${token}` }),
    'token_in_url',
    IN_URL,
  ],
  [
    'under another name in the URL',
    (token) => ({ ...bearer(token), path: `/v1/chat?view=small&Authorization=${token}` }),
    'token_in_url',
    IN_URL,
  ],
  ["nobody's token", () => bearer('token-of-nobody'), 'token_invalid', INVALID],
];
for (const [what, handshake, code, message] of STRANGERS) {
  void test(`WS-01 a stranger is refused by name, and no part of a token is repeated or logged: ${what}`, async () => {
    await using chat = await ChatTest.start();
    const device = await chat.openSettled(handshake(chat.tokenFor(chat.user())));
    assert.deepEqual(device.controls('error'), [{ code, message }]);
    assert.deepEqual(device.closed, { code: 4401, reason: code });
    const { gateway, logged, metrics } = chat.instance();
    assert.deepEqual(gateway.health(), { connections: 0, subscriptions: 0, draining: false });
    assert.deepEqual(
      [...metrics].filter(([name]) => name.startsWith('chat_connections')),
      [
        ['chat_connections', 0],
        ['chat_connections_total refused', 1],
        [`chat_connections_closed_total ${code}`, 1],
      ].filter(([name]) => code !== 'token_in_url' || name === 'chat_connections_total refused'),
    );
    const { received, protocol, closed } = device;
    assert.doesNotMatch(JSON.stringify({ received, protocol, closed, logged }), /token-of|bearer\./i);
  });
}

void test('WS-01 whoever does not offer the subprotocol is refused the upgrade itself', async () => {
  await using chat = await ChatTest.start();
  const device = await chat.openSettled({ protocols: [`bearer.${chat.tokenFor(chat.user())}`] });
  const problem = { status: 400, code: 'subprotocol_required', detail: 'Offer the subprotocol "chat.v1".' };
  assert.deepEqual(device.rejected, {
    status: 400,
    type: 'application/problem+json',
    problem: { type: 'about:blank', title: 'Bad Request', ...problem },
  });
  assert.equal(device.isOpen, false);
});

void test('WS-01 a handshake that is none is refused by name', async () => {
  await using chat = await ChatTest.start();
  const headers = { 'sec-websocket-protocol': `chat.v1,,bearer.${chat.tokenFor(chat.user())}` };
  const device = await chat.openSettled({ protocols: [], headers });
  assert.partialDeepStrictEqual(device.rejected, {
    status: 400,
    type: 'application/problem+json',
    problem: { code: 'invalid_handshake' },
  });
});

const LISTED: ChatTestOptions = { allowedOrigins: ['https://app.example'] };
const PAGES: readonly [what: string, options: ChatTestOptions, origin: string | undefined, answer: string][] = [
  ['a listed page', LISTED, 'https://app.example', 'welcome'],
  ['another page', LISTED, 'https://evil.example', 'origin_not_allowed 4403'],
  ['the own host where others are listed', LISTED, 'https://chat.example', 'origin_not_allowed 4403'],
  ['the own host', {}, 'https://chat.example', 'welcome'],
  ['a program, which has no page', LISTED, undefined, 'welcome'],
];
for (const [what, options, origin, answer] of PAGES) {
  void test(`WS-01 a connection is admitted by the page it comes from: ${what}`, async () => {
    await using chat = await ChatTest.start(options);
    const token = chat.tokenFor(chat.user());
    const device = await chat.openSettled({ ...bearer(token), ...(origin !== undefined && { origin }) });
    assert.equal(device.answer, answer);
  });
}

for (const [from, answer] of [
  ['10.1.2.3', 'welcome'],
  ['198.51.100.7', 'origin_not_allowed 4403'],
] as const) {
  void test(`WS-01 only a trusted proxy says what the own host is: ${from}`, async () => {
    await using chat = await ChatTest.start({ trustedProxies: ['10.0.0.0/8'] });
    const headers = { 'x-forwarded-host': 'app.example' };
    const handshake = { ...bearer(chat.tokenFor(chat.user())), from, headers, origin: 'http://app.example' };
    assert.equal((await chat.openSettled(handshake)).answer, answer);
  });
}

void test('WS-01 an instance that is starting sends newcomers away for a second', async () => {
  await using chat = await ChatTest.start({ isStarting: true });
  const device = await chat.connect(chat.user());
  assert.deepEqual(device.controls('error'), [
    { code: 'not_ready', message: 'This instance is still starting.', retryAfterMs: 1_000 },
  ]);
  assert.equal(device.state, '1013 not_ready');
  assert.equal(device.protocol, 'chat.v1');
});

const away = (retryAfterMs?: number): PlatformError =>
  new PlatformError({
    ...{ code: 'store_unavailable', message: 'Tokens cannot be checked.', retryable: true },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
const FAILURES: readonly [what: string, failure: Error, retryAfterMs: number][] = [
  ['away for a known time', away(2_000), 2_000],
  ['away for an unknown time', away(), 1_000],
  ['broken in an unforeseen way', new Error('it fell over'), 1_000],
];
for (const [what, failure, retryAfterMs] of FAILURES) {
  void test(`WS-01 while tokens cannot be checked, newcomers are told when to return and open connections stay: ${what}`, async () => {
    await using chat = await ChatTest.start();
    const dana = chat.user();
    const phone = await chat.connect(dana);
    chat.tokens.failure = failure;
    const laptop = await chat.connect(dana);
    assert.deepEqual(laptop.controls('error'), [
      {
        code: 'auth_unavailable',
        message: 'Authentication is temporarily unavailable. Try again in a moment.',
        retryAfterMs,
      },
    ]);
    assert.equal(laptop.state, '1013 auth_unavailable');
    await chat.pass(5_001);
    assert.equal(phone.state, 'open');
    chat.tokens.failure = null;
    assert.equal((await chat.connect(dana)).answer, 'welcome');
  });
}

void test('WS-01 an admission that is not decided within 5 seconds is given up', async () => {
  await using chat = await ChatTest.start();
  chat.tokens.hold();
  const phone = await chat.connect(chat.user());
  await chat.pass(4_999);
  assert.equal(phone.state, 'open');
  await chat.pass(1);
  assert.equal(phone.answer, 'auth_unavailable 1000 1013');
  chat.tokens.release();
  await chat.settled();
  assert.equal(chat.instance().gateway.health().connections, 0);
  assert.deepEqual(phone.controls('welcome'), []);
  assert.equal(chat.instance().metric('chat_connections_total admitted'), 0);
});

void test('WS-01 what a device sends before its welcome is handled after it, once and in order', async () => {
  await using chat = await ChatTest.start();
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  chat.tokens.hold();
  const phone = await chat.connect(dana);
  await chat.sendMany(phone, threadId, 2);
  assert.deepEqual(chat.commands.texts, []);
  chat.tokens.release();
  await chat.settled();
  assert.deepEqual(
    phone.received.map(({ type }) => type),
    ['welcome'],
  );
  assert.deepEqual(
    chat.commands.sent.map(({ ctx, text }) => [ctx.userId, text]),
    [
      [dana.userId, '1'],
      [dana.userId, '2'],
    ],
  );
});

void test('WS-02 what a device sends that finds no room is not handled', async () => {
  await using chat = await ChatTest.start();
  const leo = chat.user('free');
  const threadId = await chat.thread(leo);
  await chat.connectMany(10, leo);
  chat.tokens.hold();
  const eleventh = await chat.connect(leo);
  await chat.sendMany(eleventh, threadId, 1);
  chat.tokens.release();
  await chat.settled();
  assert.equal(eleventh.answer, 'connection_limit 4409');
  assert.deepEqual(chat.commands.texts, []);
});
