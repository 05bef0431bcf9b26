import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { serveHttpApi, type HttpApi } from '../../../support/module-tests/http/http-api';
import { createNotReadyHandler } from '../../../ssot/websocket-manager';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { RawClient, type RawAnswer } from '../../../support/module-tests/http/raw-client';

const HANDSHAKE =
  'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const CHAT = 'sec-websocket-protocol: chat.v1\r\n';

/** What would have ended a process of the platform. */
const uncaught: Error[] = [];
const note = (error: Error): unknown => uncaught.push(error);
let api: HttpApi;
before(async () => {
  process.on('uncaughtExceptionMonitor', note);
  api = await serveHttpApi();
});
after(async () => {
  await api[Symbol.asyncDispose]();
  process.off('uncaughtExceptionMonitor', note);
});

const ask = (line: string, headers: string): Promise<RawAnswer> =>
  RawClient.ask(api.url, `${line} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`);
const problemOf = ({ status, headers, body }: RawAnswer): unknown => {
  assert.equal(headers['content-type'], 'application/problem+json');
  return { status, code: (JSON.parse(body) as { code: string }).code };
};

/** Somebody who was upgraded, told that they are rejected, and does not leave. */
async function rejectedPeer(url: string): Promise<RawClient> {
  const client = await RawClient.connect(url);
  client.send(`GET /v1/chat HTTP/1.1\r\nhost: localhost\r\n${HANDSHAKE}${CHAT}\r\n`);
  while (!client.received.includes('not_ready')) await client.heard();
  return client;
}

describe('upgrades', () => {
  const refused: readonly (readonly [string, string, string, object])[] = [
    ['two slashes', 'GET //', HANDSHAKE + CHAT, { status: 404, code: 'route_not_found' }],
    ['an authority with an impossible port', 'GET //a:99999/', HANDSHAKE, { status: 404, code: 'route_not_found' }],
    ['an address that cannot be read', 'GET http://[/v1/chat', HANDSHAKE, { status: 400, code: 'invalid_target' }],
    ['an impossible port', 'GET http://a:99999/v1/chat', HANDSHAKE, { status: 400, code: 'invalid_target' }],
    ['no path', 'OPTIONS *', HANDSHAKE, { status: 404, code: 'route_not_found' }],
    ['another path', 'GET /v1/elsewhere', HANDSHAKE + CHAT, { status: 404, code: 'route_not_found' }],
    ['the path and more', 'GET /v1/chat/', HANDSHAKE + CHAT, { status: 404, code: 'route_not_found' }],
    [
      'another protocol',
      'GET /v1/chat',
      'connection: upgrade\r\nupgrade: h2c\r\n',
      { status: 426, code: 'upgrade_required' },
    ],
    ['no upgrade', 'GET /v1/chat', '', { status: 426, code: 'upgrade_required' }],
    [
      'an older version',
      'GET /v1/chat',
      HANDSHAKE.replace('13', '8') + CHAT,
      { status: 426, code: 'upgrade_required' },
    ],
    ['no subprotocol', 'GET /v1/chat', HANDSHAKE, { status: 400, code: 'subprotocol_required' }],
    ['a bad key', 'GET /v1/chat', HANDSHAKE.replace('==', '') + CHAT, { status: 400, code: 'invalid_handshake' }],
    ['CONNECT', 'CONNECT /v1/chat', HANDSHAKE, { status: 501, code: 'method_unsupported' }],
  ];
  for (const [what, line, headers, problem] of refused) {
    it(`WS-10 is refused plainly, and the instance serves on: ${what}`, async () => {
      assert.deepEqual(problemOf(await ask(line, headers)), problem);
      assert.equal((await ask('GET /health/live', '')).status, 200);
    });
  }

  it('WS-10 a rejected peer that stays is cut off after a second', { timeout: 5_000 }, async () => {
    const clock = new ControlledClock();
    const { handleUpgrade } = createNotReadyHandler(clock);
    await using rejecting = await serveHttpApi({ handleUpgrade });
    await using client = await rejectedPeer(rejecting.url);
    clock.advance(999);
    await new Promise((later) => setImmediate(later));
    assert.equal(client.hasEnded, false);
    clock.advance(1);
    await client.ended();
  });

  it('WS-10 what a rejected peer still sends ends nothing, be it no WebSocket at all', { timeout: 5_000 }, async () => {
    await using client = await rejectedPeer(api.url);
    client.send('\xff\xff\xff\xff');
    await client.ended();
    assert.deepEqual(uncaught, []);
  });

  it('WS-10 says what to offer instead', async () => {
    const { headers } = await ask('GET /v1/chat', '');
    assert.deepEqual([headers['upgrade'], headers['sec-websocket-version']], ['websocket', '13']);
  });

  it('WS-10 a request that merely offers an upgrade gets its ordinary answer, and the connection stays', async () => {
    await using client = await RawClient.connect(api.url);
    const offer =
      'host: localhost\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n';
    client.send(`GET /health/live HTTP/1.1\r\n${offer}\r\n`);
    const { status, headers } = await client.answer();
    assert.deepEqual([status, headers['connection']], [200, 'keep-alive']);
  });

  it('WS-10 the chat address upgrades, in absolute form and with a query too', async () => {
    for (const target of ['/v1/chat', '/v1/chat?x=//[', 'http://localhost/v1/chat']) {
      assert.equal((await ask(`GET ${target}`, HANDSHAKE + CHAT)).status, 101, target);
    }
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/chat`, 'chat.v1');
    const [code] = await new Promise<[number]>((closed) => socket.once('close', (status) => closed([status])));
    assert.equal(code, 1013);
  });

  for (const [what, line, headers] of refused) {
    it(`LC-09 a reset while it is refused costs only its connection: ${what}`, async () => {
      for (let time = 0; time < 20; time++) {
        await using client = await RawClient.connect(api.url);
        client.send(`${line} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`);
        await client.reset(time % 4);
      }
      assert.deepEqual(uncaught, []);
      assert.equal((await ask('GET /health/live', '')).status, 200);
    });
  }

  it('LC-09 what fails in the handling of an upgrade costs only its connection', async () => {
    await using broken = await serveHttpApi({
      handleUpgrade: () => {
        throw new Error('handling fell over');
      },
    });
    await using client = await RawClient.connect(broken.url);
    client.send(`GET /v1/chat HTTP/1.1\r\nhost: localhost\r\n${HANDSHAKE}${CHAT}\r\n`);
    await client.ended();
    const { status } = await RawClient.ask(broken.url, 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    assert.equal(status, 200);
    assert.deepEqual(uncaught, []);
  });
});
