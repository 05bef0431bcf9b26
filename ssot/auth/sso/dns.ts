import { Resolver } from 'node:dns/promises';

const CALL_LIMIT_MS = 2_000;
const TRIES = 2;

/** What is asked of the domain name system. Met by `openDnsResolver`. */
export interface DnsResolver {
  /** The texts of a name; none where there is no such name. Rejects where the servers do not answer. */
  texts(name: string): Promise<readonly string[]>;
  /** The IPv4 and IPv6 addresses of a name, in the same way. */
  addresses(name: string): Promise<readonly string[]>;
}

/**
 * Asks the servers themselves, so that a slow one keeps nobody's thread, as `getaddrinfo` would. `servers`: addresses, with a
 * port where it is not 53; those of the machine when there are none.
 */
export function openDnsResolver(servers: readonly string[]): DnsResolver {
  const resolver = new Resolver({ timeout: CALL_LIMIT_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers([...servers]);
  return {
    // One text may come in several pieces.
    texts: async (name) => (await orNone(resolver.resolveTxt(name))).map((pieces) => pieces.join('')),
    async addresses(name) {
      const found = await Promise.all([orNone(resolver.resolve4(name)), orNone(resolver.resolve6(name))]);
      return found.flat();
    },
  };
}

const NOTHING_THERE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

async function orNone<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await found;
  } catch (error) {
    if (NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
