import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, systemClock } from '../kernel';
import { ConfigurationRefused, loadBase, Secret, type Base } from '.';

const postgres = 'postgres://app:planted@db.acme.example/platform';
const SOUND = {
  PLATFORM_ENVIRONMENT: 'test',
  ...{ POSTGRES_URL: postgres, POSTGRES_OWNER_URL: postgres, POSTGRES_SERVICE_URL: postgres },
  ...{ REDIS_URL: 'redis://r.acme.example', CLICKHOUSE_URL: 'http://c.acme.example/history' },
  ...{ MASTER_KEYS: `a:${Buffer.alloc(32).toString('base64')}`, OPERATOR_KEYS: 'ops:planted' },
};
const load = (variables: Readonly<Record<string, string>>): Promise<Base> =>
  loadBase({ variables: { ...SOUND, ...variables }, clock: systemClock, log: silentLogger });

async function refusalOf(variables: Readonly<Record<string, string>>): Promise<ConfigurationRefused> {
  const refusal: unknown = await load(variables).then(
    () => assert.fail('it was taken'),
    (error: unknown) => error,
  );
  assert(refusal instanceof ConfigurationRefused);
  return refusal;
}

/** With credentials opened, so that they can be compared. */
function opened(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(opened);
  if (!(value instanceof Object)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, opened(one)]));
}

for (const [words, isOn] of [
  ['true 1 yes on y enabled TRUE On', true],
  ['false 0 no off n disabled NO', false],
] as const) {
  for (const word of words.split(' ')) {
    void test(`CF-02 "${word}" means ${isOn ? 'yes' : 'no'}`, async () =>
      assert.equal((await load({ MOVABLE_CLOCK: ` ${word} ` })).settings.operations.movableClock, isOn));
  }
}

