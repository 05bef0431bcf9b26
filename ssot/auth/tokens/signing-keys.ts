import { exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type CryptoKey, type JWK } from 'jose';
import { z } from 'zod';
import { SecretUnreadable, sql, type Transaction } from '../../kernel';
import type { AuthDeps } from '../contract';
import { AUTH } from '../principals';
import type { Seal } from '../sealing';

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

/**
 * The platform's signing key, made once by whichever instance comes first. One whose master key is lost is replaced: what it
 * signed is refused from then on, and people renew.
 */
export async function loadSigningKey(deps: AuthDeps, seal: Seal): Promise<SigningKey> {
  const { row, pkcs8 } = await deps.db.asService(AUTH, async (tx) => {
    const known = await newest(tx, seal);
    if (known !== undefined && 'pkcs8' in known) return known;
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const meanwhile = await newest(tx, seal);
    if (meanwhile !== undefined && 'pkcs8' in meanwhile) return meanwhile;
    if (meanwhile !== undefined) {
      const { message } = meanwhile.unreadable;
      deps.log.error({ kid: meanwhile.kid, reason: message }, 'the signing key does not open and is replaced');
    }
    return makeKey(tx, deps, seal);
  });
  return {
    kid: row.kid,
    jwk: { ...row.public_jwk, kid: row.kid, alg: ALGORITHM, use: 'sig' },
    publicKey: (await importJWK(row.public_jwk, ALGORITHM)) as CryptoKey,
    privateKey: await importPKCS8(pkcs8, ALGORITHM),
  };
}

interface OpenedKey {
  readonly row: Omit<z.infer<typeof keyRow>, 'sealed_private'>;
  readonly pkcs8: string;
}

async function newest(
  tx: Transaction,
  seal: Seal,
): Promise<OpenedKey | { readonly kid: string; readonly unreadable: SecretUnreadable } | undefined> {
  const [row] = await tx.query(
    sql`select kid, public_jwk, sealed_private from signing_key order by created_at desc limit 1`,
    keyRow,
  );
  if (row === undefined) return undefined;
  try {
    return { row, pkcs8: seal.open(row.sealed_private, row.kid).toString('utf8') };
  } catch (error) {
    if (error instanceof SecretUnreadable) return { kid: row.kid, unreadable: error };
    throw error;
  }
}

async function makeKey(tx: Transaction, deps: AuthDeps, seal: Seal): Promise<OpenedKey> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const kid = deps.ids.next('key');
  const public_jwk = await exportJWK(publicKey);
  const pkcs8 = await exportPKCS8(privateKey);
  const sealed_private = seal.seal(Buffer.from(pkcs8), kid);
  await tx.execute(sql`
    insert into signing_key (kid, public_jwk, sealed_private, created_at)
    values (${kid}, ${JSON.stringify(public_jwk)}, ${sealed_private}, ${new Date(deps.clock.now())})`);
  return { row: { kid, public_jwk }, pkcs8 };
}
