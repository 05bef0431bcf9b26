import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { fastify } from 'fastify';
import { serveHttpApi, type HttpApi } from '../../../support/module-tests/http/http-api';
import type { PersonPrincipal } from '../../../ssot/auth';
import {
  OPERATOR_PERMISSIONS,
  PERMISSIONS,
  vouchFor,
  type Permission,
  type SessionId,
  type TenantId,
  type UserId,
} from '../../../ssot/kernel';
import type { Services } from '../../services';
import { authenticateCallers } from './access';
import { MetricsRegistry } from '../../metrics-registry';
import type { App } from '../server/app';
import { buildOperationsApi } from '../operations-api';
import { MAX_DISCARDED_BYTES } from './unread-body';

interface Operation {
  readonly method: string;
  readonly path: string;
  /** Ways in, each with what must be allowed there. */
  readonly security: readonly Readonly<Record<string, readonly Permission[]>>[];
}

/** Every operation of the API as the OpenAPI document publishes it. */
function operationsOf(app: App): readonly Operation[] {
  return Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { security?: Operation['security'] }>).map(([method, { security }]) => {
      assert(security !== undefined, `${method} ${path} does not publish who may call it`);
      return { method: method.toUpperCase(), path: path.replaceAll(/\{.*?\}/g, 'no-id'), security };
    }),
  );
}

let api: HttpApi;
let operationsApi: HttpApi;
/** Where whoever calls is `caller`, and nothing but that is known. */
let somebodys: HttpApi;
let caller: PersonPrincipal;

function personWho(permissions: readonly Permission[]): PersonPrincipal {
  const ids = { tenantId: 'tenant_of_a_test' as TenantId, userId: 'user_of_a_test' as UserId };
  const context = vouchFor({ ...ids, plan: 'enterprise', permissions });
  const sessionId = 'session_of_a_test' as SessionId;
  const [authTime, expiresAt] = [new Date(0), new Date(0)];
  return {
    context,
    kind: 'person',
    sessionId,
    plan: 'enterprise',
    authTime,
    methods: ['pwd'],
    secondFactor: 'none',
    expiresAt,
  };
}

function isOperators(permission: Permission): boolean {
  return OPERATOR_PERMISSIONS.some((one) => one === permission);
}

/** A connection whose breaking is part of the test. */
function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return socket.on('error', () => socket.destroy());
}

/** Sends a request's head and the beginning of its body, and resolves with the answer's first bytes. */
async function answerTo(url: string, { method, path }: Operation): Promise<string> {
  const socket = open(url);
  try {
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50000\r\n\r\n{"no`,
    );
    const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(2_000) })) as [Buffer];
    return data.toString();
  } finally {
    socket.destroy();
  }
}