const ODD = '$HOME$(rm)`x`%41%23%40"\'!*~+=&;,|';
for (const [variable, key, written, read] of [
  ['HOST', 'server.host', ' 0.0.0.0 ', '0.0.0.0'],
  ['PORT', 'server.port', '0', 0],
  ['PORT', 'server.port', ' 20 ', 20],
  ['PORT', 'server.port', '65535', 65_535],
  [
    'TRUSTED_PROXIES',
    'server.trustedProxies',
    ' 10.0.0.7, 10.0.0.0/8 ,,fd00::1,fd00::/10,192.168.0.0/16,',
    ['10.0.0.7', '10.0.0.0/8', 'fd00::1', 'fd00::/10', '192.168.0.0/16'],
  ],
  ['MAX_CONNECTIONS', 'server.maxConnections', '1', 1],
  ['MAX_CONNECTIONS', 'server.maxConnections', '1000000', 1_000_000],
  ['MAX_CONNECTIONS_PER_ADDRESS', 'server.maxConnectionsPerAddress', '1', 1],
  ['MAX_CONNECTIONS_PER_ADDRESS', 'server.maxConnectionsPerAddress', '1000000', 1_000_000],
  ['PUBLIC_URL', 'server.publicUrl', ' HTTPS://Chat.Example:443 ', 'https://chat.example'],
  ['PUBLIC_URL', 'server.publicUrl', 'http://[::1]:8080', 'http://[::1]:8080'],
  ['HSTS_MAX_AGE', 'server.hstsMaxAgeSeconds', '0', 0],
  ['HSTS_MAX_AGE', 'server.hstsMaxAgeSeconds', '63072000', 63_072_000],
  ['POSTGRES_URL', 'stores.postgresUrl', ` POSTGRES://App:${ODD}@[::1]/P `, `postgres://App:${ODD}@[::1]/P`],
  ['POSTGRES_OWNER_URL', 'stores.postgresOwnerUrl', 'postgresql://o:p@a/b', 'postgresql://o:p@a/b'],
  ['REDIS_URL', 'stores.redisUrl', 'REDISS://:PASS@Host', 'rediss://:PASS@Host'],
  ['REDIS_URL', 'stores.redisUrl', 'redis://a,b/0', 'redis://a,b/0'],
  ['REDIS_URL', 'stores.redisUrl', 'redis://a,b/', 'redis://a,b/'],
  ['CLICKHOUSE_URL', 'stores.clickhouseUrl', 'https://u:p@c/history', 'https://u:p@c/history'],
  ['CLICKHOUSE_CLUSTER', 'stores.clickhouseCluster', ' _a.B-1 ', '_a.B-1'],
  ['CLICKHOUSE_CLUSTER', 'stores.clickhouseCluster', 'a'.repeat(64), 'a'.repeat(64)],
  ['OPERATOR_KEYS', 'identity.operatorKeys', ' ines : a:b:c ', [{ id: 'ines', key: 'a:b:c' }]],
  ['OPERATOR_KEYS', 'identity.operatorKeys', `${'i'.repeat(32)}:k`, [{ id: 'i'.repeat(32), key: 'k' }]],
  [
    'RETURN_ADDRESSES',
    'identity.returnAddresses',
    ' https://app.example/signed-in , HTTP://localhost:3000/',
    ['https://app.example/signed-in', 'HTTP://localhost:3000/'],
  ],
  [
    'INTERNAL_ISSUERS',
    'identity.internalIssuers',
    'https://login.internal/realms/acme',
    ['https://login.internal/realms/acme'],
  ],
  [
    'DNS_SERVERS',
    'identity.dnsServers',
    '10.0.0.2, 10.0.0.3:65535,::1,fd00::a,[fd00::1]:53,[::1]',
    ['10.0.0.2', '10.0.0.3:65535', '::1', 'fd00::a', '[fd00::1]:53', '[::1]'],
  ],
  ['ACCESS_TOKEN_MS', 'identity.accessTokenMs', '60000', 60_000],
  ['ACCESS_TOKEN_MS', 'identity.accessTokenMs', '900000', 900_000],
  ['SESSION_IDLE_MS', 'identity.sessionIdleMs', '900000', 900_000],
  ['SESSION_IDLE_MS', 'identity.sessionIdleMs', '604800000', 604_800_000],
  ['SESSION_MS', 'identity.sessionMs', '3600000', 3_600_000],
  ['SESSION_MS', 'identity.sessionMs', '2592000000', 2_592_000_000],
  ['MODEL_URL', 'model.url', ' HTTP://127.0.0.1:8080/v1 ', 'HTTP://127.0.0.1:8080/v1'],
  ['MODEL_NAME', 'model.name', ' llama 3 ', 'llama 3'],
  ['MODEL_KEY', 'model.key', ' sk-1 ', 'sk-1'],
  ['OPERATIONS_HOST', 'operations.host', ' 10.0.0.7 ', '10.0.0.7'],
  ['OPERATIONS_PORT', 'operations.port', '65535', 65_535],
] as const) {
  void test(`CF-02 what is written is read as its kind: ${variable}=${written}`, async () => {
    const { settings, origins } = await load({ [variable]: written });
    const [section, name] = key.split('.') as [keyof Base['settings'], string];
    assert.deepEqual((opened(settings[section]) as Record<string, unknown>)[name], read);
    assert.equal(origins.get(key), 'environment');
  });
}

