import { domainToASCII } from 'node:url';
import { AuthError } from '../../errors';

/** Two labels at least, each of letters, digits and inner hyphens (RFC 1123); a last one of digits would be an address. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_LENGTH = 253;
/** Where an address has more than a name, only its name would be read. */
const NOT_IN_NAMES = /[\s/\\?#@:%[\]]/;

/** A domain in the one spelling in which it is kept and compared: ASCII, small letters. Throws `invalid_input`. */
export function readDomain(text: string): string {
  const written = text.trim();
  const isName = written.length <= MAX_LENGTH && !NOT_IN_NAMES.test(written);
  const domain = isName ? domainToASCII(written) : '';
  if (DOMAIN.test(domain) && domain.length <= MAX_LENGTH) return domain;
  throw new AuthError('invalid_input', '"domain" is no name of a domain: write one such as acme.example.', {
    field: 'domain',
  });
}

/** What stands behind the last "@" of an e-mail, in small letters; undefined where that is no domain. */
export function domainOf(email: string): string | undefined {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  return email.includes('@') && domain.length <= MAX_LENGTH && DOMAIN.test(domain) ? domain : undefined;
}

/** Where a company shows that a domain is theirs, and with what. */
export interface DomainRecord {
  readonly name: string;
  readonly value: string;
}

export function recordOf(domain: string, token: string): DomainRecord {
  return { name: `_agent-chat.${domain}`, value: `agent-chat-domain=${token}` };
}
