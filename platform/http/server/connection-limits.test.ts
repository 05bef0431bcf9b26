import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as passed } from 'node:timers/promises';
import { serveHttpApi, type HttpApi } from '../../../support/module-tests/http/http-api';
import { RawClient, type RawAnswer } from '../../../support/module-tests/http/raw-client';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { silentLogger, systemClock, type Clock } from '../../../ssot/kernel';
import type { PublicApiParts } from '../public-api';
import { ConnectionLimiter, type ConnectionLimits } from './connection-limits';

const HEALTH = 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n';
const CHAT =
  'GET /v1/chat HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: chat.v1\r\n\r\n';
const [HERE, THERE, ELSEWHERE] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

/** Takes a connection over as a WebSocket server does: until its peer says goodbye. */
const takeOver: PublicApiParts['handleUpgrade'] = (_, socket) => {
  socket.on('end', () => socket.end()).resume();
  socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
};

const clock = new ControlledClock();
/** How long somebody is silent is for the test to say; whatever else waits does not wait for it. */
const serverClock: Clock = {
  now: () => clock.now(),
  monotonic: () => clock.monotonic(),
  after: (ms, then) => systemClock.after(ms, then),
};
const serve = (connectionLimits: ConnectionLimits, trustedProxies: readonly string[] = []): Promise<HttpApi> =>
  serveHttpApi({ connectionLimits, trustedProxies, clock: serverClock, handleUpgrade: takeOver });

/** Once a client has left, the server learns of it a moment later. */
async function hasOpen(api: HttpApi, count: number): Promise<void> {
  const counted = (): Promise<number> => new Promise((done) => api.app.server.getConnections((_, open) => done(open)));
  while ((await counted()) !== count) await passed(5);
}

/** Connections of people who ask something now and then. */
class People implements AsyncDisposable {
  readonly #clients: RawClient[] = [];

  constructor(private readonly url: string) {}

  /** Opens a connection; `says`: what it sends at once. */
  async open(from: string, says = ''): Promise<RawClient> {
    const client = await RawClient.connect(this.url, from);
    this.#clients.push(client);
    client.send(says);
    if (says !== '') await client.answer();
    return client;
  }

  /** What somebody is answered who comes now, and asks. */
  async answerTo(from: string): Promise<RawAnswer> {
    const client = await RawClient.connect(this.url, from);
    this.#clients.push(client);
    client.send(HEALTH);
    return client.answer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
  }
}

