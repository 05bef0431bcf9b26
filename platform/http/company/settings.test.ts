import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveHttpApi } from '../../../support/module-tests/http/http-api';
import { AuthError, type PersonPrincipal } from '../../../ssot/auth';
import { vouchFor, type SessionId, type TenantId, type UserId } from '../../../ssot/kernel';
import type { Services } from '../../services';

const [tenantId, userId] = ['tenant_of_a_test' as TenantId, 'user_of_a_test' as UserId];
const ADMINISTRATOR: PersonPrincipal = {
  context: vouchFor({ tenantId, userId, plan: 'enterprise', permissions: ['settings:write'] }),
  ...{ kind: 'person', sessionId: 'session_of_a_test' as SessionId, plan: 'enterprise', methods: ['pwd'] },
  ...{ secondFactor: 'none', authTime: new Date(0), expiresAt: new Date(0) },
};

void test('AU-09 settings decide who gets in, so they are changed and taken back with a fresh proof only', async () => {
  const auth = {
    tokens: { check: () => Promise.resolve(ADMINISTRATOR) },
    factors: {
      assertFreshProof: () => Promise.reject(new AuthError('step_up_required', 'Prove again that it is you.')),
    },
  };
  // There is no configuration to ask.
  await using api = await serveHttpApi({ services: () => ({ auth }) as unknown as Services });
  const headers = { authorization: 'Bearer of-an-administrator' };
  const why = { expectedVersion: 0, reason: 'because I can' };
  for (const [method, url, payload] of [
    ['PATCH', '/v1/settings', { ...why, set: { 'identity.secondFactorRequired': false } }],
    ['POST', '/v1/settings/restore', { ...why, toVersion: 0 }],
  ] as const) {
    const answer = await api.app.inject({ method, url, headers, payload });
    assert.deepEqual([answer.statusCode, answer.json<{ code: string }>().code], [403, 'step_up_required'], url);
  }
});

void test('CF-07 a change that takes back more settings than go at once is refused by their number, not name by name', async () => {
  const auth = { tokens: { check: () => Promise.resolve(ADMINISTRATOR) } };
  await using api = await serveHttpApi({ services: () => ({ auth }) as unknown as Services });
  const payload = { expectedVersion: 0, reason: 'because I can', remove: Array<string>(39_000).fill(' ') };
  const headers = { authorization: 'Bearer of-an-administrator' };
  const answer = await api.app.inject({ method: 'PATCH', url: '/v1/settings', headers, payload });
  const { field, detail } = answer.json<{ field: string; detail: string }>();
  assert.deepEqual([answer.statusCode, field], [400, 'remove']);
  assert.match(detail, /50/);
});