const [KEY, OTHER] = [0, 7].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];
const whole = (range: string): string => `is not between ${range}`;
const NO_WHOLE = 'is not a whole number';
const [NO_NETWORK, NO_ORIGIN, NO_ADDRESS, NO_SERVER] = [
  'holds something that is neither an address nor a network',
  'holds something that is no http: or https: origin',
  'holds something that is no http: or https: address',
  'holds something that is no IP address',
];
const POSTGRES = 'Write postgres://user:password@host:5432/database, several servers as host:5432,other:5432, with';
for (const [variable, wayOut, problems] of [
  [
    'PORT',
    'Write a port from 0 (any free one) to 65535.',
    {
      [whole('0 and 65535')]: ['65536', '999999999999999'],
      [NO_WHOLE]: ['-1', '20.5', 'NaN', '1e999', '1e3', '0x10', 'on', '80a', 'a80', '٣', '1000000000000000'],
    },
  ],
  [
    'TRUSTED_PROXIES',
    'Write the load balancers, separated by commas, for instance 10.0.0.0/8, or leave it out.',
    { [NO_NETWORK]: ['lb.acme.example', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.7 10.0.0.8', '10.0.0.0/8,x'] },
  ],
  ['MAX_CONNECTIONS', 'Write a number from 1 to 1000000.', { [whole('1 and 1000000')]: ['0', '1000001'] }],
  ['MAX_CONNECTIONS_PER_ADDRESS', 'Write a number from 1 to 1000000.', { [whole('1 and 1000000')]: ['0', '1000001'] }],
  [
    'ALLOWED_ORIGINS',
    'Write all pages that may connect, separated by commas, for instance https://chat.example, or leave it out.',
    { [NO_ORIGIN]: ['https://a.example,xhttps://chat.example', 'https://a.example?x', 'https://a.example#x'] },
  ],
  [
    'PUBLIC_URL',
    'Write the address in front of the load balancer, for instance https://chat.example, or leave it out.',
    {
      'is no http: or https: address without a path': [
        ...['https://chat.example/', 'chat.example', 'ftp://chat.example', 'https://', 'https://:80', 'https://a b'],
      ],
    },
  ],
  [
    'HSTS_MAX_AGE',
    'Write seconds from 0 (off) to 63072000 (two years), once every page is reached over TLS.',
    { [whole('0 and 63072000')]: ['63072001'] },
  ],
  [
    'POSTGRES_URL',
    `${POSTGRES} the app login.`,
    { 'is no postgres: or postgresql: address': ['mysql://a/b', 'db.example', 'postgres://:%E0@a/b'] },
  ],
  [
    'POSTGRES_OWNER_URL',
    `${POSTGRES} the login that owns the schema.`,
    { 'is no postgres: or postgresql: address': ['db.example'] },
  ],
  [
    'POSTGRES_SERVICE_URL',
    `${POSTGRES} the service login.`,
    { 'is no postgres: or postgresql: address': ['db.example'] },
  ],
  [
    'REDIS_URL',
    'Write redis://user:password@host:6379, nodes of a cluster with commas between them.',
    {
      'is no redis: or rediss: address': ['redis://:%E0@r.acme.example', 'http://r.acme.example'],
      'asks a cluster for a numbered database': ['redis://r.acme.example/3?cluster=yes'],
    },
  ],
  [
    'CLICKHOUSE_URL',
    'Write http://user:password@host:8123/database.',
    { 'is no http: or https: address': ['tcp://c.acme.example'] },
  ],
  [
    'CLICKHOUSE_CLUSTER',
    "Write the cluster's name as in system.clusters, or leave it out.",
    { 'is no name of a cluster': ['1acme', 'a'.repeat(65), 'acme history', 'acme`', 'ümlaut'] },
  ],
  [
    'MASTER_KEYS',
    'Write <id>:<key>, several with commas between them, the one that seals first; make a key with: openssl rand -base64 32',
    {
      'holds no key': [','],
      'holds a key without an id such as "2026-11:"': [
        ...[KEY, `:${KEY}`, `A:${KEY}`, `a b:${KEY}`, `${'i'.repeat(33)}:${KEY}`, `a:${KEY},${OTHER}`],
      ],
      'gives two keys one id': [`a:${KEY},b:${KEY},a:${OTHER}`],
      'holds a key that is not base64': [
        ...['a', 'a:', `a:?${KEY}`, `a:${KEY}?`, `a:${KEY}==`, `a:${KEY.replaceAll('A', '-')}`, `a:${KEY},b:??`],
      ],
      'holds a key that is not 32 bytes long': [31, 33].map(
        (length) => `a:${KEY},b:${Buffer.alloc(length).toString('base64')}`,
      ),
    },
  ],
  [
    'OPERATOR_KEYS',
    'Write <name>:<key>, one for each operator with commas between them; make a key with: openssl rand -base64 32',
    {
      'holds no key': [','],
      'holds a key without the name of an operator such as "ines:"': [KEY, ':k', 'ines:k,Tom:l'],
      'gives two keys one id': ['ines:k,ines:l'],
      'holds a key that is empty': ['ines', 'ines:', 'ines:k,tom:'],
    },
  ],
  [
    'RETURN_ADDRESSES',
    'Write the pages, separated by commas, for instance https://app.example/signed-in, or leave it out.',
    {
      [NO_ADDRESS]: [
        ...['ftp://app.example', 'http://[', 'https://app.example/?next=1', 'https://app.example/#a'],
        ...['https://app.example/,xhttps://app.example/', 'https://app.example/a b'],
      ],
    },
  ],
  [
    'INTERNAL_ISSUERS',
    'Write the issuers, separated by commas, for instance https://login.internal/realms/acme, or leave it out.',
    { [NO_ADDRESS]: ['https://dana@login.internal', 'sso.acme'] },
  ],
  [
    'DNS_SERVERS',
    'Write IP addresses, separated by commas, for instance 10.0.0.2 or 10.0.0.2:5353, or leave it out.',
    {
      [NO_SERVER]: [
        ...['dns.example', '10.0.0.300', '10.0.0.2,x', '10.0.0.2:', '10.0.0.2:x', '10.0.0.2:53x', '10.0.0.2:65536'],
        ...['[fd00::1', 'fd00::1]', '[fd00::1]53', '[10.0.0.2]', '[::1]:65536', '::1.', '[dns.example]:53', 'x[::1]'],
      ],
    },
  ],
  [
    'ACCESS_TOKEN_MS',
    'Write milliseconds, one minute to 15 minutes.',
    { [whole('60000 and 900000')]: ['59999', '900001'] },
  ],
  [
    'SESSION_IDLE_MS',
    'Write milliseconds, 15 minutes to 7 days.',
    { [whole('900000 and 604800000')]: ['899999', '604800001'] },
  ],
  [
    'SESSION_MS',
    'Write milliseconds, one hour to 30 days.',
    { [whole('3600000 and 2592000000')]: ['3599999', '2592000001'] },
  ],
  [
    'MODEL_URL',
    'Write https://host/v1 without credentials, or leave it out.',
    { 'is no http: or https: address': ['xhttps://m.example', 'https://m.example/a b', 'https://:80'] },
  ],
  [
    'OPERATIONS_PORT',
    'Write a port from 0 (any free one) to 65535.',
    { [whole('0 and 65535')]: ['65536'], [NO_WHOLE]: ['-1'] },
  ],
  ['MOVABLE_CLOCK', 'Write yes or no.', { 'is neither yes nor no': ['perhaps', 'yess', 'ayes', 'no\nyes', 'ONE'] }],
] as const) {
  for (const [problem, values] of Object.entries<readonly string[]>(problems)) {
    void test(`CF-02 what is of no use is refused by name, with a way out: ${variable} ${problem}`, async () => {
      for (const value of values) {
        const { code, message, field, problems } = await refusalOf({ [variable]: value });
        assert.deepEqual([code, problems], ['configuration_refused', [{ variable, problem, wayOut }]], value);
        assert.equal(message, `The configuration has 1 problem:\n  ${variable} ${problem}. ${wayOut}`);
        assert.equal(field, variable);
      }
    });
  }
}

void test('CF-02 all problems are told at once, and counted', async () => {
  const { message, field } = await refusalOf({ PORT: '-1', OPERATIONS_PORT: 'x', PLATFORM_PORT: '80' });
  assert.equal(
    message,
    `The configuration has 3 problems:
  PLATFORM_PORT is no setting of the platform. Did you mean PLATFORM_ENVIRONMENT? Leave out what is not for the platform.
  PORT is not a whole number. Write a port from 0 (any free one) to 65535.
  OPERATIONS_PORT is not a whole number. Write a port from 0 (any free one) to 65535.`,
  );
  assert.equal(field, 'PLATFORM_PORT');
});

void test('CF-01 what is not written, or holds nothing but blanks, is as the platform has it by itself', async () => {
  const none = Object.fromEntries(['HOST', 'PORT', 'MODEL_KEY', 'SESSION_MS'].map((variable) => [variable, ' \t']));
  const { settings, origins, environment } = await load(none);
  const { server, identity, model, operations } = opened(settings) as Base['settings'];
  assert.deepEqual(server, {
    ...{ host: '127.0.0.1', port: 8_080, trustedProxies: [], allowedOrigins: [], publicUrl: '' },
    ...{ maxConnections: 12_000, maxConnectionsPerAddress: 2_000, hstsMaxAgeSeconds: 0 },
  });
  assert.deepEqual(identity, {
    masterKeys: [{ id: 'a', key: Buffer.alloc(32).toString('base64') }],
    operatorKeys: [{ id: 'ops', key: 'planted' }],
    ...{ returnAddresses: [], internalIssuers: [], dnsServers: [] },
    ...{ accessTokenMs: 900_000, sessionIdleMs: 604_800_000, sessionMs: 2_592_000_000 },
  });
  assert.deepEqual(model, { url: '', name: 'gpt-4o-mini', key: '' });
  assert.deepEqual(operations, { host: '127.0.0.1', port: 9_090, movableClock: false });
  assert.equal(settings.stores.clickhouseCluster, '');
  assert.deepEqual(
    [...origins].filter(([, origin]) => origin === 'environment').map(([key]) => key),
    [
      ...['stores.postgresUrl', 'stores.postgresOwnerUrl', 'stores.postgresServiceUrl', 'stores.redisUrl'],
      ...['stores.clickhouseUrl', 'identity.masterKeys', 'identity.operatorKeys'],
    ],
  );
  assert.equal(environment, 'test');
});
