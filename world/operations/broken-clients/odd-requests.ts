import fc, { type Arbitrary } from 'fast-check';
import { inPackets, latin1, noise, oneOf, pauseOf, send, type Move } from './odd-bytes';

/** Paths that are served, so that what is odd about a request is met behind its address, too. */
const SERVED = ['/', '/openapi.json', '/asyncapi.json', '/health/ready', '/v1/me', '/v1/threads', '/page/app.mjs'];
const CONSTANT = ['/openapi.json', '/asyncapi.json', '/page/app.mjs', '/.well-known/jwks.json', '/health/live'];

const targets = oneOf(
  ...[
    '//',
    '///',
    '//a:99999/',
    '//[',
    'http://[/v1/chat',
    'http://[::1',
    'https://u:p@a:99999/v1/chat',
    'x:',
    '?',
    '#',
  ],
  ...[
    '*',
    '',
    'a.example:443',
    'javascript:alert(1)',
    '\\',
    '/\\..\\',
    '/../../etc/passwd',
    '/./..//',
    '/%2e%2e/%2e%2e',
  ],
  ...['/%', '/%E0%A4%A', '/%00', '/%ff', '/\xff\xfe', '/\x7f', '/v1/chat%', '/v1/chat/', '/v1/chat#x', '/V1/CHAT'],
  ...['/v1/chat?token=x', '/v1/chat?%', `/?${'&a'.repeat(2_000)}`, `/${'a'.repeat(20_000)}`, `/${'/'.repeat(5_000)}`],
  ...['/v1/threads?limit=NaN', '/v1/threads?limit=1&limit=2', '/v1/threads?before[]=1', '/v1/threads?__proto__=1'],
  ...[`/v1/threads/${'x'.repeat(300)}`, '/v1/threads/%E0', '/v1/threads//events', '/v1/usage/coverage?from=0&to=-1'],
  ...['/__proto__', '/constructor', '/page/../main.ts', '/page/%2e%2e%2fmain.ts', '/v1/operations/tenants/x/people'],
);
export const anyTarget = fc.oneof(
  { weight: 4, arbitrary: targets },
  { weight: 1, arbitrary: fc.webPath({ size: 'medium' }) },
);

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'PATCH'];
const methods = oneOf(
  ...['', 'get', 'GE', 'PRI', 'QUERY', 'BREW', 'SOURCE', 'PROPFIND', 'M-SEARCH', 'G\0T', 'G(T', 'x'.repeat(5_000)],
  ...METHODS,
);

const TLS_HELLO = Buffer.from('1603010200010001fc0303', 'hex');
const lines = oneOf(
  ...[
    'GET / HTTP/9.9',
    'GET / HTTP/1.0',
    'GET /',
    'GET / HTTP/1.1 x',
    'HTTP/1.1 200 OK',
    'GET\t/\tHTTP/1.1',
    ' GET / HTTP/1.1',
  ],
  ...[
    '\r\n\r\n\r\nGET / HTTP/1.1',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n',
    'PROXY TCP4 1.1.1.1 2.2.2.2 1 2',
    'SSH-2.0-x',
    '\0\0\0',
  ],
  ...['GET / HTTP/1.1\rHost: a', 'GET / http/1.1', 'GET / HTTP/', 'EHLO a.example', '{"type":"ping"}'],
).map(latin1);

const headers = oneOf(
  ...['Content-Length: 3\r\nContent-Length: 4', 'Content-Length: 4, 4', 'Content-Length: -1', 'Content-Length: +3'],
  ...[
    'Content-Length: 0x10',
    'Content-Length: 99999999999999999999',
    'Content-Length: 5\r\nTransfer-Encoding: chunked',
  ],
  ...['Transfer-Encoding: chunked, identity', 'Transfer-Encoding: xchunked', 'Transfer-Encoding:\tgzip, chunked'],
  ...[
    'Transfer-Encoding : chunked',
    'Expect: 100-continue',
    'Expect: a-miracle',
    'Host: a\r\nHost: b',
    'Host: [',
    'Host:',
  ],
  ...[' folded', 'X\0: y', 'X: \0', 'X: \x80\xff', ': nameless', 'no colon at all', 'X-Long: ' + 'a'.repeat(40_000)],
  ...[
    'Connection: close',
    'Connection: keep-alive, upgrade',
    'Connection: x'.repeat(50),
    'Keep-Alive: timeout=-1, max=a',
  ],
  ...['Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__', 'Upgrade: websocket'],
  ...[
    'Content-Type: multipart/form-data; boundary=',
    'Content-Type: \xff',
    'Content-Type: application/json; charset=x',
  ],
  ...[
    'Content-Encoding: gzip',
    'Accept: ' + '*/*,'.repeat(1_000),
    'Range: bytes=0-0,-1',
    'If-None-Match: *',
    'TE: trailers',
  ],
  ...[
    'Authorization: Bearer',
    'Authorization: Bearer a b',
    'Authorization: Basic Og==',
    'Cookie: ' + 'a=b;'.repeat(900),
  ],
  ...[
    'Origin: null',
    'Origin: http://[',
    'X-Forwarded-For: ' + '1.1.1.1, '.repeat(500),
    'X-Forwarded-For: [::1',
    'Forwarded: for="_',
  ],
  ...['Authorization: Bearer ' + 'x'.repeat(8_000), 'Authorization: Bearer a.b.c', '__proto__: x'],
  Array.from({ length: 2_500 }, (_, n) => `x-${n}: ${n}`).join('\r\n'),
);