describe('limits of connections', { timeout: 20_000 }, () => {
  const full = { maxConnections: 3, maxConnectionsPerAddress: 100 };
  const crowded = { maxConnections: 100, maxConnectionsPerAddress: 2 };

  it('LC-12 whoever comes to a full instance is told when to come again, and those who are served stay', async () => {
    await using api = await serve(full);
    await using people = new People(api.url);
    const served = [await people.open(HERE, HEALTH), await people.open(THERE, HEALTH), await people.open(HERE, HEALTH)];
    const { status, headers, body } = await people.answerTo(ELSEWHERE);
    assert.deepEqual(
      [status, headers['content-type'], headers['retry-after'], headers['connection'], headers['cache-control']],
      [503, 'application/problem+json', '5', 'close', 'no-store'],
    );
    assert.deepEqual(JSON.parse(body), {
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      code: 'overloaded',
      detail: 'This instance has as many connections as it can serve. Try again in a moment.',
      retryAfterMs: 5_000,
    });
    for (const client of served) {
      const before = client.received.length;
      client.send(HEALTH);
      while (client.received.length < 2 * before) await client.heard();
    }
  });

  it('LC-12 a refused connection is closed, and a place that is given back is taken again', async () => {
    await using api = await serve(full);
    await using people = new People(api.url);
    const [first] = [await people.open(HERE, HEALTH), await people.open(HERE, HEALTH), await people.open(HERE, HEALTH)];
    const refused = await people.open(HERE);
    const began = performance.now();
    await refused.ended();
    assert(performance.now() - began < 900, 'it is closed with the answer, and not when patience ends');
    await first?.[Symbol.asyncDispose]();
    await hasOpen(api, 2);
    assert.equal((await people.answerTo(THERE)).status, 200);
    assert.equal((await people.answerTo(THERE)).status, 503);
  });

  it('LC-12 an open WebSocket is a connection like any other', async () => {
    await using api = await serve(full);
    await using people = new People(api.url);
    const device = await people.open(HERE, CHAT);
    await people.open(HERE, CHAT);
    await people.open(HERE, CHAT);
    assert.equal((await people.answerTo(THERE)).status, 503);
    await device[Symbol.asyncDispose]();
    await hasOpen(api, 2);
    assert.equal((await people.answerTo(THERE)).status, 200);
  });

  it('LC-12 whoever has sent nothing makes room first, the longest silent before the others', async () => {
    await using api = await serve(full);
    await using people = new People(api.url);
    const speaking = await people.open(HERE, HEALTH);
    const silent = [await people.open(HERE)];
    clock.advance(100);
    silent.push(await people.open(THERE));
    clock.advance(499);
    assert.equal((await people.answerTo(ELSEWHERE)).status, 200);
    await silent[0]?.ended();
    assert.deepEqual([speaking.hasEnded, silent[1]?.hasEnded], [false, false]);
    clock.advance(1);
    assert.equal((await people.answerTo(ELSEWHERE)).status, 200);
    await silent[1]?.ended();
    assert.equal((await people.answerTo(ELSEWHERE)).status, 503);
    assert.equal(speaking.hasEnded, false);
  });

  it('LC-12 whoever has only just come is not silent yet: their question may be on its way', async () => {
    await using api = await serve(full);
    await using people = new People(api.url);
    const justCome = [await people.open(HERE), await people.open(HERE), await people.open(THERE)];
    clock.advance(499);
    assert.equal((await people.answerTo(ELSEWHERE)).status, 503);
    assert.deepEqual(new Set(justCome.map(({ hasEnded }) => hasEnded)), new Set([false]));
  });

  it('LC-12 of many who come at once, those who are taken are answered', async () => {
    await using api = await serve({ maxConnections: 100, maxConnectionsPerAddress: 10 });
    await using people = new People(api.url);
    let asked = 0;
    api.app.server.on('request', () => (asked += 1));
    const answers = await Promise.all(Array.from({ length: 50 }, () => people.answerTo(HERE)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [...Array<number>(10).fill(200), ...Array<number>(40).fill(429)]);
    assert.equal(asked, 10, 'nothing of the others is read as a request');
  });

  it('LC-12 one address takes no more than its share, is told so by name, and nobody else notices', async () => {
    await using api = await serve(crowded);
    await using people = new People(api.url);
    await people.open(HERE, HEALTH);
    const second = await people.open(HERE, HEALTH);
    const { status, headers, body } = await people.answerTo(HERE);
    assert.deepEqual([status, headers['retry-after'], headers['connection']], [429, '5', 'close']);
    const { code, limit } = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual(
      { code, limit },
      { code: 'too_many_connections', limit: { name: 'connectionsPerAddress', max: 2 } },
    );
    assert.equal((await people.answerTo(THERE)).status, 200);
    await second[Symbol.asyncDispose]();
    await hasOpen(api, 2);
    assert.equal((await people.answerTo(HERE)).status, 200);
  });

  it('LC-12 silent connections of an address give way to one of the same address that asks', async () => {
    await using api = await serve(crowded);
    await using people = new People(api.url);
    const silent = await people.open(HERE);
    const another = await people.open(THERE);
    await people.open(HERE, HEALTH);
    clock.advance(500);
    assert.equal((await people.answerTo(HERE)).status, 200);
    await silent.ended();
    assert.equal(another.hasEnded, false);
  });

  it('LC-12 operators read once a minute who is refused, and what to do if that is a load balancer', async () => {
    const warnings: { facts: object; message: string }[] = [];
    const log = { ...silentLogger, warn: (facts: object, message: string) => warnings.push({ facts, message }) };
    await using api = await serveHttpApi({ connectionLimits: crowded, clock: serverClock, log });
    await using people = new People(api.url);
    await people.open(HERE, HEALTH);
    await people.open(HERE, HEALTH);
    for (let come = 0; come < 3; come++) await people.answerTo(HERE);
    assert.equal(warnings.length, 1);
    const [{ facts, message } = { facts: {}, message: '' }] = warnings;
    const shown = { port: 'public', code: 'too_many_connections', remoteAddress: HERE };
    assert.deepEqual(facts, { ...shown, maxConnections: 100, maxConnectionsPerAddress: 2 });
    assert.match(message, /TRUSTED_PROXIES/);
    clock.advance(60_000);
    await people.answerTo(HERE);
    assert.equal(warnings.length, 2);
  });

  it('LC-12 a trusted proxy brings as many as the instance serves', async () => {
    await using api = await serve({ maxConnections: 5, maxConnectionsPerAddress: 2 }, [HERE]);
    await using people = new People(api.url);
    for (let come = 0; come < 5; come++) await people.open(HERE, HEALTH);
    assert.equal((await people.answerTo(HERE)).status, 503);
  });

  it('LC-12 IPv6 addresses of one /64 are one address, and IPv4 is one however it is written', () => {
    const limiter = new ConnectionLimiter({ maxConnections: 9, maxConnectionsPerAddress: 1 }, () => false, clock);
    const from = (remoteAddress: string): Socket =>
      Object.defineProperties(new Socket(), { remoteAddress: { value: remoteAddress }, bytesRead: { value: 1 } });
    for (const address of ['2001:db8:1:2::1', '2001:db8:1:3::1', '192.0.2.1']) limiter.admit(from(address));
    for (const address of ['2001:db8:1:2:ffff::9', '::ffff:192.0.2.1']) {
      assert.throws(() => limiter.admit(from(address)), { code: 'too_many_connections' }, address);
    }
    assert.equal(limiter.open, 3);
  });

  it('LC-12 a flood of connections leaves nothing behind', async () => {
    await using api = await serve({ maxConnections: 50, maxConnectionsPerAddress: 20 });
    await using people = new People(api.url);
    await Promise.all(
      Array.from({ length: 400 }, (_, place) => people.open([HERE, THERE, ELSEWHERE][place % 3] ?? '')),
    );
    await people[Symbol.asyncDispose]();
    await hasOpen(api, 0);
    await using later = new People(api.url);
    for (let come = 0; come < 20; come++) await later.open(HERE, HEALTH);
    assert.equal((await later.answerTo(THERE)).status, 200);
  });
});