describe('access', () => {
  before(async () => {
    api = await serveHttpApi();
    operationsApi = await serveHttpApi({}, (parts) => buildOperationsApi(parts, new MetricsRegistry()));
    const auth = { tokens: { check: () => Promise.resolve(caller) } };
    somebodys = await serveHttpApi({ services: () => ({ auth }) as unknown as Services });
  });
  after(async () => {
    await somebodys[Symbol.asyncDispose]();
    await operationsApi[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  void it('AU-11 every operation that is not public names what its callers must be allowed', () => {
    for (const [{ app }, isForOperators] of [
      [api, false],
      [operationsApi, true],
    ] as const) {
      for (const { method, path, security } of operationsOf(app)) {
        const named = security.flatMap((way) => Object.values(way));
        const one = `${method} ${path}: ${JSON.stringify(security)}`;
        assert(
          named.every((permissions) => permissions.length === 1),
          one,
        );
        assert(
          named.flat().every((permission) => PERMISSIONS.includes(permission)),
          one,
        );
        assert(
          named.flat().every((permission) => isOperators(permission) === isForOperators),
          one,
        );
      }
    }
  });

  void it('AU-11 whoever may everything but what an operation names is refused, and no module is asked', async () => {
    let asked = 0;
    for (const { method, path, security } of operationsOf(api.app)) {
      const need = security[0]?.['person']?.[0];
      if (need === undefined) continue;
      asked += 1;
      caller = personWho(PERMISSIONS.filter((permission) => permission !== need));
      const headers = { authorization: 'Bearer of-somebody' };
      const answer = await somebodys.app.inject({ method: method as 'GET', url: path, headers });
      assert.deepEqual(
        [answer.statusCode, answer.json<{ code: string }>().code],
        [403, 'not_allowed'],
        `${method} ${path}`,
      );
      assert.match(answer.json<{ detail: string }>().detail, new RegExp(`"${need}"`));
    }
    assert(asked > 40, `${asked} operations found`);
  });

  void it('AU-07 every operation that is not public answers a stranger before it has read their body', async () => {
    let closed = 0;
    for (const { app, url } of [api, operationsApi]) {
      for (const operation of operationsOf(app).filter(({ security }) => security.length > 0)) {
        closed += 1;
        const answer = await answerTo(url, operation).catch((error: unknown) => `no answer: ${String(error)}`);
        assert.match(answer, /^HTTP\/1\.1 401 /, `${operation.method} ${operation.path}`);
        assert.match(answer, /"code":"token_missing"/);
        assert.match(answer, /www-authenticate: Bearer/i);
      }
    }
    assert(closed > 15, `${closed} operations found`);
  });

  void it('AU-07 the document names the credential of each operation, and none for the public ones', async () => {
    const operations = [...operationsOf(api.app), ...operationsOf(operationsApi.app)];
    const published = Object.fromEntries(
      operations.map(({ method, path, security }) => [`${method} ${path}`, security]),
    );
    assert.deepEqual(published['POST /v1/threads'], [{ person: ['chat:use'] }, { apiKey: ['chat:use'] }]);
    assert.deepEqual(published['POST /v1/people'], [{ person: ['people:manage'] }]);
    assert.deepEqual(published['POST /v1/operations/tenants'], [{ operator: ['operations:write'] }]);
    assert.deepEqual(published['POST /v1/sign-in'], []);
  });

  void it('AU-07 nothing that operators or their tools use is on the port of the customers', async () => {
    const operations = operationsOf(operationsApi.app).filter(({ path }) => !path.startsWith('/health/'));
    for (const { method, path } of operations) {
      const answer = await api.app.inject({ method: method as 'GET', url: path });
      assert.equal(answer.statusCode, 404, `${method} ${path}`);
      assert.equal(answer.json<{ code: string }>().code, 'route_not_found');
    }
    assert(operations.length >= 6 && operations.some(({ path }) => path === '/metrics'));
    assert.equal((await operationsApi.app.inject({ method: 'GET', url: '/v1/me' })).statusCode, 404);
  });

  void it('AU-07 a route that does not declare who may call it is refused when the server is built', async () => {
    const app = fastify() as unknown as App;
    authenticateCallers(app, () => assert.fail('nobody calls'));
    assert.throws(() => app.get('/v1/forgotten', () => 'told'), /GET \/v1\/forgotten does not declare who may call/);
  });

  void it('AU-07 a stranger learns nothing of what a body must look like', async () => {
    const payload = { events: [{}] };
    const { statusCode } = await api.app.inject({ method: 'POST', url: '/v1/usage', payload });
    assert.equal(statusCode, 401);
  });

  void it("AU-07 a stranger's endless body is cut off", async () => {
    const caller = open(api.url);
    const [accepted] = (await once(api.app.server, 'connection')) as [Socket];
    const cut = once(accepted, 'close', { signal: AbortSignal.timeout(5_000) });
    let answer = '';
    caller.on('data', (data: Buffer) => (answer += data.toString()));
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x1_00_00, 'x'), Buffer.from('\r\n')]);
    const sendOn = (): boolean => caller.writable && caller.write(chunk) && sendOn();
    caller.on('drain', sendOn);
    caller.write(
      'POST /v1/usage HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    sendOn();
    await cut.finally(() => caller.destroy());
    assert.match(answer, /^HTTP\/1\.1 401 /);
    assert(accepted.bytesRead < 2 * MAX_DISCARDED_BYTES, `${accepted.bytesRead} bytes were read`);
  });
});
