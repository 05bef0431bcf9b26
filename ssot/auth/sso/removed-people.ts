import { z } from 'zod';
import { sql, type Clock, type TenantId, type Transaction, type UserId } from '../../kernel';
import type { Seal } from '../sealing';

/** By what somebody who was removed would be known again. */
interface Traits {
  readonly tenantId: TenantId;
  readonly email: string;
  readonly issuer: string;
  readonly subject: string;
}

const traitRow = z.object({ email: z.string(), issuer: z.string().nullable(), subject: z.string().nullable() });
const foundRow = z.object({ found: z.boolean() });

/**
 * Remembers a person who is about to be removed, so that their provider does not bring them back by itself: as keyed hashes,
 * which tell nobody who it was. Whoever the company adds again itself is a person like any other.
 */
export async function bar(
  tx: Transaction,
  { seal, clock }: { readonly seal: Seal; readonly clock: Clock },
  { tenantId, userId }: { readonly tenantId: TenantId; readonly userId: UserId },
): Promise<void> {
  const rows = await tx.query(
    sql`select a.email, i.issuer, i.subject from account a left join identity i using (tenant_id, user_id)
        where a.tenant_id = ${tenantId} and a.user_id = ${userId}`,
    traitRow,
  );
  for (const { email, issuer, subject } of rows) {
    const traits = [emailTrait(email), ...(issuer && subject ? [subjectTrait(issuer, subject)] : [])];
    for (const trait of traits) {
      await tx.execute(sql`
        insert into removed_person (tenant_id, hash, removed_at)
        values (${tenantId}, ${seal.removedPersonHashes(tenantId, trait)[0]}, ${new Date(clock.now())})
        on conflict do nothing`);
    }
  }
}

export async function isBarred(tx: Transaction, seal: Seal, traits: Traits): Promise<boolean> {
  const { tenantId, email, issuer, subject } = traits;
  const hashes = [emailTrait(email), subjectTrait(issuer, subject)].flatMap((trait) => [
    ...seal.removedPersonHashes(tenantId, trait),
  ]);
  const [row] = await tx.query(
    sql`select exists (select from removed_person where tenant_id = ${tenantId} and hash = any(${hashes})) as found`,
    foundRow,
  );
  return row?.found === true;
}

function emailTrait(email: string): string {
  return `email ${email.toLowerCase()}`;
}

function subjectTrait(issuer: string, subject: string): string {
  return `subject ${JSON.stringify([issuer, subject])}`;
}
