import assert from 'node:assert/strict';
import { fastify } from 'fastify';
import { test } from 'node:test';
import { RawClient } from '../../../support/module-tests/http/raw-client';
import type { App } from '../server/app';
import { urlOf } from '../server/listening';
import { discardUnreadBodies } from './unread-body';

const REFUSED = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n';

/** Refuses everybody before their body is read; `isLast`: as an instance that stops does. */
async function serve(isLast: boolean): Promise<App & AsyncDisposable> {
  const app = fastify({ forceCloseConnections: true }) as unknown as App;
  app.addHook('onRequest', (_, reply, done) => {
    if (isLast) reply.raw.shouldKeepAlive = false;
    done(new Error('refused'));
  });
  discardUnreadBodies(app);
  app.post('/', () => 'never');
  await app.listen({ host: '127.0.0.1', port: 0 });
  return Object.assign(app, { [Symbol.asyncDispose]: () => app.close() });
}

void test('LC-04 whoever is refused by an instance that stops, before their body is read, is told that the connection ends', async () => {
  await using app = await serve(true);
  await using client = await RawClient.connect(urlOf(app));
  client.send(REFUSED);
  const { status, headers } = await client.answer();
  assert.deepEqual([status, headers['connection']], [500, 'close']);
  client.send('{}');
  await client.ended();
});

void test('LC-09 whoever is refused otherwise may go on on the same connection', async () => {
  await using app = await serve(false);
  await using client = await RawClient.connect(urlOf(app));
  for (let turn = 1; turn <= 3; turn++) {
    client.send(`${REFUSED}{}`);
    while (!client.hasEnded && client.received.split('HTTP/1.1 500').length <= turn) await client.heard();
  }
  assert.doesNotMatch(client.received, /connection: close/i);
  assert(!client.hasEnded);
});
