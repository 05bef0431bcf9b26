import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as passed } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { RawClient } from '../../../support/module-tests/http/raw-client';
import { noMetrics, silentLogger, systemClock } from '../../../ssot/kernel';
import { BOUNDS, createBoundedServer, type Bounds, type ServerDeps } from './bounded-server';
import { isChatUpgrade } from './upgrades';

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
const MEBIBYTE = 1024 * 1024;
const DEPS: ServerDeps = {
  clock: systemClock,
  logger: silentLogger,
  metrics: noMetrics,
  port: 'public',
  limits: { maxConnections: 100, maxConnectionsPerAddress: 100 },
  isTrustedProxy: () => false,
  headers: {},
  mayUpgrade: isChatUpgrade,
};

interface Served extends AsyncDisposable {
  readonly url: string;
  /** Targets in the order in which they were handled. */
  readonly handled: string[];
  /** Requests that were read, whether or not they were handled. */
  readonly read: () => number;
  connections(): Promise<number>;
}

async function serve(
  bounds: Partial<Bounds>,
  handler?: RequestListener,
  deps: Partial<ServerDeps> = {},
): Promise<Served> {
  const handled: string[] = [];
  const server = createBoundedServer(
    (request, response) => {
      handled.push(request.url ?? '');
      if (handler !== undefined) return handler(request, response);
      request.resume().on('end', () => response.end(request.url));
    },
    { ...BOUNDS, ...bounds },
    { ...DEPS, ...deps },
  );
  let read = 0;
  server.on('request', () => (read += 1));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    handled,
    read: () => read,
    connections: () => new Promise((counted) => server.getConnections((_, count) => counted(count))),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** The server lets go of a connection as soon as its client has; fails after half a second. */
async function assertNothingLeft(server: Served): Promise<void> {
  const until = performance.now() + 500;
  while (performance.now() < until) {
    if ((await server.connections()) === 0) return;
    await passed(5);
  }
  assert.fail('the connection is kept');
}

/** Milliseconds until the server has ended the connection; fails after five seconds. */
async function endOf(client: RawClient): Promise<number> {
  const began = performance.now();
  const late = passed(5_000, 'late', { ref: false });
  assert.notEqual(await Promise.race([client.ended(), late]), 'late', 'the connection is still open');
  return performance.now() - began;
}

describe('bounds of a connection', { concurrency: true, timeout: 10_000 }, () => {
  it('LC-09 are five seconds for headers and thirty for a body', () => {
    const server = createBoundedServer(() => {}, BOUNDS, DEPS);
    const { headersTimeout, requestTimeout, keepAliveTimeout } = server;
    assert.deepEqual(
      { headersTimeout, requestTimeout, keepAliveTimeout },
      { headersTimeout: 5_000, requestTimeout: 30_000, keepAliveTimeout: 15_000 },
    );
  });

  const stalled: readonly (readonly [string, string])[] = [
    ['nothing at all', ''],
    ['half a request line', 'GET /'],
    ['headers without their end', 'GET / HTTP/1.1\r\nhost: x\r\n'],
    ['half a WebSocket handshake', 'GET /v1/chat HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\n'],
    ['half a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf'],
    ['half a chunk', 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf'],
    ['half of the next request', `${GET}GET / HTTP/1.1\r\nho`],
  ];
  for (const [what, sent] of stalled) {
    it(`WS-07 cut off who sends ${what} and then nothing`, async () => {
      await using server = await serve({ headersMs: 200, requestMs: 400 });
      await using client = await RawClient.connect(server.url);
      client.send(sent);
      assert(200 < (await endOf(client)) + 50);
      await assertNothingLeft(server);
    });
  }

  it('WS-07 cut off who sends headers letter by letter', async () => {
    await using server = await serve({ headersMs: 300, requestMs: 400 });
    await using client = await RawClient.connect(server.url);
    client.send('GET / HTTP/1.1\r\nx: ');
    while (!client.hasEnded) {
      client.send('x');
      await passed(20);
    }
    assert.deepEqual(server.handled, []);
  });

  it('LC-09 cut off who keeps a connection and asks nothing', async () => {
    await using server = await serve({ idleMs: 100 });
    await using client = await RawClient.connect(server.url);
    client.send(GET);
    await client.answer();
    await endOf(client);
  });

  it('LC-09 keep the connections of a trusted proxy for longer', async () => {
    await using server = await serve({ idleMs: 100, proxyIdleMs: 60_000 }, undefined, { isTrustedProxy: () => true });
    await using client = await RawClient.connect(server.url);
    client.send(GET);
    await client.answer();
    await passed(2_000);
    assert(!client.hasEnded);
  });

  it('LC-09 let a connection bring so many requests and then another one must be opened', async () => {
    await using server = await serve({ requestsPerConnection: 2 });
    await using client = await RawClient.connect(server.url);
    client.send('GET /1 HTTP/1.1\r\nhost: x\r\n\r\n');
    assert.equal((await client.answer()).headers['connection'], 'keep-alive');
    client.send('GET /2 HTTP/1.1\r\nhost: x\r\n\r\nGET /3 HTTP/1.1\r\nhost: x\r\n\r\n');
    await endOf(client);
    assert.deepEqual(server.handled, ['/1', '/2']);
    assert.match(client.received, /connection: close/i);
  });

  it('LC-09 answer requests that were sent ahead, in their order', async () => {
    await using server = await serve({});
    await using client = await RawClient.connect(server.url);
    const targets = Array.from({ length: BOUNDS.waitingPerConnection + 1 }, (_, place) => `/${place}`);
    client.send(targets.map((target) => `GET ${target} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''));
    while (!client.received.endsWith(`\r\n\r\n${targets.at(-1)}`)) await passed(5);
    assert.deepEqual(server.handled, targets);
    assert.deepEqual(client.received.match(/(?<=\r\n\r\n)\/\d+/g), targets);
  });

  it('LC-09 end a connection on which more wait than that, at once', async () => {
    await using server = await serve({});
    await using client = await RawClient.connect(server.url);
    client.pause();
    client.send(GET.repeat(BOUNDS.waitingPerConnection + 2));
    client.resume();
    assert((await endOf(client)) < BOUNDS.headersMs);
    assert.equal(await server.connections(), 0);
  });

  it('LC-12 read no further what a flood has sent ahead', async () => {
    await using server = await serve({});
    await using client = await RawClient.connect(server.url);
    client.pause();
    client.send(GET.repeat(1_000));
    client.resume();
    await endOf(client);
    assert.equal(server.read(), BOUNDS.waitingPerConnection + 2);
    assert.equal((await RawClient.ask(server.url, GET)).status, 200);
  });

  it('LC-09 make no answer before the last has been taken, and end a connection that takes none', async () => {
    const large = Buffer.alloc(16 * MEBIBYTE);
    await using server = await serve({ untakenMs: 500 }, (_, response) => response.end(large));
    await using client = await RawClient.connect(server.url);
    client.pause();
    client.send(GET.repeat(10));
    while ((await server.connections()) > 0) await passed(20);
    assert.deepEqual(server.handled, ['/']);
  });

  it('LC-09 wait for whoever takes an answer slowly', async () => {
    const large = Buffer.alloc(16 * MEBIBYTE);
    await using server = await serve({ untakenMs: 400 }, (_, response) => response.end(large));
    await using client = await RawClient.connect(server.url);
    client.send(GET);
    for (let taken = 0; taken < large.length; taken = client.received.length) {
      assert(!client.hasEnded, `ended after ${taken} bytes`);
      client.resume();
      while (client.received.length < taken + MEBIBYTE && client.received.length < large.length) await passed(1);
      client.pause();
      await passed(50);
    }
    assert.equal((await client.answer()).status, 200);
  });

  it('LC-09 end a connection that takes no more of an answer in pieces', async () => {
    let isGivenUp = false;
    const endless = new Readable({
      read: () => endless.push(Buffer.alloc(MEBIBYTE)),
      destroy: (_, done) => {
        isGivenUp = true;
        done(null);
      },
    });
    await using server = await serve({ untakenMs: 500 }, (_, response) => {
      response.once('close', () => endless.destroy());
      endless.pipe(response);
    });
    await using client = await RawClient.connect(server.url);
    client.send(GET);
    await client.heard();
    client.pause();
    const until = performance.now() + 6_000;
    while ((await server.connections()) > 0 && performance.now() < until) await passed(20);
    assert(isGivenUp, 'its pieces are kept for it');
  });

  it('LC-09 wait for pieces of an answer that are slowly made', async () => {
    async function* made(): AsyncGenerator<string> {
      for (const piece of ['one', 'two', 'three']) {
        await passed(300);
        yield piece;
      }
    }
    await using server = await serve({ untakenMs: 100 }, (_, response) => void Readable.from(made()).pipe(response));
    await using client = await RawClient.connect(server.url);
    client.send(GET);
    while (!client.received.includes('three')) {
      assert(!client.hasEnded, `ended after ${client.received}`);
      await client.heard();
    }
  });

  it('LC-09 turn no connection over to WebSocket on which answers are still to come', async () => {
    await using server = await serve({}, (_, response) => void setTimeout(() => response.end('later'), 50));
    await using client = await RawClient.connect(server.url);
    const offer = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
    client.send(`${GET}GET /v1/chat HTTP/1.1\r\nhost: x\r\n${offer}\r\n`);
    while (server.handled.length < 2) await passed(5);
    assert.deepEqual(server.handled, ['/', '/v1/chat']);
  });
});
