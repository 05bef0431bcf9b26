import { z } from 'zod';
import { lockOf, sql, textProblem, type Clock, type TenantId, type Transaction, type UserId } from '../../kernel';
import type { AuditTrail } from '../audit';
import type { AuthDeps } from '../contract';
import type { Seal } from '../sealing';
import { provenBy, type ConnectionRow } from './connection-rows';
import { domainOf } from './domains/domains';
import type { ProviderStatement } from './providers/provider-clients';
import { isBarred } from './removed-people';

const MAX_NAME = 200;
const personRow = z.object({ user_id: z.custom<UserId>() });
const accountRow = z.object({ tenant_id: z.custom<TenantId>(), user_id: z.custom<UserId>(), is_linked: z.boolean() });

/** Why somebody for whom their provider vouches is not let in; the company's trail says which. */
export type Refusal =
  | 'email_missing'
  | 'email_unverified'
  | 'domain_unproven'
  | 'domain_of_another_company'
  | 'email_of_another_company'
  | 'email_changed_hands'
  | 'not_a_person_here'
  | 'removed';

interface IdentitiesDeps extends Pick<AuthDeps, 'ids'> {
  readonly clock: Clock;
  readonly seal: Seal;
  readonly audit: AuditTrail;
}

/** Who of a company somebody is for whom its provider vouches. Issuer and subject are the identity; an e-mail only leads to it once. */
export class Identities {
  constructor(private readonly deps: IdentitiesDeps) {}

  /** In a turn that is committed whatever the outcome, because a refusal stands in the trail. */
  async resolve(
    tx: Transaction,
    connection: ConnectionRow,
    { statement, address }: { readonly statement: ProviderStatement; readonly address: string },
  ): Promise<UserId | Refusal> {
    const found = await this.#find(tx, connection, { statement, address });
    if (!isRefusal(found)) return found;
    await this.#recordRefusal(tx, connection, { reason: found, address, email: statement.email });
    return found;
  }

  async #find(
    tx: Transaction,
    { tenant_id: tenantId, issuer, new_people: newPeople }: ConnectionRow,
    { statement, address }: { readonly statement: ProviderStatement; readonly address: string },
  ): Promise<UserId | Refusal> {
    const { subject, email, isEmailVerified } = statement;
    if (email === undefined) return 'email_missing';
    if (!isEmailVerified) return 'email_unverified';
    const domain = domainOf(email);
    const holder = domain && (await provenBy(tx, domain));
    if (holder === undefined) return 'domain_unproven';
    if (holder !== tenantId) return 'domain_of_another_company';
    // One at a time for each subject, and for each e-mail, so that of two who come at once the second finds what the first has made.
    for (const trait of [JSON.stringify([tenantId, issuer, subject]), email.toLowerCase()]) {
      await tx.execute(lockOf(`person of ${trait}`));
    }
    const [known] = await tx.query(
      sql`select user_id from identity where tenant_id = ${tenantId} and issuer = ${issuer} and subject = ${subject}`,
      personRow,
    );
    if (known !== undefined) return known.user_id;
    const [account] = await tx.query(
      sql`select a.tenant_id, a.user_id, exists (select from identity i where i.tenant_id = a.tenant_id
            and i.user_id = a.user_id and i.issuer = ${issuer}) as is_linked
          from account a where lower(a.email) = lower(${email})`,
      accountRow,
    );
    if (account !== undefined && account.tenant_id !== tenantId) return 'email_of_another_company';
    if (account?.is_linked === true) return 'email_changed_hands';
    if (account === undefined && newPeople === 'refused') return 'not_a_person_here';
    if (account === undefined && (await isBarred(tx, this.deps.seal, { tenantId, email, issuer, subject }))) {
      return 'removed';
    }
    const userId = account?.user_id ?? (await this.#add(tx, tenantId, { statement, email, address }));
    await this.#link(tx, { tenantId, userId, issuer, subject, address });
    return userId;
  }

  /** A member, whatever the provider says of their role, and without a password. */
  async #add(
    tx: Transaction,
    tenantId: TenantId,
    { statement, email, address }: { statement: ProviderStatement; email: string; address: string },
  ): Promise<UserId> {
    const userId = this.deps.ids.next('user');
    const name = nameOf(statement.name, email);
    await tx.execute(sql`
      insert into account (tenant_id, user_id, name, email, password_hash, role, created_at)
      values (${tenantId}, ${userId}, ${name}, ${email}, null, 'member', ${this.#now()})`);
    await this.deps.audit.append(tx, tenantId, {
      ...{ action: 'person_added', by: { kind: 'provider', id: null }, subject: userId, address },
      details: { role: 'member' },
    });
    return userId;
  }

  async #link(
    tx: Transaction,
    link: { tenantId: TenantId; userId: UserId; issuer: string; subject: string; address: string },
  ): Promise<void> {
    const { tenantId, userId, issuer, subject, address } = link;
    await tx.execute(sql`
      insert into identity (tenant_id, issuer, subject, user_id, created_at)
      values (${tenantId}, ${issuer}, ${subject}, ${userId}, ${this.#now()})`);
    const by = { kind: 'provider', id: null } as const;
    await this.deps.audit.append(tx, tenantId, { action: 'identity_linked', by, subject: userId, address });
  }

  /** A provider that vouches for people of another company is reported to that one, too. */
  async #recordRefusal(
    tx: Transaction,
    { tenant_id: tenantId }: ConnectionRow,
    { reason, address, email = '' }: { reason: Refusal; address: string; email: string | undefined },
  ): Promise<void> {
    const by = { kind: 'provider', id: null } as const;
    const entry = { action: 'sign_in_refused', by, subject: null, address, details: { reason } } as const;
    const domain = domainOf(email);
    const holder = reason === 'domain_of_another_company' && domain ? await provenBy(tx, domain) : undefined;
    // In one order everywhere, so that two companies' refusals never wait for each other.
    const told = [tenantId, ...(holder === undefined ? [] : [holder])].sort();
    for (const chain of told) {
      const details = chain === tenantId ? { reason } : { reason: 'vouched_for_by_another_company' };
      await this.deps.audit.append(tx, chain, { ...entry, details });
    }
  }

  #now(): Date {
    return new Date(this.deps.clock.now());
  }
}

export function isRefusal(outcome: UserId | Refusal): outcome is Refusal {
  return !outcome.startsWith('user_');
}

/** What the provider calls them, if that can be kept; otherwise what stands before the "@". */
function nameOf(name: string | undefined, email: string): string {
  const said = name?.trim() ?? '';
  return textProblem(said, MAX_NAME) === undefined ? said : email.slice(0, email.lastIndexOf('@')).slice(0, MAX_NAME);
}
