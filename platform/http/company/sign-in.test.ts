import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveHttpApi } from '../../../support/module-tests/http/http-api';

const SIGN_IN = { email: 'dana@acme.example', password: 'long enough to try', device: 'phone' };

const REFUSED: readonly [what: string, change: object, field: string, says: string][] = [
  ['a device with a NUL character', { device: 'phone\0' }, 'device', 'must not contain a NUL character'],
  ['a device of no name', { device: '' }, 'device', 'must not be blank'],
  ['an e-mail with a NUL character', { email: 'dana\0@acme.example' }, 'email', 'must not contain a NUL character'],
];
for (const [what, change, field, says] of REFUSED) {
  void test(`WS-10 a sign-in that cannot be kept is refused with its field: ${what}`, async () => {
    await using api = await serveHttpApi();
    const answer = await api.app.inject({ method: 'POST', url: '/v1/sign-in', payload: { ...SIGN_IN, ...change } });
    const { code, field: about, detail } = answer.json<Record<string, string>>();
    assert.deepEqual([answer.statusCode, code, about], [400, 'invalid_input', field]);
    assert.equal(detail, `"${field}" is not valid: ${says}`);
  });
}
