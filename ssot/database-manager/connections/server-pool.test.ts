import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { test } from 'node:test';
import { connectWritable, ServerPool } from './server-pool';

/** Takes every connection, and ends it without a word. */
class Silent implements AsyncDisposable {
  taken = 0;
  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.taken += 1;
      socket.destroy();
    });
  }
  static async open(): Promise<Silent> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Silent(server);
  }
  get place(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((closed) => this.server.close(closed));
  }
}

for (const count of [1, 2, 3]) {
  void test(`DB-06 each of ${count} servers is tried once, and the last failure is told`, async () => {
    await using scope = new AsyncDisposableStack();
    const servers: Silent[] = [];
    for (let i = 0; i < count; i++) servers.push(scope.use(await Silent.open()));
    const address = `postgres://app:planted@${servers.map(({ place }) => place).join()}/platform`;
    const config = { connectionTimeoutMillis: 3_000 };
    const lost = { code: 'database_connection_lost', retryable: true };
    await assert.rejects(connectWritable(address, config), lost);
    assert.deepEqual(new Set(servers.map(({ taken }) => taken)), new Set([1]));
    const pool = new ServerPool(address, config);
    await assert.rejects(pool.borrow(), lost);
    await pool.end();
    assert.deepEqual(new Set(servers.map(({ taken }) => taken)), new Set([2]));
  });
}
