import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { assertOriginAllowed } from './origin';

const PROXY = '10.0.0.1';
const STRANGER = '198.51.100.7';

interface Case {
  readonly allowed?: readonly string[];
  readonly from?: string;
  readonly headers: IncomingHttpHeaders;
}

function isAllowed({ allowed = [], from = STRANGER, headers }: Case): boolean {
  const request = { headers, socket: { remoteAddress: from } } as unknown as IncomingMessage;
  try {
    assertOriginAllowed(request, { allowedOrigins: allowed, isTrustedProxy: (address) => address === PROXY });
    return true;
  } catch (refusal) {
    assert.equal((refusal as { code?: string }).code, 'origin_not_allowed');
    return false;
  }
}

const CHAT = ['https://chat.example'];
const OWN: readonly (readonly [origin: string, host: string])[] = [
  ['https://chat.example', 'chat.example'],
  ['HTTPS://Chat.Example:443', 'chat.example'],
  ['https://chat.example', 'CHAT.example:443'],
  ['http://chat.example', 'chat.example:80'],
  ['https://chat.example:8443', 'chat.example:8443'],
  ['http://[2001:db8::1]:8080', '[2001:DB8:0::1]:8080'],
];
for (const [origin, host] of OWN) {
  test(`WS-01 a page of the own host may connect: ${origin} to ${host}`, () => {
    assert(isAllowed({ headers: { origin, host } }));
  });
}

const FOREIGN: readonly (readonly [origin: string, host: string | undefined])[] = [
  ['https://evil.example', 'chat.example'],
  ['https://chat.example.evil.example', 'chat.example'],
  ['https://evil.example#chat.example', 'chat.example'],
  ['https://chat.example@evil.example', 'chat.example'],
  ['https://chat.example:8443', 'chat.example'],
  ['http://chat.example:443', 'chat.example'],
  ['ftp://chat.example', 'chat.example'],
  ['file:///chat.example', 'chat.example'],
  ['null', 'null'],
  ['', ''],
  ['https://', ''],
  ['https://chat.example', undefined],
];
for (const [origin, host] of FOREIGN) {
  test(`WS-01 a page of another place may not: "${origin}" to ${host}`, () => {
    assert(!isAllowed({ headers: { origin, host } }));
  });
}

test('WS-01 programs send no origin and are let in, whatever the list says', () => {
  assert(isAllowed({ headers: { host: 'chat.example' } }));
  assert(isAllowed({ allowed: CHAT, headers: {} }));
});

for (const origin of ['https://chat.example', 'HTTPS://Chat.Example:443', 'https://CHAT.example']) {
  test(`WS-01 a listed page may connect however it is written: ${origin}`, () => {
    for (const allowed of [CHAT, ['HTTPS://CHAT.EXAMPLE:443'], ['https://other.example', 'https://chat.example']]) {
      assert(isAllowed({ allowed, headers: { origin, host: 'internal:8080' } }));
    }
  });
}

test('WS-01 where pages are listed, the own host is no exception', () => {
  assert(!isAllowed({ allowed: CHAT, headers: { origin: 'https://own.example', host: 'own.example' } }));
  assert(!isAllowed({ allowed: CHAT, headers: { origin: 'http://chat.example', host: 'chat.example' } }));
});

const origin = 'https://chat.example';
const host = 'instance-7:8080';
const forwarded = { 'x-forwarded-host': 'chat.example', 'x-forwarded-proto': 'https' };

test('WS-01 behind a trusted proxy the forwarded host is the own one, and from anybody else it is not', () => {
  const headers = { origin, host, ...forwarded };
  assert(isAllowed({ from: PROXY, headers }));
  assert(!isAllowed({ from: STRANGER, headers }));
  const forged = { origin: 'https://evil.example', host: 'chat.example', 'x-forwarded-host': 'evil.example' };
  assert(!isAllowed({ from: STRANGER, headers: forged }));
});

test('WS-01 where a trusted proxy names the scheme, a page of the other scheme is another one', () => {
  const headers = { origin: 'http://chat.example', host, ...forwarded };
  assert(!isAllowed({ from: PROXY, headers }));
  assert(isAllowed({ from: PROXY, headers: { ...headers, 'x-forwarded-proto': 'http' } }));
  assert(isAllowed({ from: STRANGER, headers: { origin: 'http://chat.example', host: 'chat.example', ...forwarded } }));
});

test('WS-01 of several forwarded hosts the one that the trusted proxy added counts', () => {
  const headers = { origin, host, ...forwarded };
  assert(!isAllowed({ from: PROXY, headers: { ...headers, 'x-forwarded-host': 'chat.example, real.example' } }));
  assert(isAllowed({ from: PROXY, headers: { ...headers, 'x-forwarded-host': 'evil.example, chat.example' } }));
});

test('WS-01 a trusted proxy that forwards no host leaves the one that was sent', () => {
  assert(isAllowed({ from: PROXY, headers: { origin, host: 'chat.example' } }));
  assert(isAllowed({ from: PROXY, headers: { origin, host: 'chat.example', 'x-forwarded-host': '' } }));
});
