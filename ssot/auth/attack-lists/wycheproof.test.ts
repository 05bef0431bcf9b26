import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { errors, importJWK, type CryptoKey, type JWK } from 'jose';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { readToken } from '../tokens/access-tokens';
import type { AuthConfig } from '../contract';
import type { AuthError } from '../errors';
import type { SigningKey } from '../tokens/signing-keys';

interface Vectors {
  readonly key: JWK & { readonly kid: string };
  readonly es256: readonly {
    readonly id: number;
    readonly comment: string;
    readonly jws: string;
    readonly result: string;
  }[];
  readonly otherAlgorithms: readonly {
    readonly id: number;
    readonly of: string;
    readonly alg: string;
    readonly kid: string;
    readonly token: string;
  }[];
}
/** Of Project Wycheproof, trimmed to what a verifier of ES256 alone can meet. Source and licence stand in the file. */
const vectors = JSON.parse(readFileSync(join(__dirname, 'wycheproof.json'), 'utf8')) as Vectors;

const config = { issuer: 'urn:here', audience: 'api', accessTokenMs: 15 * 60_000 } as AuthConfig;
let key: SigningKey;

before(async () => {
  const publicKey = (await importJWK(vectors.key, 'ES256')) as CryptoKey;
  key = { kid: vectors.key.kid, jwk: vectors.key, publicKey } as SigningKey;
});

/** Why it is not believed: no content here is a set of claims, which is looked at only once the signature is believed. */
async function outcomeOf(token: string, of: SigningKey): Promise<string> {
  const refusal = await readToken(of, config, new ControlledClock(), token).then(
    () => assert.fail('was believed'),
    (error: unknown) => error as AuthError,
  );
  assert.equal(refusal.code, 'token_invalid');
  if (refusal.cause instanceof errors.JWTInvalid) return 'signature believed';
  return refusal.cause instanceof errors.JOSEAlgNotAllowed ? 'algorithm refused' : 'signature refused';
}

for (const { id, comment, jws, result } of vectors.es256) {
  const isOfAnother = /SymmetryConfusion/.test(comment);
  const refused = isOfAnother ? 'algorithm refused' : 'signature refused';
  const expected = result === 'valid' ? 'signature believed' : refused;
  test(`AU-01 Wycheproof ES256 ${id}, ${comment}: ${expected}`, async () => {
    assert.equal(await outcomeOf(jws, key), expected);
  });
}

for (const { id, of, alg, kid, token } of vectors.otherAlgorithms) {
  test(`AU-01 Wycheproof ${of} ${id}: a genuine token of ${alg} is none of ours`, async () => {
    // An encrypted one has five parts, and is none before anything of it is read.
    assert.equal(await outcomeOf(token, { ...key, kid }), of === 'jws' ? 'algorithm refused' : 'signature refused');
  });
}
