import fc, { type Arbitrary } from 'fast-check';
import { noise, oneOf, send, type Move } from './odd-bytes';
import { anyTarget, request, type Credentials } from './odd-requests';

/** Where somebody may want to speak something else: the one place for it, others that are served, and none at all. */
const UPGRADED = [
  '/v1/chat',
  '/v1/chat?a=b',
  '/',
  '/openapi.json',
  '/health/ready',
  '//',
  '//a:99999/',
  'http://[/v1/chat',
];
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Requests to speak something else from here on, right and wrong in every part. */
export function oddUpgrade({ token }: Credentials): Arbitrary<Buffer> {
  const target = fc.oneof(oneOf(...UPGRADED), anyTarget);
  return fc
    .tuple(
      oneOf('GET', 'GET', 'GET', 'POST', 'CONNECT'),
      target,
      oneOf('websocket', 'WebSocket', 'h2c', 'websocket, h2c', 'TLS/1.0', ''),
      oneOf('Upgrade', 'keep-alive, Upgrade', 'close, Upgrade', 'keep-alive'),
      oneOf(KEY, KEY, '', 'x', 'a'.repeat(5_000), `${KEY}\r\nSec-WebSocket-Key: ${KEY}`),
      oneOf('13', '13', '8', '0', '-1', '13, 8', ''),
      oneOf(
        'chat.v1',
        `chat.v1, bearer.${token}`,
        'chat.v1, bearer.x',
        'chat.v2',
        ',',
        'chat.v1, chat.v1',
        '\xff',
        null,
      ),
      oneOf(
        null,
        null,
        'Origin: null',
        'Origin: http://[',
        'Sec-WebSocket-Extensions: permessage-deflate',
        'Sec-WebSocket-Extensions: ;;',
      ),
    )
    .map(([method, path, upgrade, connection, key, version, protocol, more]) => {
      const lines = [`Upgrade: ${upgrade}`, `Connection: ${connection}`, `Sec-WebSocket-Key: ${key}`];
      lines.push(`Sec-WebSocket-Version: ${version}`);
      if (protocol !== null) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
      if (more !== null) lines.push(more);
      return request(method, path, lines);
    });
}

/** The upgrade as it should be, by somebody who is believed or not. */
export function rightUpgrade({ token }: Credentials): Arbitrary<Buffer> {
  return oneOf(token, token, 'junk', '').map((shown) =>
    request('GET', '/v1/chat', [
      ...['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Version: 13'],
      `Sec-WebSocket-Protocol: chat.v1, bearer.${shown}`,
    ]),
  );
}

interface FrameShape {
  readonly fin: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** What it says of its length; null: the truth. */
  readonly claims: bigint | null;
  readonly payload: Buffer;
}

/** A frame (RFC 6455, 5.2), true or false to itself. The mask is of zeros, so that the payload stands as it is. */
function frame({ fin, reserved, opcode, masked, claims, payload }: FrameShape): Buffer {
  const length = claims ?? BigInt(payload.length);
  const form = length < 126n ? Number(length) : length < 65_536n ? 126 : 127;
  const head = Buffer.alloc(form === 127 ? 10 : form === 126 ? 4 : 2);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | form;
  if (form === 126) head.writeUInt16BE(Number(length), 2);
  if (form === 127) head.writeBigUInt64BE(length, 2);
  return Buffer.concat([head, ...(masked ? [Buffer.alloc(4)] : []), payload]);
}

const plain = (opcode: number, payload: Buffer, fin = true): Buffer =>
  frame({ fin, reserved: 0, opcode, masked: true, claims: null, payload });
const text = (words: string): Buffer => plain(1, Buffer.from(words));

const SAID = [
  ...[
    '{"type":"ping"}',
    '{"type":"pong"}',
    '{}',
    'null',
    '[]',
    '"',
    '{"type":"sing"}',
    '{"type":["ping"]}',
    '{"__proto__":1}',
  ],
  ...[
    '{"type":"renew","token":"junk"}',
    '{"type":"subscribe","threadId":"x","afterSeq":-1}',
    `{"ref":"${'r'.repeat(60_000)}"}`,
  ],
  ...['{"type":"subscribe","threadId":"thread_00000000000000000000000001","afterSeq":0}', `${'['.repeat(20_000)}`],
  '{"type":"send_message","threadId":"thread_00000000000000000000000001","clientMessageId":"m","text":"Why?"}',
];

const oddFrame: Arbitrary<Buffer> = fc
  .record({
    fin: fc.boolean(),
    reserved: oneOf(0, 0, 0, 1, 2, 4, 7),
    opcode: fc.integer({ min: 0, max: 15 }),
    masked: oneOf(true, true, true, false),
    claims: oneOf(null, null, 0n, 126n, 65_537n, 2n ** 31n, 2n ** 32n + 1n, 2n ** 63n, 2n ** 64n - 1n),
    payload: noise(200),
  })
  .map(frame);
const oddClose = fc
  .tuple(oneOf(0, 999, 1_000, 1_005, 1_006, 1_015, 4_401, 65_535), noise(125))
  .map(([code, reason]) => plain(8, Buffer.concat([Buffer.from([code >> 8, code & 255]), reason]).subarray(0, 125)));
const flood = fc
  .tuple(oneOf(9, 10, 1, 0, 8), fc.integer({ min: 50, max: 1_500 }), oneOf('', '{"type":"ping"}'))
  .map(([opcode, times, words]) => Buffer.concat(Array<Buffer>(times).fill(plain(opcode, Buffer.from(words)))));
const endless = fc
  .integer({ min: 2, max: 200 })
  .map((times) =>
    Buffer.concat([
      plain(1, Buffer.alloc(512, 97), false),
      ...Array<Buffer>(times).fill(plain(0, Buffer.alloc(512, 97), false)),
    ]),
  );
const tooBig = oneOf(65_536, 65_537, 300_000).map((size) => plain(1, Buffer.alloc(size, 97)));
const badText = noise(100).map((bytes) => plain(1, bytes));
const said = fc.array(oneOf(...SAID), { minLength: 1, maxLength: 6 }).map((all) => Buffer.concat(all.map(text)));

const frames = fc.oneof(oddFrame, oddFrame, oddClose, flood, endless, tooBig, badText, said, noise(500));

/** A connection that is taken over and then abused; some do not wait for the answer, some never read one. */
export function oddFrames(who: Credentials): Arbitrary<Move[]> {
  return fc
    .tuple(rightUpgrade(who), fc.array(frames, { minLength: 1, maxLength: 4 }), oneOf('hear', 'hear', 'rush', 'deafen'))
    .map(([upgrade, all, manner]) => {
      if (manner === 'rush') return [send(Buffer.concat([upgrade, ...all]))];
      const start: Move[] = manner === 'deafen' ? [{ do: 'deafen' }] : [];
      return [...start, send(upgrade), { do: 'hear' as const }, ...all.map((bytes) => send(bytes))];
    });
}
