import { BlockList, isIP } from 'node:net';
import { serverAddresses } from '../../kernel';
import type { Problem } from '../contract';
import type { Secret } from '../secret';

/** Where an address really leads: the drivers let options behind the "?" win over what stands before it. */
export interface StoreAddress {
  readonly variable: string;
  readonly user: string;
  readonly password: string;
  /** Of each server. */
  readonly hosts: readonly string[];
  readonly isEncrypted: boolean;
  /** Options that could lead elsewhere or weaken the encryption unseen. */
  readonly doubtfulOptions: readonly string[];
}

/** The driver demands a proven server for each of these; `prefer` and `no-verify` end at whoever answers. */
const PROVEN = ['verify-full', 'verify-ca', 'require'];
const POSTGRES_OPTIONS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'target_session_attrs'];
const REDIS_OPTIONS = ['family', 'cluster'];
const USE_TLS = 'Use TLS: postgres://…?sslmode=verify-full, rediss:// or https://.';
const OWN = new BlockList();
OWN.addSubnet('127.0.0.0', 8, 'ipv4');
for (const any of ['0.0.0.0', '::1', '::']) OWN.addAddress(any, isIP(any) === 4 ? 'ipv4' : 'ipv6');
const OWN_NAME = /^((.+\.)?localhost|localhost\.localdomain|ip6-localhost|ip6-loopback)$/;

export function readStoreAddress(variable: string, secret: Secret): StoreAddress {
  const servers = serverAddresses(secret.reveal()).map((server) => new URL(server));
  const url = servers[0] as URL;
  const isPostgres = url.protocol.startsWith('postgres');
  const option = (name: string): string => url.searchParams.getAll(name).at(-1) ?? '';
  const doubtfulOptions = [...new Set(url.searchParams.keys())].filter((name) => {
    const known = (isPostgres ? POSTGRES_OPTIONS : REDIS_OPTIONS).includes(name) || url.protocol.startsWith('http');
    return !known || url.searchParams.getAll(name).length > 1;
  });
  return {
    variable,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    hosts: servers.map(({ hostname }) => (isPostgres && option('host')) || decodeURIComponent(hostname)),
    isEncrypted: isPostgres ? PROVEN.includes(option('sslmode')) : ['https:', 'rediss:'].includes(url.protocol),
    doubtfulOptions,
  };
}

/** A store elsewhere is reached encrypted, and none stands on the own machine; a socket (Cloud SQL's) is neither. */
export function placeFindings({ variable, hosts, isEncrypted, doubtfulOptions }: StoreAddress): readonly Problem[] {
  const found = doubtfulOptions.map((name): Problem => {
    return {
      variable,
      problem: `has the option "${name}", which is unknown here or given twice`,
      wayOut: 'Leave it out.',
    };
  });
  // A path is a socket's.
  if (hosts.some((host) => !host.startsWith('/') && isOwnMachine(host))) {
    found.push({ variable, problem: 'points to this very machine', wayOut: 'Name the host of the store.' });
  }
  return [...found, ...hosts.flatMap((host) => plainTextFindings(variable, host, isEncrypted)).slice(0, 1)];
}

export function plainTextFindings(variable: string, host: string, isEncrypted: boolean): readonly Problem[] {
  if (isEncrypted || host.startsWith('/') || isOwnMachine(host)) return [];
  return [{ variable, problem: 'leads over the network in plain text', wayOut: USE_TLS }];
}

/** In any spelling: 127.1 and 0x7f000001 lead to the own machine as well. */
function isOwnMachine(host: string): boolean {
  const asHost = `http://${host.replace(/\.$/, '')}`;
  const plain = (URL.canParse(asHost) ? new URL(asHost).hostname : host).replace(/[[\]]/g, '');
  const family = isIP(plain);
  if (family !== 0) return OWN.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  return plain === '' || OWN_NAME.test(plain);
}