export interface Credentials {
  /** An access token that is believed: what is odd is then met behind authentication, too. */
  readonly token: string;
}

export const request = (method: string, target: string, more: readonly string[], body = ''): Buffer =>
  latin1(`${method} ${target} HTTP/1.1\r\n${['Host: platform.example', ...more].join('\r\n')}\r\n\r\n${body}`);

export function bearers({ token }: Credentials): Arbitrary<string[]> {
  return oneOf<string[]>([], [`Authorization: Bearer ${token}`], ['Authorization: Bearer junk.junk.junk']);
}

/** Whom a request is for: said wrongly, twice or not at all. */
export const oddHost = fc
  .tuple(
    oneOf(...SERVED),
    oneOf('', 'Host:', 'Host: [', 'Host: a/b', 'Host: a\r\nHost: a', 'Host: a@b', 'Host: \xff', 'Host: a:99999999'),
    oneOf('1.1', '1.1', '1.0'),
    oneOf('', 'Connection: keep-alive', 'Connection: close'),
  )
  .map(([target, host, version, connection]) => {
    const lines = [`GET ${target} HTTP/${version}`, host, connection].filter((line) => line !== '');
    return latin1(`${lines.join('\r\n')}\r\n\r\n`);
  });
export const oddTarget = fc.tuple(oneOf(...METHODS), anyTarget).map(([method, target]) => request(method, target, []));
export const oddMethod = fc
  .tuple(methods, fc.oneof(anyTarget, oneOf(...SERVED)))
  .map(([method, target]) => request(method, target, []));
export const oddLine = fc
  .oneof(lines, fc.constant(TLS_HELLO), noise(300))
  .map((line) => Buffer.concat([line, latin1('\r\nHost: platform.example\r\n\r\n')]));
export const oddHeaders = (who: Credentials): Arbitrary<Buffer> =>
  fc
    .tuple(
      oneOf(...METHODS),
      oneOf(...SERVED),
      bearers(who),
      fc.array(headers, { minLength: 1, maxLength: 5 }),
      oneOf('', '{}', '5\r\nhello\r\n0\r\n\r\n', 'zz\r\n'),
    )
    .map(([method, target, bearer, odd, body]) => request(method, target, [...bearer, ...odd], body));

const NESTED = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const bodies = oneOf(
  ...[
    '',
    '{',
    'null',
    '[]',
    '"',
    '{"a":1}{"a":2}',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{}}}',
    NESTED,
  ],
  ...[
    '{"events":[]}',
    `{"events":[${'{},'.repeat(2_000)}{}]}`,
    '{"events":"x"}',
    '{"title":null}',
    '{"title":"\\u0000"}',
  ],
  ...['{"title":"\\ud800"}', '{"title":1e999}', '\ufeff{}', '\xff\xfe\xfd', `{"email":"${'a'.repeat(70_000)}"}`],
  ...[
    '{"refreshToken":"x","device":"laptop"}',
    '{"refreshToken":{},"device":[]}',
    '{"email":["a"],"password":{},"device":0}',
  ],
);
export const oddBody = (who: Credentials): Arbitrary<Buffer> =>
  fc
    .tuple(
      oneOf('POST', 'PUT', 'DELETE', 'GET'),
      oneOf('/v1/usage', '/v1/sign-in', '/v1/sign-in/renew', '/v1/threads', '/v1/operations/tenants', '/v1/sign-out'),
      bearers(who),
      oneOf(
        'application/json',
        'application/json; charset=utf-16',
        'text/plain',
        'application/xml',
        'multipart/form-data',
      ),
      bodies,
      oneOf(0, 0, 0, 1, -1, 10_000_000),
      fc.boolean(),
    )
    .map(([method, target, bearer, type, body, tooMuch, chunked]) => {
      const length = Math.max(0, body.length + tooMuch);
      const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
      const sent = chunked ? `${body.length.toString(16)}\r\n${body}\r\n${tooMuch === 0 ? '0\r\n\r\n' : ''}` : body;
      return request(method, target, [...bearer, `Content-Type: ${type}`, framing], sent);
    });

/** A request of which the rest never comes, all at once or byte by byte. */
export function halfRequest(whole: Arbitrary<Buffer>): Arbitrary<Move[]> {
  return fc
    .tuple(whole, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), pauseOf(20))
    .map(([bytes, share, slow, pause]) => {
      const half = bytes.subarray(0, Math.min(2_000, Math.floor(bytes.length * share)));
      if (!slow) return [send(half)];
      return Array.from({ length: 4 }, (_, place) => [send(half.subarray(place, place + 1)), pause]).flat();
    });
}

/** Asks again and again without waiting and never reads an answer. */
export const unreadPipeline: Arbitrary<Move[]> = fc
  .tuple(fc.integer({ min: 20, max: 1_500 }), oneOf(...CONSTANT, '/nothing'), oneOf('GET', 'HEAD'), pauseOf(150))
  .chain(([times, target, method, pause]) =>
    inPackets(Buffer.concat(Array.from({ length: times }, () => request(method, target, [])))).map((sent) => [
      { do: 'deafen' as const },
      ...sent,
      pause,
    ]),
  );

/** Several requests in one packet, odd and ordinary ones. */
export const pipeline = (odd: Arbitrary<Buffer>): Arbitrary<Buffer> =>
  fc
    .array(
      fc.oneof(
        odd,
        oneOf(...SERVED).map((target) => request('GET', target, [])),
      ),
      { minLength: 2, maxLength: 8 },
    )
    .map((all) => Buffer.concat(all));
