import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../eventually';
import { FrontDoor } from './front-door';

/** An upstream that says its name, is as ready as it is told to be, and may be torn off. */
class Upstream {
  isReady = true;
  isMute = false;
  asked = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.#sockets.add(socket));
  }

  static async open(name: string): Promise<Upstream> {
    const server = createServer();
    const own = new Upstream(server);
    server.on('request', (request, response) => {
      if (own.isMute) return;
      if (request.url === '/health/ready') return void response.writeHead(own.isReady ? 200 : 503).end();
      own.asked += 1;
      if (request.url === '/break') return void request.socket.destroy();
      request.pipe(response.setHeader('x-name', name));
    });
    new WebSocketServer({ server }).on('connection', (socket) => {
      socket.send(name);
      socket.on('message', (data: Buffer) => socket.send(data));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return own;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  end(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe('the front door', () => {
  const open = new AsyncDisposableStack();

  async function doorTo(...names: string[]): Promise<{ door: FrontDoor; upstreams: Upstream[] }> {
    const upstreams = await Promise.all(names.map((name) => Upstream.open(name)));
    const door = open.use(await FrontDoor.open());
    for (const upstream of upstreams) {
      open.defer(() => upstream.end());
      door.add(upstream.url);
    }
    await eventually(() => assert.equal(door.ready, upstreams.length));
    return { door, upstreams };
  }
  const nameOf = async (door: FrontDoor, path = '/'): Promise<string> =>
    (await fetch(`${door.url}${path}`)).headers.get('x-name') ?? 'nobody';

  it('sends requests to each ready instance in turn, and their bodies with them', async () => {
    const { door } = await doorTo('one', 'two');
    assert.deepEqual(new Set([await nameOf(door), await nameOf(door)]), new Set(['one', 'two']));
    const echoed = await fetch(door.url, { method: 'POST', body: 'said' });
    assert.equal(await echoed.text(), 'said');
  });

  it('sends nobody to an instance that is no longer ready, while what is open there stays open', async () => {
    const { door, upstreams } = await doorTo('one');
    const socket = new WebSocket(door.url.replace('http', 'ws'));
    const [hello] = (await once(socket, 'message')) as [Buffer];
    assert.equal(hello.toString(), 'one');
    (upstreams[0] as Upstream).isReady = false;
    await eventually(() => assert.equal(door.ready, 0));
    assert.equal((await fetch(door.url)).status, 503);
    assert.equal(door.counts.refused, 1);
    socket.send('still here');
    const [echo] = (await once(socket, 'message')) as [Buffer];
    assert.equal(echo.toString(), 'still here');
    socket.terminate();
  });

  it('tries the next one when nobody listens there any more, because nothing was read', async () => {
    const { door, upstreams } = await doorTo('one', 'two');
    upstreams[0]?.end();
    assert.deepEqual([await nameOf(door), await nameOf(door), await nameOf(door)], ['two', 'two', 'two']);
  });

  for (const { what, request, asked } of [
    { what: 'nothing that does harm twice', request: { method: 'POST', body: 'said' }, asked: 1 },
    { what: 'once what only reads', request: { method: 'GET' }, asked: 2 },
    {
      what: 'once what carries an idempotency key',
      request: { method: 'POST', body: 'said', headers: { 'idempotency-key': 'k' } },
      asked: 2,
    },
  ]) {
    it(`repeats ${what} when the instance ended before it answered`, async () => {
      const { door, upstreams } = await doorTo('one', 'two');
      assert.equal((await fetch(`${door.url}/break`, request)).status, 502);
      assert.equal(
        upstreams.reduce((sum, upstream) => sum + upstream.asked, 0),
        asked,
      );
      assert.equal(door.counts.broken, 1);
    });
  }

  it('sends nobody to an instance that has stopped answering', async () => {
    const { door, upstreams } = await doorTo('one', 'two');
    (upstreams[0] as Upstream).isMute = true;
    await eventually(() => assert.equal(door.ready, 1), 3_000);
    assert.deepEqual([await nameOf(door), await nameOf(door)], ['two', 'two']);
  });

  it('closes a WebSocket whose instance has ended', async () => {
    const { door, upstreams } = await doorTo('one');
    const socket = new WebSocket(door.url.replace('http', 'ws'));
    await once(socket, 'message');
    const closed = once(socket, 'close');
    upstreams[0]?.end();
    await closed;
  });

  it('has closed everything in the end', () => open.disposeAsync());
});
