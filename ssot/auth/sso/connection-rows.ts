import { z } from 'zod';
import { sql, type TenantId, type Transaction, type UserId } from '../../kernel';
import { AuthError } from '../errors';
import type { Seal } from '../sealing';
import type { ProviderLogin } from './providers/provider-clients';

/** Whom a company's provider may bring that the company has not added itself. */
export const NEW_PEOPLE = ['refused', 'members'] as const;
export type NewPeople = (typeof NEW_PEOPLE)[number];

const connectionRow = z.object({
  tenant_id: z.custom<TenantId>(),
  issuer: z.string(),
  client_id: z.string(),
  sealed_secret: z.instanceof(Buffer),
  new_people: z.enum(NEW_PEOPLE),
  connected_at: z.date(),
  enforced_at: z.date().nullable(),
  emergency_user_id: z.custom<UserId>().nullable(),
});
export type ConnectionRow = z.infer<typeof connectionRow>;

/** A sealed secret opens for its company's own provider alone. */
export function secretFor(tenantId: TenantId, issuer: string): string {
  return `sso ${tenantId} ${issuer}`;
}

export function loginOf(seal: Seal, row: ConnectionRow): ProviderLogin {
  const { tenant_id: tenantId, issuer, client_id: clientId } = row;
  const clientSecret = seal.open(row.sealed_secret, secretFor(tenantId, issuer)).toString('utf8');
  return { issuer, clientId, clientSecret };
}

/** `lock`: nobody changes it until the turn ends. */
export async function connectionOf(
  tx: Transaction,
  tenantId: TenantId,
  lock: 'update' | 'share' | 'none' = 'none',
): Promise<ConnectionRow | undefined> {
  const locked = { update: sql`for update`, share: sql`for share`, none: sql`` }[lock];
  const [row] = await tx.query(
    sql`select tenant_id, issuer, client_id, sealed_secret, new_people, connected_at, enforced_at, emergency_user_id
        from sso_connection where tenant_id = ${tenantId} ${locked}`,
    connectionRow,
  );
  return row;
}

/** Whose provider vouches for the e-mails of a domain: that of the one company that has proven it. */
export async function connectionForDomain(tx: Transaction, domain: string): Promise<ConnectionRow | undefined> {
  const tenantId = await provenBy(tx, domain);
  return tenantId && connectionOf(tx, tenantId);
}

const holderRow = z.object({ tenant_id: z.custom<TenantId>() });

export async function provenBy(tx: Transaction, domain: string): Promise<TenantId | undefined> {
  const [row] = await tx.query(
    sql`select tenant_id from domain_claim where domain = ${domain} and proven_at is not null`,
    holderRow,
  );
  return row?.tenant_id;
}

export function notConnected(): AuthError {
  return new AuthError('not_found', 'Your company has connected no provider. Connect one first.');
}
