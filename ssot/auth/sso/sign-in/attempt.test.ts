import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRing, type TenantId } from '../../../kernel';
import { Seal } from '../../sealing';
import { openAttempt, sealAttempt, type Attempt } from './attempt';

const sealOf = (byte: number): Seal =>
  new Seal(new KeyRing([{ id: `key-${byte}`, key: new Uint8Array(32).fill(byte) }]));
const seal = sealOf(1);
const UNTIL = 1_764_400_000_000;
const attempt: Attempt = {
  tenantId: 'tenant_01jt5wbs00e4csqj4k1y7d0c3f' as TenantId,
  ...{ issuer: 'https://login.example', clientId: 'acme', redirectAddress: 'https://chat.example/callback' },
  ...{ state: 'a state', nonce: 'a nonce', verifier: 'a verifier', returnTo: 'https://chat.example/', fresh: true },
  until: UNTIL,
};
const begun = sealAttempt(seal, attempt);

test('AU-06 a browser keeps all of the sign-in that it has begun, reads nothing of it, and until its end only', () => {
  assert.deepEqual(openAttempt(seal, begun, UNTIL - 1), attempt);
  for (const secret of [attempt.state, attempt.nonce, attempt.verifier]) {
    assert(!Buffer.from(begun, 'base64url').includes(secret));
  }
  const ended = { code: 'one_time_secret_invalid', message: 'This sign-in has ended. Begin again.' };
  assert.throws(() => openAttempt(seal, begun, UNTIL), ended);
});

for (const [what, browserKey] of [
  ['nothing', ''],
  ['nonsense', 'nonsense'],
  ['cut', begun.slice(0, -2)],
  ['altered', `${begun.slice(0, -2)}${begun.endsWith('AA') ? 'BB' : 'AA'}`],
  ['begun on another platform', sealAttempt(sealOf(2), attempt)],
  ['sealed for something else', seal.seal(Buffer.from(JSON.stringify(attempt)), 'totp').toString('base64url')],
  ['longer than any', sealAttempt(seal, { ...attempt, returnTo: 'x'.repeat(3_000) })],
] as const) {
  test(`AU-06 a browser that brings along what was not begun here goes on with nothing: ${what}`, () => {
    assert.throws(() => openAttempt(seal, browserKey, 0), { code: 'one_time_secret_invalid' });
  });
}
