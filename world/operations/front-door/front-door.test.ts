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
  /** Tears off the next request that it gets. */
  breaksNext = false;
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
      if (own.breaksNext) {
        own.breaksNext = false;
        return void request.socket.destroy();
      }
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

  async function doorTo(names: readonly string[], options = {}): Promise<{ door: FrontDoor; upstreams: Upstream[] }> {
    const upstreams = await Promise.all(names.map((name) => Upstream.open(name)));
    const door = open.use(await FrontDoor.open(options));
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
    const { door } = await doorTo(['one', 'two']);
    assert.deepEqual(new Set([await nameOf(door), await nameOf(door)]), new Set(['one', 'two']));
    const echoed = await fetch(door.url, { method: 'POST', body: 'said' });
    assert.equal(await echoed.text(), 'said');
  });

  it('sends nobody to an instance that is no longer ready, while what is open there stays open', async () => {
    const { door, upstreams } = await doorTo(['one']);
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
    const { door, upstreams } = await doorTo(['one', 'two']);
    upstreams[0]?.end();
    assert.deepEqual([await nameOf(door), await nameOf(door), await nameOf(door)], ['two', 'two', 'two']);
  });

  const said = { method: 'POST', body: 'said' };
  for (const { what, request, repeats, repeated } of [
    { what: 'what may do harm twice', request: said, repeats: true, repeated: 0 },
    { what: 'what only reads, at a door that repeats nothing', request: {}, repeats: false, repeated: 0 },
    { what: 'what only reads', request: {}, repeats: true, repeated: 1 },
    { what: 'what deletes', request: { method: 'DELETE' }, repeats: true, repeated: 1 },
    { what: 'what is put in a place', request: { method: 'PUT', body: 'said' }, repeats: true, repeated: 1 },
    {
      what: 'what carries a key',
      request: { ...said, headers: { 'idempotency-key': 'k' } },
      repeats: true,
      repeated: 1,
    },
  ]) {
    it(`${repeated === 1 ? 'repeats once' : 'does not repeat'} ${what} when its instance ended before it answered`, async () => {
      const { door, upstreams } = await doorTo(['one', 'two'], { repeats });
      for (const upstream of upstreams) upstream.breaksNext = true;
      // Both break the first that they get: a second try would be told as well as a second one that is lost.
      const first = await fetch(door.url, request);
      assert.equal(first.status, 502);
      assert.deepEqual(door.counts, { refused: 0, broken: 1, repeated });
      const [broken] = upstreams.filter(({ breaksNext }) => !breaksNext);
      if (repeated === 0) {
        assert.equal(
          upstreams.reduce((sum, { asked }) => sum + asked, 0),
          1,
        );
        return;
      }
      assert.ok(broken);
      broken.breaksNext = true;
      const answers = [await fetch(door.url, request), await fetch(door.url, request)];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200],
      );
      assert.deepEqual(door.counts, { refused: 0, broken: 1, repeated: 2 });
    });
  }

  it('sends nobody to an instance that has stopped answering', async () => {
    const { door, upstreams } = await doorTo(['one', 'two']);
    (upstreams[0] as Upstream).isMute = true;
    await eventually(() => assert.equal(door.ready, 1), 3_000);
    assert.deepEqual([await nameOf(door), await nameOf(door)], ['two', 'two']);
  });

  it('closes a WebSocket whose instance has ended', async () => {
    const { door, upstreams } = await doorTo(['one']);
    const socket = new WebSocket(door.url.replace('http', 'ws'));
    await once(socket, 'message');
    const closed = once(socket, 'close');
    upstreams[0]?.end();
    await closed;
  });

  it('has closed everything in the end', () => open.disposeAsync());
});
