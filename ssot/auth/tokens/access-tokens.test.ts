import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { before, mock, test } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { SessionId, TenantId, UserId } from '../../kernel';
import { issueToken, readToken } from './access-tokens';
import type { AuthConfig } from '../contract';
import type { SigningKey } from './signing-keys';

const clock = new ControlledClock();
const config = { issuer: 'urn:here', audience: 'api', accessTokenMs: 15 * 60_000 } as AuthConfig;
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'key_1' };
let key: SigningKey;
let thief: { publicKey: CryptoKey; privateKey: CryptoKey };
let genuine: string;
let spki: string;

before(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  thief = await generateKeyPair('ES256', { extractable: true });
  key = { kid: 'key_1', jwk: await exportJWK(publicKey), publicKey, privateKey };
  spki = await exportSPKI(publicKey);
  genuine = await issue();
});

async function issue(): Promise<string> {
  const who = {
    userId: 'user_01jt5wbs00e4csqj4k1y7d0c3g' as UserId,
    tenantId: 'tenant_01jt5wbs00e4csqj4k1y7d0c3f' as TenantId,
    sessionId: 'session_01jt5wbs00e4csqj4k1y7d0c3h' as SessionId,
    authTime: new Date(clock.now()),
    methods: ['pwd'],
    jti: 'req_01jt5wbs00e4csqj4k1y7d0c3j',
  } as const;
  return (await issueToken(key, config, clock, who)).access;
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
  'of another key': () => signed({ kid: 'key_2' }),
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
  'without an end': () => signed({}, { exp: undefined }),
  'that lives too long': () => signed({}, { exp: Math.floor(clock.now() / 1_000) + 86_400 }),
  'from the future': () => signed({}, { iat: Math.floor(clock.now() / 1_000) + 120 }),
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
