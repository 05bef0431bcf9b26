import { z } from 'zod';
import { serverAddresses } from '../kernel';
import { Secret } from './secret';

type Kind = z.ZodType<Secret, string>;

/** Of ClickHouse: one server, or what stands in front of several. */
export const httpAddress: Kind = address(['http:', 'https:'], (servers) =>
  servers.length > 1 ? 'names several servers' : undefined,
);

/** Several PostgreSQL servers are one database: of these the platform needs the one that takes writes. */
const WRITABLE = ['read-write', 'primary'];
export const postgresAddress: Kind = address(['postgres:', 'postgresql:'], (servers) => {
  const { searchParams } = new URL(servers[0]);
  const wanted = searchParams.get('target_session_attrs');
  if (wanted !== null && !WRITABLE.includes(wanted)) return 'asks for a server on which nothing can be written';
  if (searchParams.get('host')?.includes(',') === true) return 'names several servers behind the "?"';
  return servers.length > 1 && searchParams.has('host') ? 'names servers twice' : undefined;
});

/** Several Redis servers are nodes of one cluster; so is one that says so, for whoever leads to the others. */
export const redisAddress: Kind = address(['redis:', 'rediss:'], (servers) => {
  const { pathname, searchParams } = new URL(servers[0]);
  const cluster = searchParams.get('cluster');
  if (cluster !== null && cluster !== 'yes') return 'says neither that it is a cluster nor nothing of it';
  const isCluster = servers.length > 1 || cluster !== null;
  return isCluster && !['', '/', '/0'].includes(pathname) ? 'asks a cluster for a numbered database' : undefined;
});

/** `problemOf` is handed one address for each server; what it answers is refused. */
function address(
  schemes: readonly string[],
  problemOf: (servers: readonly [string, ...string[]]) => string | undefined,
): Kind {
  return z
    .string()
    .trim()
    .superRefine((text, context) => {
      const servers = serverAddresses(text);
      const isAddress = servers.every((server) => isOf(schemes, server));
      const problem = isAddress ? problemOf(servers) : `is no ${schemes.join(' or ')} address`;
      if (problem !== undefined) context.addIssue(problem);
    })
    .transform((text) => new Secret(withSmallScheme(text)));
}

function isOf(schemes: readonly string[], server: string): boolean {
  return URL.canParse(server) && schemes.includes(new URL(server).protocol) && isDecodable(server);
}

/** The driver of Redis takes "REDISS:" for plain text. */
function withSmallScheme(text: string): string {
  const end = text.indexOf(':');
  return text.slice(0, end).toLowerCase() + text.slice(end);
}

/** A "%" that encodes nothing would fail later, in a sentence that shows the address. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
