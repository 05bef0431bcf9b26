import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { httpAddress, postgresAddress, redisAddress } from './address-kinds';
import { Secret } from './secret';

const DAY_MS = 86_400_000;

/** A whole number written in digits; `Number` alone would also read "", "0x10" and "1e3". */
function whole(least: number, most: number): z.ZodType<number, string> {
  return z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, 'is not a whole number')
    .transform(Number)
    .refine((n) => n >= least && n <= most, `is not between ${least} and ${most}`);
}

const flag: z.ZodType<boolean, string> = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(true|1|yes|on|y|enabled|false|0|no|off|n|disabled)$/, 'is neither yes nor no')
  .transform((text) => ['true', '1', 'yes', 'on', 'y', 'enabled'].includes(text));

/** Written one after the other, with commas between them. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);

/** Addresses and networks; none that holds everybody. */
const networks: z.ZodType<readonly string[], string> = list.refine(
  (list) => list.every((one) => NETWORK.safeParse(one).success && !one.endsWith('/0')),
  {
    message: 'holds something that is neither an address nor a network',
  },
);
/** As browsers write them in `Origin`: letter case and the default port make no difference. */
const origins: z.ZodType<readonly string[], string> = list
  .refine((list) => list.every(isOrigin), 'holds something that is no http: or https: origin')
  .transform((list) => [...new Set(list.map((one) => new URL(one).origin))]);

/** IP addresses, with a port where it is not the usual one. */
const servers: z.ZodType<readonly string[], string> = list.refine(
  (list) => list.every(isServer),
  'holds something that is no IP address',
);

function isServer(text: string): boolean {
  const [, v6 = '', v4 = '', port = '53'] = /^(?:\[(.+)\]|([\d.]+))(?::(\d+))?$/.exec(text) ?? [];
  return isIPv6(text) || ((isIPv6(v6) || isIPv4(v4)) && Number(port) <= 65_535);
}

