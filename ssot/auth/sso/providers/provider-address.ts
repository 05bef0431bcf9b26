import ipaddr from 'ipaddr.js';
import { AuthError } from '../../errors';

/** Whether an IP address is one of the public internet: nothing of this machine, its networks or a tunnel into them. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address may be written as IPv6, and is what it stands for.
  return ipaddr.process(address).range() === 'unicast';
}

/**
 * Issuers that operators have named because they stand in the platform's own network. By name and never by environment, so
 * that what is tried before production is what runs there.
 */
export class InternalIssuers {
  readonly #origins: ReadonlySet<string>;

  constructor(issuers: readonly string[]) {
    this.#origins = new Set(issuers.map((issuer) => new URL(issuer).origin));
  }

  /** Whether a named issuer's own server is at this address. */
  serves(url: URL): boolean {
    return this.#origins.has(url.origin);
  }
}

/**
 * An address that a company or its provider has named, before anything is sent there: https, without credentials, and no
 * private IP address. What a name stands for is judged when it is connected to. Throws `issuer_refused`.
 */
export function assertProviderAddress(text: string, internal: InternalIssuers): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw issuerRefused('is no address');
  if (url.username !== '' || url.password !== '') throw issuerRefused('holds credentials');
  if (internal.serves(url)) return url;
  if (url.protocol !== 'https:') throw issuerRefused('is not https');
  const host = url.hostname.replace(/[[\]]/g, '');
  if (ipaddr.isValid(host) && !isPublicAddress(host)) throw issuerRefused('is not on the public internet');
  return url;
}

export function issuerRefused(why: string, cause?: unknown): AuthError {
  const message = `The provider’s address ${why}. Use a provider with a public https address, or ask the operators of the platform.`;
  return new AuthError('issuer_refused', message, { field: 'issuer', cause });
}
