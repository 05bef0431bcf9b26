import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serveHttpApi, type HttpApi } from '../../../support/module-tests/http/http-api';
import { RawClient, type RawAnswer } from '../../../support/module-tests/http/raw-client';
import { noMetrics, PlatformError, silentLogger, type Metrics } from '../../../ssot/kernel';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { answerErrors, problem } from './problem';
import { buildPublicApi } from '../public-api';
import { MAX_DISCARDED_BYTES } from './unread-body';
import { BOUNDS } from '../server/bounded-server';

const HOST = 'host: x\r\n';
const JSON_BODY = `${HOST}content-type: application/json\r\n`;
const NOBODY = '{"email":"a@b.example","password":"x","device":"d"}';

/** A request as it is written: what is wrong with it, the request, and the status and code that it is answered with. */
type Case = readonly [what: string, request: string, status: number, code: string];

const body = (text: string, headers = JSON_BODY): string =>
  `POST /v1/sign-in HTTP/1.1\r\n${headers}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const get = (target: string, headers = HOST): string => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;

const CASES: readonly Case[] = [
  ['bytes that are no request', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400, 'malformed_request'],
  ['a method with a body of no named type', `QUERY /v1/threads HTTP/1.1\r\n${HOST}\r\n`, 415, 'media_type_unsupported'],
  ['a method that HTTP does not know', `BREW / HTTP/1.1\r\n${HOST}\r\n`, 400, 'malformed_request'],
  ['a version that is not spoken', `GET / HTTP/9.9\r\n${HOST}\r\n`, 505, 'http_version_unsupported'],
  ['version 0.9', 'GET /\r\n\r\n', 505, 'http_version_unsupported'],
  ['version 2.0', `GET / HTTP/2.0\r\n${HOST}\r\n`, 505, 'http_version_unsupported'],
  ['lines that end without a CR', `GET / HTTP/1.1\n${HOST}\n`, 400, 'malformed_request'],
  ['"*" for one address', get('*'), 400, 'invalid_target'],
  ['two lengths', get('/', `${HOST}content-length: 3\r\ncontent-length: 4\r\n`), 400, 'malformed_request'],
  ['length and chunks', body('{}', `${JSON_BODY}transfer-encoding: chunked\r\n`), 400, 'malformed_request'],
  ['headers that are too large', get('/', `${HOST}x: ${'a'.repeat(20_000)}\r\n`), 431, 'headers_too_large'],
  ['no host', get('/', ''), 400, 'invalid_host'],
  ['an empty host', get('/', 'host:\r\n'), 400, 'invalid_host'],
  ['two hosts', get('/', 'host: a\r\nhost: a\r\n'), 400, 'invalid_host'],
  ['a host that is none', get('/', 'host: [\r\n'), 400, 'invalid_host'],
  ['a host with a path', get('/', 'host: a/b\r\n'), 400, 'invalid_host'],
  ['a bad escape in the path', get('/v1/threads/%E0%A4%A'), 400, 'invalid_target'],
  ['a lone "%" in the path', get('/%'), 400, 'invalid_target'],
  ['a bad escape in the query', get('/v1/threads?limit=%zz'), 400, 'invalid_target'],
  ['half a character in the query', get('/?a=%E0'), 400, 'invalid_target'],
  ['an address that is too long', get(`/${'a'.repeat(5_000)}`), 414, 'target_too_long'],
  ['a parameter that is too long', get(`/v1/threads/${'x'.repeat(300)}`), 414, 'target_too_long'],
  ['an address where nothing is', get('/v1/elsewhere'), 404, 'route_not_found'],
  ['an expectation', get('/', `${HOST}expect: a-miracle\r\n`), 417, 'expectation_failed'],
  ['a body of another type', body(NOBODY, `${HOST}content-type: text/xml\r\n`), 415, 'media_type_unsupported'],
  ['a body of no type', body(NOBODY, HOST), 415, 'media_type_unsupported'],
  ['a compressed body', body(NOBODY, `${JSON_BODY}content-encoding: gzip\r\n`), 415, 'encoding_unsupported'],
  ['a body that is too large', body(`{"email":"${'a'.repeat(40_000)}"}`), 413, 'body_too_large'],
  ['a body that is no JSON', body('{"email":'), 400, 'invalid_json'],
  ['an empty body', body(''), 400, 'invalid_json'],
  ['a body with a key that is there twice', body(`{"email":"c@d.example",${NOBODY.slice(1)}`), 400, 'key_repeated'],
  ['a body that would change prototypes', body('{"__proto__":{"admin":true}}'), 400, 'key_not_allowed'],
  ['the same further inside', body('{"email":{"constructor":{"prototype":1}}}'), 400, 'key_not_allowed'],
  ['a key named "constructor"', body(`{"constructor":1,${NOBODY.slice(1)}`), 400, 'invalid_input'],
  ['a key written in escapes', body('{"\\u005f_proto__":1}'), 400, 'key_not_allowed'],
  ['a query that nobody asks for', get('/v1/threads?__proto__=1'), 401, 'token_missing'],
];

/** Says when a request has been answered, or given up. */
class Statuses extends EventEmitter implements Metrics {
  readonly count = noMetrics.count;
  readonly gauge = noMetrics.gauge;

  observe(name: string): void {
    if (name === 'http_request_seconds') this.emit('observed');
  }

  async observed(): Promise<void> {
    await once(this, 'observed', { signal: AbortSignal.timeout(5_000) });
  }
}

/** Takes whatever it is told. */
function aReply(): FastifyReply {
  const reply: object = new Proxy({}, { get: () => () => reply });
  return reply as FastifyReply;
}

let api: HttpApi;

async function answerTo(request: string): Promise<RawAnswer> {
  return RawClient.ask(api.url, request);
}

describe('refusals', { timeout: 20_000 }, () => {
  before(async () => (api = await serveHttpApi({ hstsMaxAgeSeconds: 86_400 })));
  after(() => api[Symbol.asyncDispose]());

  for (const text of ['[]', 'null', '"email"', '7']) {
    it(`LC-12 a body that is no object has no field to name: ${text}`, async () => {
      const { field, detail } = problem.parse(JSON.parse((await answerTo(body(text))).body));
      assert.deepEqual([field, detail.slice(0, 23)], [undefined, 'The body is not valid: ']);
    });
  }

  for (const [what, request, expectedStatus, expectedCode] of CASES) {
    it(`LC-12 is a problem that names its code: ${what}`, async () => {
      const { status, headers, body } = await answerTo(request);
      const told = problem.strict().parse(JSON.parse(body));
      assert.deepEqual([status, told.status, told.code], [expectedStatus, expectedStatus, expectedCode]);
      assert.equal(told.type, 'about:blank');
      assert.match(told.detail, /^[A-Z"].{10,}$/);
      assert.deepEqual(
        [
          headers['content-type'],
          headers['cache-control'],
          headers['x-content-type-options'],
          headers['strict-transport-security'],
        ],
        ['application/problem+json', 'no-store', 'nosniff', 'max-age=86400'],
      );
      assert.doesNotMatch(body, /FST_|HPE_|node:|\/work\/|fastify|llhttp|Error\b/, 'nothing of the inside is told');
    });
  }

  for (const [target, allow] of [
    ['/v1/sign-in', 'POST'],
    ['/v1/threads', 'GET, HEAD, POST'],
    ['/v1/devices/x', 'DELETE'],
    ['/', 'GET, HEAD'],
    ['/openapi.json?x', 'GET, HEAD'],
  ] as const) {
    it(`LC-12 another method than those of the address is refused with those: ${target}`, async () => {
      for (const method of ['PUT', 'OPTIONS', 'TRACE', 'PROPFIND']) {
        const { status, headers, body } = await answerTo(`${method} ${target} HTTP/1.1\r\n${HOST}\r\n`);
        assert.deepEqual([status, headers['allow']], [405, allow], method);
        assert.equal((JSON.parse(body) as { code: string }).code, 'method_not_allowed');
      }
    });
  }

  it('LC-12 what cannot be read is counted by its code', async () => {
    const counted: string[] = [];
    const count = (name: string, labels: object = {}): unknown => counted.push(`${name} ${JSON.stringify(labels)}`);
    await using watched = await serveHttpApi({ metrics: { ...noMetrics, count } });
    const requests = [get('/', ''), get('/', `${HOST}expect: x\r\n`), '\x00\r\n\r\n', get('/health/live')];
    for (const request of requests) await RawClient.ask(watched.url, request);
    assert.deepEqual(
      counted,
      ['invalid_host', 'expectation_failed', 'malformed_request'].map(
        (code) => `http_requests_unreadable_total ${JSON.stringify({ port: 'public', code })}`,
      ),
    );
  });

  it('LC-12 a request that does not arrive in time is told so', async () => {
    await using slow = await serveHttpApi({ bounds: { ...BOUNDS, headersMs: 100, requestMs: 200 } });
    for (const sent of ['GET / HT', body(NOBODY).slice(0, -5)]) {
      const { status, headers, body } = await RawClient.ask(slow.url, sent);
      assert.deepEqual([status, headers['content-type']], [408, 'application/problem+json'], sent);
      assert.equal((JSON.parse(body) as { code: string }).code, 'request_timeout');
    }
  });

  it('LC-12 whoever is still sending when they are refused can read why', async () => {
    await using client = await RawClient.connect(api.url);
    client.pause();
    client.send(get('/', `${HOST}x: ${'a'.repeat(500_000)}\r\n`));
    await once(api.app.server, 'clientError');
    for (let turn = 0; turn < 20; turn++) await new Promise((later) => setTimeout(later, 5));
    client.resume();
    assert.equal((await client.answer()).status, 431);
  });

  it('LC-12 what follows a request that can be read never stands in for its answer', async () => {
    await using client = await RawClient.connect(api.url);
    client.send(`${get('/health/live')}${get('/openapi.json')}\x00 nonsense\r\n\r\n`);
    await client.ended();
    const answers = client.received.split(/(?=HTTP\/1.1 )/);
    assert.deepEqual(
      answers.map((answer) => answer.slice(9, 12)),
      ['200', '200', '400'],
    );
    assert.match(answers[0] ?? '', /"ok":true/);
    assert.match(answers[2] ?? '', /"code":"malformed_request"/);
  });

  it('LC-12 what follows a request while its answer is made waits for that, however often it comes', async () => {
    const made = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const build: typeof buildPublicApi = async (parts) => {
      const app = await buildPublicApi(parts);
      app.get('/slow', { config: { access: 'public' } }, async () => {
        begun.resolve();
        await made.promise;
        return { slow: true };
      });
      return app;
    };
    await using slow = await serveHttpApi({}, build);
    await using client = await RawClient.connect(slow.url);
    client.send(`${get('/slow')}\x00 nonsense\r\n\r\n`);
    await begun.promise;
    client.send('\x00 more nonsense\r\n\r\n');
    await new Promise((later) => setImmediate(later));
    assert.equal(client.received, '');
    made.resolve();
    await client.ended();
    assert.deepEqual(client.received.match(/HTTP\/1.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('LC-12 a body that turns malformed behind another request is refused when that is answered', async () => {
    await using client = await RawClient.connect(api.url);
    client.send(
      `${get('/health/live')}POST /v1/sign-in HTTP/1.1\r\n${JSON_BODY}transfer-encoding: chunked\r\n\r\nzz\r\n`,
    );
    await client.ended();
    assert.deepEqual(client.received.match(/HTTP\/1.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('LC-12 a busy instance fills no log: a line a minute without a stack for each kind, and all are counted', async () => {
    const [errors, warnings, counted]: [object[], object[], object[]] = [[], [], []];
    const log = {
      ...silentLogger,
      error: (facts: object) => errors.push(facts),
      warn: (facts: object) => warnings.push(facts),
    };
    const count = (name: string, labels: object = {}): unknown => counted.push({ name, ...labels });
    const clock = new ControlledClock();
    const answer = answerErrors({ clock, log, metrics: { ...noMetrics, count } });
    const refuse = (code: string): void => {
      const error = new PlatformError({ code, message: 'Too much at once.', retryable: true });
      answer(error, { raw: {}, routeOptions: {} } as FastifyRequest, aReply());
    };
    for (let i = 0; i < 3; i += 1) for (const code of ['overloaded', 'database_pool_exhausted']) refuse(code);
    assert.deepEqual(warnings, [{ code: 'overloaded' }, { code: 'database_pool_exhausted' }]);
    clock.advance(60_000);
    refuse('overloaded');
    assert.equal(warnings.length, 3);
    assert.equal(counted.length, 7);
    assert.deepEqual(counted[0], { name: 'http_requests_refused_total', code: 'overloaded' });
    assert.deepEqual(errors, []);
    refuse('database_unreachable');
    assert.equal(errors.length, 1);
  });

  it('LC-12 the connection of a refused request that was read whole can be used again', async () => {
    await using client = await RawClient.connect(api.url);
    client.send(get('/', `${HOST}expect: a-miracle\r\n`));
    assert.equal((await client.answer()).headers['connection'], 'keep-alive');
    client.send(get('/health/live', HOST));
    while (!client.received.includes('"ok":true')) await client.heard();
  });

  it('LC-12 a caller who leaves in the middle is no failure of the platform, and fills no log', async () => {
    const failures: object[] = [];
    const log = { ...silentLogger, error: (facts: object) => failures.push(facts) };
    for (const leave of [(client: RawClient) => client.reset(), (client: RawClient) => client[Symbol.asyncDispose]()]) {
      // One server each: whoever leaves while waiting for a turn behind another request is not begun at all.
      const metrics = new Statuses();
      await using watched = await serveHttpApi({ log, metrics });
      await using client = await RawClient.connect(watched.url);
      client.send(body(NOBODY).slice(0, -5));
      await once(watched.app.server, 'request');
      const observed = metrics.observed();
      await leave(client);
      await observed;
    }
    assert.deepEqual(failures, []);
  });

  it('LC-12 an unread body that does not end is cut off', async () => {
    const accepting = once(api.app.server, 'connection') as Promise<[Socket]>;
    await using client = await RawClient.connect(api.url);
    const [accepted] = await accepting;
    client.send(`POST /%zz HTTP/1.1\r\n${JSON_BODY}transfer-encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(0x1_00_00)}\r\n`;
    while (accepted.bytesRead < 2 * MAX_DISCARDED_BYTES && !client.hasEnded) {
      client.send(chunk);
      await new Promise((turn) => setImmediate(turn));
    }
    assert(client.hasEnded, `${accepted.bytesRead} bytes were read`);
    assert.match(client.received, /^HTTP\/1.1 400 /);
  });
});
