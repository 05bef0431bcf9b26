import { exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type CryptoKey, type JWK } from 'jose';
import { z } from 'zod';
import { sql, type Transaction } from '../kernel';
import type { AuthDeps } from './contract';
import { AUTH } from './principals';
import type { Seal } from './sealing';

export const ALGORITHM = 'ES256';
/** Any number will do as long as every release uses the same one. */
const LOCK = 7_203_114_902;

const keyRow = z.object({
  kid: z.string(),
  public_jwk: z.custom<JWK>((value) => typeof value === 'object' && value !== null),
  sealed_private: z.instanceof(Buffer),
});

export interface SigningKey {
  readonly kid: string;
  readonly jwk: JWK;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** The platform's signing key, made once by whichever instance comes first. Throws `weak_secret` for a foreign master key. */
export async function loadSigningKey(deps: AuthDeps, seal: Seal): Promise<SigningKey> {
  const row = await deps.db.asService(AUTH, async (tx) => {
    const [known] = await newest(tx);
    if (known !== undefined) return known;
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const [meanwhile] = await newest(tx);
    return meanwhile ?? (await makeKey(tx, deps, seal));
  });
  const pkcs8 = seal.open(row.sealed_private, row.kid).toString('utf8');
  return {
    kid: row.kid,
    jwk: { ...row.public_jwk, kid: row.kid, alg: ALGORITHM, use: 'sig' },
    publicKey: (await importJWK(row.public_jwk, ALGORITHM)) as CryptoKey,
    privateKey: await importPKCS8(pkcs8, ALGORITHM),
  };
}

function newest(tx: Transaction): Promise<readonly z.infer<typeof keyRow>[]> {
  return tx.query(
    sql`select kid, public_jwk, sealed_private from signing_key order by created_at desc limit 1`,
    keyRow,
  );
}

async function makeKey(tx: Transaction, deps: AuthDeps, seal: Seal): Promise<z.infer<typeof keyRow>> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const kid = deps.ids.next('key');
  const public_jwk = await exportJWK(publicKey);
  const sealed_private = seal.seal(Buffer.from(await exportPKCS8(privateKey)), kid, deps.random);
  await tx.execute(sql`
    insert into signing_key (kid, public_jwk, sealed_private, created_at)
    values (${kid}, ${JSON.stringify(public_jwk)}, ${sealed_private}, ${new Date(deps.clock.now())})`);
  return { kid, public_jwk, sealed_private };
}
