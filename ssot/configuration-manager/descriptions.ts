import { ENVIRONMENTS } from './environment';

import { sections, type Setting, type Settings } from './sections';
import { tenantSettings, type SettingKey, type TenantSetting } from './tenant-settings/declarations';

interface Description {
  readonly type: string;
  readonly about: string;
  /** Never shown, by whatever it is asked for. */
  readonly secret?: true;
}
const secret = (type: string, about: string): Description => ({ type, about, secret: true });
const plain = (type: string, about: string): Description => ({ type, about });

/** One for each setting; the compiler names one that is missing. */
const descriptions: { readonly [S in keyof Settings]: { readonly [K in keyof Settings[S]]: Description } } = {
  server: {
    host: plain('address', 'where customers are served'),
    port: plain('port', 'the port on which customers are served; 0 is any free one'),
    trustedProxies: plain(
      'addresses and networks',
      'load balancers: what they say in `X-Forwarded-For`, `-Host` and `-Proto` is believed, they have no limit per address, and their idle connections are kept 72 s',
    ),
    maxConnections: plain(
      'number, 1 to 1,000,000',
      'connections of an instance on each of its two ports, WebSockets included; when all are taken, one that has said nothing gives way, otherwise 503',
    ),
    maxConnectionsPerAddress: plain(
      'number, 1 to 1,000,000',
      'of them from one address (IPv6: one /64) that is no trusted proxy; more are answered 429',
    ),
    allowedOrigins: plain(
      'origins',
      'pages that may open a WebSocket; without any, the page that the instance serves itself',
    ),
    publicUrl: plain(
      'origin',
      'how browsers reach the platform, `https://chat.example`; identity providers send people back there, and without it none can be connected',
    ),
    hstsMaxAgeSeconds: plain(
      'seconds, 0 to 63,072,000',
      'for how long browsers keep to TLS (`Strict-Transport-Security`), once every page is reached over TLS; 0 is off',
    ),
  },
  stores: {
    postgresUrl: secret(
      'postgres: address',
      '`postgres://user:password@host:5432/database` with the app login, bound to one company at a time; of several servers (`host:5432,other:5432`) the one is used that takes writes, after a failover too',
    ),
    postgresOwnerUrl: secret(
      'postgres: address',
      'the same with the login that owns the schema; used while starting only',
    ),
    postgresServiceUrl: secret('postgres: address', 'the same with the service login (sign-in, relays)'),
    redisUrl: secret(
      'redis: address',
      '`redis://user:password@host:6379`, with TLS `rediss://`; several (`host:6379,other:6379`), or one with `?cluster=yes`, are nodes of a Redis Cluster',
    ),
    clickhouseUrl: secret('http: address', '`http://user:password@host:8123/database`, with TLS `https://`'),
    clickhouseCluster: plain(
      'name',
      'a cluster of ClickHouse (`system.clusters`) on whose servers the tables are made as copies of each other (`Replicated…`); not for ClickHouse Cloud, which does so by itself',
    ),
  },
  identity: {
    masterKeys: secret(
      '`id:key`, several',
      "each key 32 random bytes as base64; the first seals (signing key, working state, companies' credentials) and makes renewals unforgeable, all open",
    ),
    operatorKeys: secret(
      '`name:key`, several',
      'one for each operator: the key is what they show as bearer token, the name stands in the audit trail',
    ),
    returnAddresses: plain(
      'web addresses',
      "pages besides the platform's own to which people may be sent back after a sign-in with their company's provider; compared character by character",
    ),
    internalIssuers: plain(
      'web addresses',
      "identity providers in the platform's own network, by their exact issuer; every other one has to be public and https",
    ),
    dnsServers: plain(
      'IP addresses',
      "name servers that are asked for companies' domain proofs and providers; without any, those of the machine",
    ),
    accessTokenMs: plain('milliseconds, 1 to 15 minutes', 'life of an access token'),
    sessionIdleMs: plain('milliseconds, 15 minutes to 7 days', 'a sign-in that is not renewed for so long ends'),
    sessionMs: plain('milliseconds, 1 hour to 30 days', 'a sign-in ends after this in any case'),
  },
  model: {
    url: plain(
      'http: address',
      "base of an API that speaks OpenAI's chat-completions protocol, without credentials; without it no model is asked",
    ),
    name: plain('text', 'the model to ask there'),
    key: secret('text', 'the key that it asks for'),
  },
  operations: {
    host: plain('address', 'where operators and their tools are served; customers must not reach it'),
    port: plain('port', 'the port of that; 0 is any free one'),
    movableClock: plain('yes or no', 'reserved: refused in staging and production, without an effect elsewhere'),
  },
};

/** One setting, as it is listed for whoever runs the platform. */
export interface ListedSetting {
  /** `model.name` */
  readonly key: string;
  /** The variable of the environment; undefined where there is none. */
  readonly variable: string | undefined;
  readonly type: string;
  readonly about: string;
  /** `required` where there is none; `none` where it is empty. */
  readonly fallback: string;
  readonly isSecret: boolean;
  /** Who may change it. */
  readonly changedBy: 'platform' | 'company' | 'platform, company';
  /** From which plan on a company may. */
  readonly from: string | undefined;
}

/** Every setting of the platform and of companies. */
export function listSettings(): readonly ListedSetting[] {
  const environment: ListedSetting = {
    ...{ key: 'environment', variable: 'PLATFORM_ENVIRONMENT', type: 'one of four words', isSecret: false },
    about: `${ENVIRONMENTS.map((name) => `\`${name}\``).join(', ')}; the last two refuse what is unsafe, the others warn of it`,
    ...{ fallback: 'required', changedBy: 'platform', from: undefined },
  };
  const ofPlatform = Object.entries(sections).flatMap(([section, settings]) =>
    Object.entries<Setting>(settings).map(([name, { variable, otherwise }]) => {
      const described = (descriptions[section as keyof Settings] as Record<string, Description>)[name] as Description;
      return listed(`${section}.${name}`, described, {
        variable,
        fallback: otherwise === undefined ? 'required' : otherwise === '' ? 'none' : otherwise,
      });
    }),
  );
  const ofCompanies = Object.entries(fallbacks).map(([key, fallback]) => {
    return listed(key, tenantSettings[key as SettingKey], { variable: undefined, fallback });
  });
  return [environment, ...ofPlatform, ...ofCompanies];
}

type PlatformKey = { [S in keyof Settings]: `${S}.${keyof Settings[S] & string}` }[keyof Settings];
/** What holds for a company without one of its own, where the platform has none either. */
const fallbacks: Readonly<Record<Exclude<SettingKey, PlatformKey>, string>> = {
  'analytics.negotiatedPrices': 'the list prices',
  'chat.keptDays': '90',
  'identity.secondFactorRequired': 'false',
  'limits.connectionsPerPerson': "the plan's limit",
  'limits.threadsPerPerson': "the plan's limit",
  'model.wording': 'true',
};

function listed(
  key: string,
  { type, about, secret }: Description,
  { variable, fallback }: { readonly variable: string | undefined; readonly fallback: string },
): ListedSetting {
  const own: TenantSetting | undefined = tenantSettings[key as keyof typeof tenantSettings];
  return {
    ...{ key, variable, type, about, fallback, isSecret: secret === true },
    changedBy: own === undefined ? 'platform' : variable === undefined ? 'company' : 'platform, company',
    from: own?.from,
  };
}
