import { z } from 'zod';
import { lockOf, sql, type TenantId, type Transaction } from '../../../kernel';
import type { Acting, AuthDeps } from '../../contract';
import { AuthError } from '../../errors';
import { AUTH } from '../../principals';
import { provenBy } from '../connection-rows';
import type { DnsResolver } from '../dns';
import { readDomain, recordOf, type DomainRecord } from './domains';
import type { OwnerActs } from '../owner-acts';
import { forgetHandOvers } from '../sign-in/hand-overs';

const TOKEN_BYTES = 24;
const MAX_DOMAINS = 20;

const claimRow = z.object({ domain: z.string(), token: z.string(), proven_at: z.date().nullable() });

/** A domain that a company calls its own, and the record with which it proves that. */
export interface DomainClaim {
  readonly domain: string;
  readonly record: DomainRecord;
  readonly provenAt: Date | null;
}

interface DomainClaimsDeps extends Pick<AuthDeps, 'db' | 'clock' | 'random'> {
  readonly dns: DnsResolver;
  readonly acts: OwnerActs;
}

/** Domains of companies. Several may claim one; whoever controls it proves it, and it is theirs alone. */
export class DomainClaims {
  constructor(private readonly deps: DomainClaimsDeps) {}

  /** The same again for a domain that is claimed already. Throws `invalid_input`, `domain_limit`. */
  async claim(by: Acting, text: string): Promise<DomainClaim> {
    await this.deps.acts.assertMay(by);
    const domain = readDomain(text);
    const { tenantId } = by.principal.context;
    const token = Buffer.from(this.deps.random.bytes(TOKEN_BYTES)).toString('base64url');
    return this.deps.acts.turn(by, async (tx, record) => {
      const claims = await claimsOf(tx, tenantId);
      const known = claims.find((claim) => claim.domain === domain);
      if (known !== undefined) return known;
      if (claims.length >= MAX_DOMAINS) throw tooMany();
      await tx.execute(sql`
        insert into domain_claim (tenant_id, domain, token, created_at)
        values (${tenantId}, ${domain}, ${token}, ${new Date(this.deps.clock.now())})`);
      await record({ action: 'domain_claimed', subject: domain });
      return { domain, record: recordOf(domain, token), provenAt: null };
    });
  }

  /** Looks for the record. Throws `domain_unproven`, `domain_taken`, `not_found`, or `store_unavailable` without an answer. */
  async prove(by: Acting, text: string): Promise<DomainClaim> {
    await this.deps.acts.assertMay(by);
    const domain = readDomain(text);
    const { tenantId } = by.principal.context;
    const claims = await this.deps.db.asService(AUTH, (tx) => claimsOf(tx, tenantId), { readOnly: true });
    const claim = claims.find((one) => one.domain === domain);
    if (claim === undefined) throw notClaimed();
    if (claim.provenAt !== null) return claim;
    const texts = await this.#textsOf(claim.record.name);
    if (!texts.includes(claim.record.value)) throw unproven(claim.record);
    const provenAt = new Date(this.deps.clock.now());
    return this.deps.acts.turn(by, async (tx, record) => {
      // Of two who prove it at once one waits here for the other.
      await tx.execute(lockOf(`domain ${domain}`));
      const holder = await provenBy(tx, domain);
      if (holder !== undefined && holder !== tenantId) throw taken();
      const { rows } = await tx.execute(sql`
        update domain_claim set proven_at = coalesce(proven_at, ${provenAt})
        where tenant_id = ${tenantId} and domain = ${domain}`);
      if (rows === 0) throw notClaimed();
      await record({ action: 'domain_proven', subject: domain });
      return { ...claim, provenAt };
    });
  }

  /** Nobody signs in with an e-mail of it any more. Throws `not_found`. */
  async drop(by: Acting, text: string): Promise<void> {
    await this.deps.acts.assertMay(by);
    const domain = readDomain(text);
    const { tenantId } = by.principal.context;
    await this.deps.acts.turn(by, async (tx, record) => {
      const { rows } = await tx.execute(
        sql`delete from domain_claim where tenant_id = ${tenantId} and domain = ${domain}`,
      );
      if (rows === 0) throw notClaimed();
      await forgetHandOvers(tx, tenantId);
      await record({ action: 'domain_dropped', subject: domain });
    });
  }

  async #textsOf(name: string): Promise<readonly string[]> {
    try {
      return await this.deps.dns.texts(name);
    } catch (cause) {
      const message = 'The name servers of this domain do not answer. Try again in a moment.';
      throw new AuthError('domain_unproven', message, { field: 'domain', cause });
    }
  }
}

export async function claimsOf(tx: Transaction, tenantId: TenantId): Promise<readonly DomainClaim[]> {
  const rows = await tx.query(
    sql`select domain, token, proven_at from domain_claim where tenant_id = ${tenantId} order by domain`,
    claimRow,
  );
  return rows.map(({ domain, token, proven_at: provenAt }) => ({ domain, record: recordOf(domain, token), provenAt }));
}

function unproven({ name, value }: DomainRecord): AuthError {
  const message = `There is no TXT record at ${name} with the text "${value}". Add it, wait until it is published, and try again.`;
  return new AuthError('domain_unproven', message, { field: 'domain' });
}

function taken(): AuthError {
  const message = 'Another company has proven this domain. Ask the operators of the platform if it is yours.';
  return new AuthError('domain_taken', message, { field: 'domain' });
}

function notClaimed(): AuthError {
  return new AuthError('not_found', 'Your company has not claimed this domain.', { field: 'domain' });
}

function tooMany(): AuthError {
  const message = `A company may have ${MAX_DOMAINS} domains. Drop one first.`;
  return new AuthError('domain_limit', message, { limit: { name: 'domainsPerTenant', max: MAX_DOMAINS } });
}
