import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { before, mock, test } from 'node:test';
import { decodeProtectedHeader, exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { SessionId, TenantId, UserId } from '../../kernel';
import { issueToken, readToken } from './access-tokens';
import type { AuthConfig } from '../contract';
import type { SigningKey } from './signing-keys';

const clock = new ControlledClock();
const config = { issuer: 'urn:here', audience: 'api', accessTokenMs: 15 * 60_000 } as AuthConfig;
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'key_01' };
let key: SigningKey;
let thief: { publicKey: CryptoKey; privateKey: CryptoKey };
let genuine: string;
let spki: string;

before(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  thief = await generateKeyPair('ES256', { extractable: true });
  key = { kid: 'key_01', jwk: await exportJWK(publicKey), publicKey, privateKey };
  spki = await exportSPKI(publicKey);
  genuine = await issue();
});

const WHO = {
  userId: 'user_01jt5wbs00e4csqj4k1y7d0c3g' as UserId,
  tenantId: 'tenant_01jt5wbs00e4csqj4k1y7d0c3f' as TenantId,
  sessionId: 'session_01jt5wbs00e4csqj4k1y7d0c3h' as SessionId,
  authTime: new Date(clock.now() - 60_000),
  methods: ['pwd', 'otp'],
  jti: 'req_01jt5wbs00e4csqj4k1y7d0c3j',
} as const;

