import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { servicePrincipal, sql, type KeyRing, type Transactions } from '../kernel';
import { ConfigurationError } from './errors';

const PURPOSE = 'master key check';
const CONFIGURATION = servicePrincipal('configuration-manager');
const row = z.object({ key_id: z.string(), proof: z.instanceof(Buffer) });

/**
 * Recognises the deployment's master keys, and remembers new ones. Throws `keys_unknown` when none of them was ever used with
 * this database, or when one has the id of another: nothing that is stored would open, and everything would be replaced.
 */
export async function recogniseKeys(db: Transactions, keys: KeyRing): Promise<void> {
  const proofs = keys.deriveAll(PURPOSE).map((key, at) => {
    const id = keys.ids[at] as string;
    return { id, proof: createHmac('sha256', key).update(id).digest() };
  });
  await db.asService(CONFIGURATION, async (tx) => {
    const known = new Map(
      (await tx.query(sql`select key_id, proof from master_key`, row)).map((one) => [one.key_id, one.proof]),
    );
    const other = proofs.find(({ id, proof }) => known.has(id) && !timingSafeEqual(known.get(id) as Buffer, proof));
    if (other !== undefined) throw unknownKeys(`The master key "${other.id}" is not the one that has this id here`);
    if (known.size > 0 && !proofs.some(({ id }) => known.has(id))) {
      throw unknownKeys(`None of the master keys is known here; known are ${[...known.keys()].sort().join(', ')}`);
    }
    for (const { id, proof } of proofs.filter(({ id }) => !known.has(id))) {
      await tx.execute(sql`insert into master_key (key_id, proof) values (${id}, ${proof}) on conflict do nothing`);
    }
  });
}

function unknownKeys(problem: string): ConfigurationError {
  const message = `${problem}. Nothing that was sealed would open: put the right key into MASTER_KEYS, beside a new one.`;
  return new ConfigurationError('keys_unknown', message, { field: 'MASTER_KEYS' });
}