/** Web addresses without credentials, query or fragment, kept character by character. */
const webAddresses: z.ZodType<readonly string[], string> = list.refine(
  (list) => list.every((one) => /^https?:\/\/[^\s?#@]+$/i.test(one) && URL.canParse(one)),
  'holds something that is no http: or https: address',
);

const NETWORK = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** A scheme, a host and perhaps a port, and nothing more. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^\s/?#@*]+$/i.test(text) && URL.canParse(text);
}

const MASTER_KEY_BYTES = 32;
/** A key as it is written, `id:key`. */
export interface WrittenKey {
  readonly id: string;
  readonly key: Secret;
}
interface Pair {
  readonly id: string;
  readonly key: string;
}

/** `id:key`, one after the other with commas between them. */
function namedKeys(
  problemOf: (pairs: readonly Pair[]) => string | undefined,
): z.ZodType<readonly WrittenKey[], string> {
  return list
    .transform((written) => written.map(pairOf))
    .superRefine((pairs, context) => {
      const problem = problemOf(pairs);
      if (problem !== undefined) context.addIssue(problem);
    })
    .transform((pairs) => pairs.map(({ id, key }) => ({ id, key: new Secret(key) })));
}

function pairOf(written: string): Pair {
  const [id, ...key] = written.split(':') as [string, ...string[]];
  return { id: id.trim(), key: key.join(':').trim() };
}

function problemOfNames(pairs: readonly Pair[], example: string): string | undefined {
  if (pairs.length === 0) return 'holds no key';
  if (pairs.some(({ id }) => !/^[a-z0-9-]{1,32}$/.test(id))) return `holds a key without ${example}`;
  return new Set(pairs.map(({ id }) => id)).size < pairs.length ? 'gives two keys one id' : undefined;
}

function problemOfMasterKeys(pairs: readonly Pair[]): string | undefined {
  const ofNames = problemOfNames(pairs, 'an id such as "2026-11:"');
  if (ofNames !== undefined) return ofNames;
  if (pairs.some(({ key }) => !/^[A-Za-z0-9+/]+={0,2}$/.test(key))) return 'holds a key that is not base64';
  const isWhole = pairs.every(({ key }) => Buffer.from(key, 'base64').length === MASTER_KEY_BYTES);
  return isWhole ? undefined : `holds a key that is not ${MASTER_KEY_BYTES} bytes long`;
}

function problemOfOperatorKeys(pairs: readonly Pair[]): string | undefined {
  const ofNames = problemOfNames(pairs, 'the name of an operator such as "ines:"');
  if (ofNames !== undefined) return ofNames;
  return pairs.some(({ key }) => key === '') ? 'holds a key that is empty' : undefined;
}

/** One variable of the environment: its name, its kind, and what to write when it is refused. */
export interface Setting<T = unknown> {
  readonly variable: string;
  readonly kind: z.ZodType<T, string>;
  readonly wayOut: string;
  /** Used when the variable is absent or empty; without one the variable is required. */
  readonly otherwise: string | undefined;
}

function setting<T>(variable: string, kind: z.ZodType<T, string>, wayOut: string, otherwise?: string): Setting<T> {
  return { variable, kind, wayOut, otherwise };
}

const anyText = z.string().trim();
/** Nothing that is written here is refused, so there is no way out to tell. */
function neverRefused<T>(variable: string, kind: z.ZodType<T, string>, otherwise: string): Setting<T> {
  return setting(variable, kind, '', otherwise);
}

const POSTGRES = 'Write postgres://user:password@host:5432/database, several servers as host:5432,other:5432,';

/** The only description of a setting. Every module is handed its section as a value; durations are milliseconds. */
export const sections = {
  server: {
    host: neverRefused('HOST', anyText, '127.0.0.1'),
    /** 0 means any free port. */
    port: setting('PORT', whole(0, 65_535), 'Write a port from 0 (any free one) to 65535.', '8080'),
    /** Load balancers: what they say in `X-Forwarded-For` is believed, and nobody else. */
    trustedProxies: setting(
      'TRUSTED_PROXIES',
      networks,
      'Write the load balancers, separated by commas, for instance 10.0.0.0/8, or leave it out.',
      '',
    ),
    /** Of this instance and each of its two ports, WebSockets included: more are answered 503. */
    maxConnections: setting('MAX_CONNECTIONS', whole(1, 1_000_000), 'Write a number from 1 to 1000000.', '12000'),
    /** From one address (IPv6: one /64) that is no trusted proxy: more are answered 429. */
    maxConnectionsPerAddress: setting(
      'MAX_CONNECTIONS_PER_ADDRESS',
      whole(1, 1_000_000),
      'Write a number from 1 to 1000000.',
      '2000',
    ),
    /** Pages that may open a WebSocket. Empty: those that this platform serves itself; otherwise all of them are named. */
    allowedOrigins: setting(
      'ALLOWED_ORIGINS',
      origins,
      'Write all pages that may connect, separated by commas, for instance https://chat.example, or leave it out.',
      '',
    ),
    /** How browsers reach the platform: what identity providers send them back to. Empty: nobody has said. */
    publicUrl: setting(
      'PUBLIC_URL',
      z
        .string()
        .trim()
        .refine((text) => text === '' || isOrigin(text), 'is no http: or https: address without a path')
        .transform((text) => (text === '' ? '' : new URL(text).origin)),
      'Write the address in front of the load balancer, for instance https://chat.example, or leave it out.',
      '',
    ),
    /** How long browsers keep to TLS, in seconds; 0: nothing is said of it, because TLS ends before the platform. */
    hstsMaxAgeSeconds: setting(
      'HSTS_MAX_AGE',
      whole(0, 63_072_000),
      'Write seconds from 0 (off) to 63072000 (two years), once every page is reached over TLS.',
      '0',
    ),
  },
  stores: {
    postgresUrl: setting('POSTGRES_URL', postgresAddress, `${POSTGRES} with the app login.`),
    postgresOwnerUrl: setting(
      'POSTGRES_OWNER_URL',
      postgresAddress,
      `${POSTGRES} with the login that owns the schema.`,
    ),
    postgresServiceUrl: setting('POSTGRES_SERVICE_URL', postgresAddress, `${POSTGRES} with the service login.`),
    redisUrl: setting(
      'REDIS_URL',
      redisAddress,
      'Write redis://user:password@host:6379, nodes of a cluster with commas between them.',
    ),
    clickhouseUrl: setting('CLICKHOUSE_URL', httpAddress, 'Write http://user:password@host:8123/database.'),
    /** Tables are made on all servers of this cluster, and are copies of each other. Empty: on the one server alone. */
    clickhouseCluster: setting(
      'CLICKHOUSE_CLUSTER',
      z
        .string()
        .trim()
        .regex(/^([a-z_][\w.-]{0,63})?$/i, 'is no name of a cluster'),
      "Write the cluster's name as in system.clusters, or leave it out.",
      '',
    ),
  },
  identity: {
    /** The first seals, all open. */
    masterKeys: setting(
      'MASTER_KEYS',
      namedKeys(problemOfMasterKeys),
      'Write <id>:<key>, several with commas between them, the one that seals first; make a key with: openssl rand -base64 32',
    ),
    /** One for each operator, whose name stands in the audit trail. */
    operatorKeys: setting(
      'OPERATOR_KEYS',
      namedKeys(problemOfOperatorKeys),
      'Write <name>:<key>, one for each operator with commas between them; make a key with: openssl rand -base64 32',
    ),
    /** Pages besides the platform's own to which people may be sent back after a sign-in with a provider; exactly these. */
    returnAddresses: setting(
      'RETURN_ADDRESSES',
      webAddresses,
      'Write the pages, separated by commas, for instance https://app.example/signed-in, or leave it out.',
      '',
    ),
    /** Identity providers in the platform's own network, by their exact issuer: everybody else's must be public and https. */
    internalIssuers: setting(
      'INTERNAL_ISSUERS',
      webAddresses,
      'Write the issuers, separated by commas, for instance https://login.internal/realms/acme, or leave it out.',
      '',
    ),
    /** Name servers that are asked about companies' domains and providers. Empty: those of the machine. */
    dnsServers: setting(
      'DNS_SERVERS',
      servers,
      'Write IP addresses, separated by commas, for instance 10.0.0.2 or 10.0.0.2:5353, or leave it out.',
      '',
    ),
    accessTokenMs: setting(
      'ACCESS_TOKEN_MS',
      whole(60_000, 900_000),
      'Write milliseconds, one minute to 15 minutes.',
      '900000',
    ),
    /** A sign-in that is not renewed for this long ends. */
    sessionIdleMs: setting(
      'SESSION_IDLE_MS',
      whole(900_000, 7 * DAY_MS),
      'Write milliseconds, 15 minutes to 7 days.',
      `${7 * DAY_MS}`,
    ),
    /** A sign-in ends after this long in any case. */
    sessionMs: setting(
      'SESSION_MS',
      whole(3_600_000, 30 * DAY_MS),
      'Write milliseconds, one hour to 30 days.',
      `${30 * DAY_MS}`,
    ),
  },
  /** Optional: words for finished reports, from any server that speaks OpenAI's chat-completions protocol. */
  model: {
    /** Empty: no model is asked, and reports stay in the platform's own words. */
    url: setting(
      'MODEL_URL',
      z
        .string()
        .trim()
        .refine(
          (text) => text === '' || (/^https?:\/\/[^\s@]+$/i.test(text) && URL.canParse(text)),
          'is no http: or https: address',
        ),
      'Write https://host/v1 without credentials, or leave it out.',
      '',
    ),
    name: neverRefused('MODEL_NAME', anyText, 'gpt-4o-mini'),
    key: neverRefused(
      'MODEL_KEY',
      anyText.transform((text) => new Secret(text)),
      '',
    ),
  },
  /** Health, metrics and what operators do, on a port of their own that customers must not reach. */
  operations: {
    /** On which operators reach this instance, for instance 10.0.0.7. */
    host: neverRefused('OPERATIONS_HOST', anyText, '127.0.0.1'),
    /** 0 means any free port. */
    port: setting('OPERATIONS_PORT', whole(0, 65_535), 'Write a port from 0 (any free one) to 65535.', '9090'),
    /** Lets operators move the platform's clock; in development and test only. */
    movableClock: setting('MOVABLE_CLOCK', flag, 'Write yes or no.', 'no'),
  },
} as const satisfies Record<string, Record<string, Setting>>;

type Sections = typeof sections;
/** As far as it could be read. */
export type ReadSettings = { readonly [S in keyof Settings]: Partial<Settings[S]> };
export type Settings = {
  readonly [S in keyof Sections]: {
    readonly [K in keyof Sections[S]]: Sections[S][K] extends Setting<infer T> ? T : never;
  };
};