async function issue(): Promise<string> {
  return (await issueToken(key, config, clock, WHO)).access;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** The claims of a genuine token, signed by the platform's own key, under another header or with other claims. */
const signed = (header: object = {}, claims: object = {}, by = key.privateKey): Promise<string> =>
  new SignJWT({ ...claimsOf(genuine), ...claims }).setProtectedHeader({ ...HEADER, ...header }).sign(by);

/** The same, authenticated with a secret that everybody knows. */
function withSecret(secret: string | Buffer, alg: 'HS256' | 'HS512' = 'HS256'): string {
  const content = `${part({ ...HEADER, alg })}.${part(claimsOf(genuine))}`;
  const mac = createHmac(alg === 'HS256' ? 'sha256' : 'sha512', secret).update(content);
  return `${content}.${mac.digest('base64url')}`;
}

const codeOf = async (token: string): Promise<string> =>
  readToken(key, config, clock, token).then(
    () => 'believed',
    (refusal: unknown) => String((refusal as { code?: string }).code),
  );

test('AU-01 a token that was issued here is believed', async () => {
  assert.equal(await codeOf(genuine), 'believed');
  assert.equal(await codeOf(await signed()), 'believed', 'or nothing of the following says anything');
});

test('AU-01 a token says who, where, how, when and until when, and nothing of rights, names or e-mails', async () => {
  const issuedAt = clock.now() / 1_000;
  const { access, accessUntil } = await issueToken(key, config, clock, WHO);
  assert.deepEqual(decodeProtectedHeader(access), HEADER);
  assert.deepEqual(claimsOf(access), {
    ...{ iss: 'urn:here', aud: 'api', sub: WHO.userId, tid: WHO.tenantId, sid: WHO.sessionId, jti: WHO.jti },
    ...{ iat: issuedAt, exp: issuedAt + 900, auth_time: issuedAt - 60, amr: ['pwd', 'otp'] },
  });
  assert.deepEqual(accessUntil, new Date(clock.now() + 900_000));
});

const seconds = (more: number): number => clock.now() / 1_000 + more;
for (const [what, times, outcome] of [
  ['in its last second', { iat: -899, exp: 1 }, 'believed'],
  ['at its end', { iat: -900, exp: 0 }, 'token_expired'],
  ['long after it', { iat: -90_000, exp: -89_100 }, 'token_expired'],
  ['dated 60 seconds ahead', { iat: 60, exp: 960 }, 'believed'],
  ['dated 61 seconds ahead', { iat: 61, exp: 961 }, 'token_invalid'],
  ['that lives for 15 minutes', { iat: -1, exp: 899 }, 'believed'],
  ['that lives a second longer', { iat: -1, exp: 900 }, 'token_invalid'],
] as const) {
  test(`AU-01 a token counts only in its own time: ${what}`, async () => {
    const token = await signed({}, { iat: seconds(times.iat), exp: seconds(times.exp) });
    assert.equal(await codeOf(token), outcome);
  });
}

test('AU-01 whoever shows a token past its end is told to renew it', async () => {
  const expired = await signed({}, { iat: seconds(-900), exp: seconds(0) });
  const message = 'This token has expired. Renew it, or sign in again.';
  await assert.rejects(readToken(key, config, clock, expired), { code: 'token_expired', message });
});

for (const claim of ['iss', 'aud', 'sub', 'tid', 'sid', 'jti', 'iat', 'exp', 'auth_time', 'amr']) {
  test(`AU-01 a token is not believed without all that it has to say: ${claim}`, async () => {
    assert.equal(await codeOf(await signed({}, { [claim]: undefined })), 'token_invalid');
  });
}

for (const [what, claims] of [
  ['a company as a person', { sub: WHO.tenantId }],
  ['a person as a company', { tid: WHO.userId }],
  ['a person as a sign-in', { sid: WHO.userId }],
  ['an empty name of its own', { jti: '' }],
  ['a proof that there is not', { amr: ['pwd', 'magic'] }],
] as const) {
  test(`AU-01 a token is not believed that names what is none: ${what}`, async () => {
    assert.equal(await codeOf(await signed({}, claims)), 'token_invalid');
  });
}

for (const [length, outcome] of [
  [4_096, 'believed'],
  [4_098, 'token_invalid'],
  [10_000_000, 'token_invalid'],
] as const) {
  test(`AU-01 a token of ${length} characters: ${outcome}`, async () => {
    const padding = (pad: string): Promise<string> => signed({}, { pad });
    const missing = length - (await padding('')).length;
    const token = await padding('x'.repeat(Math.ceil((missing * 3) / 4)));
    assert.equal(token.length, length);
    assert.equal(await codeOf(token), outcome);
  });
}

for (const [what, alter] of [
  ['four parts', (token: string) => `${token}.${token}`],
  ['two parts', (token: string) => token.slice(0, token.lastIndexOf('.'))],
  ['an unreadable header', (token: string) => `e30${token}`],
  ['a cut signature', (token: string) => token.slice(0, -1)],
  ['nothing', () => ''],
] as const) {
  test(`AU-01 what is no token is not believed, and the next one is judged as ever: ${what}`, async () => {
    assert.equal(await codeOf(alter(genuine)), 'token_invalid');
    assert.equal(await codeOf(genuine), 'believed');
  });
}

const bareKey = (): Buffer => createPublicKey(spki).export({ format: 'der', type: 'spki' });
const FORGED: Readonly<Record<string, () => string | Promise<string>>> = {
  'authenticated with the public key as a secret, as PEM': () => withSecret(`${spki.trim()}\n`),
  'the same without the last line break': () => withSecret(spki.trim()),
  'the same as DER': () => withSecret(bareKey()),
  'the same as JWK': () => withSecret(JSON.stringify(key.jwk)),
  'the same with HS512': () => withSecret(`${spki.trim()}\n`, 'HS512'),
  'authenticated with nothing': () => withSecret(''),
  unsigned: () => `${part({ ...HEADER, alg: 'none' })}.${part(claimsOf(genuine))}.`,
  'unsigned, in other letters': () => `${part({ ...HEADER, alg: 'nOnE' })}.${part(claimsOf(genuine))}.`,
  'of another type': () => signed({ typ: 'JWT' }),
  'of the type of an id token': () => signed({ typ: 'id+jwt' }),
  'of no type': () => signed({ typ: undefined }),
  'of another key': () => signed({ kid: 'key_02' }),
  'of no key': () => signed({ kid: undefined }),
  'signed by a stranger': () => signed({}, {}, thief.privateKey),
  'signed by a stranger who sends the key along': async () =>
    signed({ jwk: await exportJWK(thief.publicKey) }, {}, thief.privateKey),
  'signed by a stranger who says where the key is': () =>
    signed({ jku: 'https://evil.example/jwks.json' }, {}, thief.privateKey),
  'signed by a stranger who sends a certificate along': () =>
    signed({ x5c: ['MIIB'], x5u: 'https://evil.example/cert.pem' }, {}, thief.privateKey),
  'signed here, with a key sent along': () => signed({ jwk: { ...key.jwk } }),
  'signed here, saying where a key is': () => signed({ jku: 'https://here.example/.well-known/jwks.json' }),
  'signed here, with a certificate sent along': () => signed({ x5c: ['MIIB'] }),
  'signed here, saying where a certificate is': () => signed({ x5u: 'https://here.example/cert.pem' }),
  'with an extension that must be understood': () => signed({ crit: ['b64'], b64: true }),
  'of another deployment': () => signed({}, { iss: 'urn:elsewhere' }),
  'for another service': () => signed({}, { aud: 'other' }),
};
for (const [what, forge] of Object.entries(FORGED)) {
  test(`AU-01 a token is not believed: ${what}`, async () =>
    assert.equal(await codeOf(await forge()), 'token_invalid'));
}

test('AU-01 no address that a token names is asked for a key', async () => {
  const asked = mock.method(globalThis, 'fetch', () => Promise.reject(new Error('nobody is asked')));
  try {
    await codeOf(await signed({ jku: 'https://evil.example/jwks.json' }, {}, thief.privateKey));
    assert.equal(asked.mock.callCount(), 0);
  } finally {
    asked.mock.restore();
  }
});
