import { serverAddresses } from '../../kernel';
import { DatabaseError } from '../errors';

/** Checks what can be checked without connecting; the sentence names the part, never the password. */
export function assertAddress(name: 'url' | 'ownerUrl' | 'serviceUrl', text: string): void {
  const problem = serverAddresses(text)
    .map(problemOf)
    .find((found) => found !== undefined);
  if (problem !== undefined) {
    throw new DatabaseError(
      'database_config_invalid',
      `${name} ${problem}. Write it as postgres://user:password@host:5432/database.`,
      { field: name },
    );
  }
}

function problemOf(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is not an address';
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')
    return `begins with "${url.protocol}//" instead of "postgres://"`;
  if (url.username === '') return 'names no user';
  if (url.pathname.length < 2) return 'names no database';
  return undefined;
}

/** The login of an address that was checked. */
export function loginOf(text: string): string {
  return decodeURIComponent(new URL(serverAddresses(text)[0]).username);
}

/** Of an address that was checked: one for each server, as the driver is handed it. */
export function serversOf(text: string): readonly string[] {
  return serverAddresses(text).map(withProvenServer);
}

/** Of several servers one takes writes; of a single one it is looked at where the address asks for it. */
export function wantsWritable(text: string): boolean {
  const servers = serverAddresses(text);
  return servers.length > 1 || new URL(servers[0]).searchParams.has('target_session_attrs');
}

/**
 * The driver proves the server's certificate and name for `require` and `verify-ca` too, but its next major version will
 * not: whichever of them was written, the strict word is handed on.
 */
export function withProvenServer(text: string): string {
  const url = new URL(text);
  if (!['require', 'verify-ca'].includes(url.searchParams.get('sslmode') ?? '')) return text;
  url.searchParams.set('sslmode', 'verify-full');
  return url.href;
}
