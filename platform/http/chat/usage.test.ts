import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { Services } from '../../services';
import { vouchFor, type TenantId, type UserId } from '../../../ssot/kernel';
import { eventually } from '../../../world/eventually';
import { serveHttpApi, type HttpApi } from '../../../support/module-tests/http/http-api';

const context = vouchFor({
  tenantId: 'tenant_01jt5wbs00e4csqj4k1y7d0c3f' as TenantId,
  userId: 'user_01jt5wbs00e4csqj4k1y7d0c3g' as UserId,
  plan: 'free',
  permissions: ['usage:read', 'usage:write'],
});
const neighbour = vouchFor({
  ...{ tenantId: 'tenant_01jt5wbs00e4csqj4k1y7d0c3h' as TenantId, userId: context.userId, plan: 'free' },
  permissions: ['usage:write'],
});
const reported: unknown[] = [];
/** Reports of the first company are waited for until it is open. */
let stored = Promise.resolve();
const readings: { signal: AbortSignal | undefined; answer: () => void }[] = [];
const services = {
  auth: { tokens: { check: (token: string) => Promise.resolve({ context: token === 'other' ? neighbour : context }) } },
  analytics: {
    record: async (of: unknown, events: readonly unknown[]) => {
      reported.push(...events);
      if (of === context) await stored;
      return { recorded: events.length, repeated: 0 };
    },
    coverage: (_: unknown, { signal }: { signal?: AbortSignal }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      readings.push({ signal, answer: resolve });
      return promise.then(() => ({ data: { calls: 1, daysWithUse: 1, first: null, last: null } }));
    },
  },
} as unknown as Services;
let api: HttpApi;

async function report(
  body: string | object,
  { token = 'x.y.z', signal = null }: { token?: string; signal?: AbortSignal | null } = {},
): Promise<{ status: number; code?: string }> {
  const answer = await fetch(`${api.url}/v1/usage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  });
  return { status: answer.status, ...((await answer.json()) as { code?: string }) };
}

describe('reports of usage', () => {
  before(async () => {
    api = await serveHttpApi({ services: () => services });
  });
  after(() => api[Symbol.asyncDispose]());

  void it('CH-03 events reach analytics as they came, which checks them one by one', async () => {
    const events = [{ any: 'thing' }, 7, null];
    assert.equal((await report({ events })).status, 200);
    assert.deepEqual(reported.splice(0), events);
  });

  for (const bytes of [1024 * 1024 + 1, 4 * 1024 * 1024]) {
    void it(`CH-03 a report of ${bytes} bytes is refused by name`, async () => {
      assert.deepEqual(
        await report(`{"events":[]}${' '.repeat(bytes - 13)}`).then(({ status, code }) => [status, code]),
        [413, 'body_too_large'],
      );
    });
  }

  void it('CH-03 a report of exactly 1 MiB is read', async () => {
    const { status } = await report(`{"events":[{}]}${' '.repeat(1024 * 1024 - 15)}`);
    assert.equal(status, 200);
    reported.splice(0);
  });

  void it('CH-03 more than 1,000 events, or none, are refused', async () => {
    assert.equal((await report({ events: Array.from({ length: 1_001 }, () => ({})) })).code, 'invalid_input');
    assert.equal((await report({ events: [] })).code, 'invalid_input');
    assert.deepEqual(reported, []);
  });

  void it('CH-03 of a company that sends many reports at once two are read, and that of another beside them', async () => {
    const gate = Promise.withResolvers<void>();
    stored = gate.promise;
    const left = new AbortController();
    const leaving = Array.from({ length: 3 }, (_, at) => report({ events: [at] }, { signal: left.signal }));
    const gone = Promise.allSettled(leaving);
    await eventually(() => assert.equal(reported.length, 2));
    const staying = Array.from({ length: 3 }, () => report({ events: ['stays'] }));
    assert.equal((await report({ events: ['of another'] }, { token: 'other' })).status, 200);
    assert.equal(reported.length, 3);
    // Those that are read, and one that waits for its turn.
    left.abort();
    await gone;
    await eventually(() => assert.equal(reported.length, 5));
    gate.resolve();
    assert.deepEqual(
      (await Promise.all(staying)).map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(reported.splice(0).slice(3), ['stays', 'stays', 'stays']);
  });

  void it('CH-03 the document shows what an event is', async () => {
    const { paths } = api.app.swagger() as unknown as {
      paths: Record<string, { post: { requestBody: { content: Record<string, { schema: unknown }> } } }>;
    };
    const schema = paths['/v1/usage']?.post.requestBody.content['application/json']?.schema as {
      properties: {
        events: {
          minItems: number;
          maxItems: number;
          items: { required: string[]; properties: Record<string, object>; additionalProperties: boolean };
        };
      };
    };
    const { minItems, maxItems, items } = schema.properties.events;
    assert.deepEqual([minItems, maxItems, items.additionalProperties], [1, 1_000, false]);
    assert.deepEqual(items.properties['eventId'], { type: 'string', minLength: 1, maxLength: 128 });
    assert(items.required.includes('inputTokens') && !items.required.includes('personId'));
  });

  void it('AG-10 a reading whose caller has gone is given up, and nobody else is', async () => {
    const url = `${api.url}/v1/usage/coverage?from=2026-08-01T00:00:00Z&to=2026-08-02T00:00:00Z`;
    const ask = () => request(url, { agent: false, headers: { authorization: 'Bearer x.y.z' } }).end();
    const [leaving, staying] = [ask(), ask()];
    const left = once(leaving, 'error');
    const stayed = once(staying, 'response') as Promise<[IncomingMessage]>;
    const givenUp = () => readings.filter(({ signal }) => signal?.aborted).length;
    try {
      await eventually(() => assert.equal(readings.length, 2));
      leaving.destroy();
      await left;
      await eventually(() => assert.equal(givenUp(), 1), 2_000);
    } finally {
      for (const { answer } of readings) answer();
    }
    const [{ statusCode }] = await stayed;
    assert.deepEqual([statusCode, givenUp()], [200, 1]);
  });
});
