import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, systemClock } from '../kernel';
import { type ConfigurationRefused, loadBase, type Base } from '.';

const postgres = 'postgres://app:planted@db.acme.example/platform';
const SOUND = {
  PLATFORM_ENVIRONMENT: 'test',
  ...{ POSTGRES_URL: postgres, POSTGRES_OWNER_URL: postgres, POSTGRES_SERVICE_URL: postgres },
  ...{ REDIS_URL: 'redis://r.acme.example', CLICKHOUSE_URL: 'http://c.acme.example/history' },
  ...{ MASTER_KEYS: `a:${Buffer.alloc(32).toString('base64')}`, OPERATOR_KEYS: 'ops:planted' },
};
const load = (variables: Readonly<Record<string, string>>): Promise<Base> =>
  loadBase({ variables: { ...SOUND, ...variables }, clock: systemClock, log: silentLogger });
const refusalOf = (variables: Readonly<Record<string, string>>): Promise<ConfigurationRefused> =>
  load(variables).then(
    () => assert.fail('it was taken'),
    (refusal: unknown) => refusal as ConfigurationRefused,
  );

for (const [words, isOn] of [
  ['true 1 yes on y enabled TRUE On', true],
  ['false 0 no off n disabled NO', false],
] as const) {
  for (const word of words.split(' ')) {
    void test(`CF-02 "${word}" means ${isOn ? 'yes' : 'no'}`, async () =>
      assert.equal((await load({ MOVABLE_CLOCK: word })).settings.operations.movableClock, isOn));
  }
}

for (const [variable, value, read] of [
  [
    'RETURN_ADDRESSES',
    ' https://app.example/signed-in , http://localhost:3000/',
    ['https://app.example/signed-in', 'http://localhost:3000/'],
  ],
  ['INTERNAL_ISSUERS', 'https://login.internal/realms/acme', ['https://login.internal/realms/acme']],
  ['DNS_SERVERS', '10.0.0.2, 10.0.0.3:5353,::1,[fd00::1]:53', ['10.0.0.2', '10.0.0.3:5353', '::1', '[fd00::1]:53']],
] as const) {
  void test(`CF-02 a list is read without the blanks around its entries: ${variable}`, async () => {
    const { identity } = (await load({ [variable]: value })).settings;
    const given = {
      RETURN_ADDRESSES: identity.returnAddresses,
      INTERNAL_ISSUERS: identity.internalIssuers,
      DNS_SERVERS: identity.dnsServers,
    };
    assert.deepEqual(given[variable], read);
  });
}

for (const [variable, value] of [
  ['RETURN_ADDRESSES', 'ftp://app.example'],
  ['RETURN_ADDRESSES', 'http://['],
  ['RETURN_ADDRESSES', 'https://app.example/?next=1'],
  ['INTERNAL_ISSUERS', 'https://dana@login.internal'],
  ['INTERNAL_ISSUERS', 'sso.acme'],
  ['DNS_SERVERS', 'dns.example'],
  ['DNS_SERVERS', '10.0.0.300'],
  ['DNS_SERVERS', '[fd00::1'],
  ['REDIS_URL', 'redis://:%E0@r.acme.example'],
  ['REDIS_URL', 'redis://r.acme.example/3?cluster=yes'],
  ['MOVABLE_CLOCK', 'perhaps'],
] as const) {
  void test(`CF-02 what is of no use is refused, with a way out and without the value: ${variable}=${value}`, async () => {
    const { problems, message } = await refusalOf({ [variable]: value });
    assert.deepEqual(
      problems.map((one) => one.variable),
      [variable],
    );
    assert((problems[0]?.wayOut ?? '').length > 10);
    assert(message.startsWith(`The configuration has 1 problem:\n  ${variable} `), message);
    assert(!message.includes(value), message);
  });
}

void test('CF-02 all problems are told at once, and counted', async () => {
  const { message, field } = await refusalOf({ PORT: '-1', DNS_SERVERS: 'x' });
  assert.match(message, /^The configuration has 2 problems:\n {2}PORT .*\n {2}DNS_SERVERS /);
  assert.equal(field, 'PORT');
});

void test('CF-02 what holds nothing but blanks is as if it were left out', async () => {
  const { settings, origins } = await load({ HOST: '  ', PORT: '\t', SESSION_MS: '3600000' });
  assert.deepEqual([settings.server.host, settings.server.port], ['127.0.0.1', 8_080]);
  assert.deepEqual(
    ['server.host', 'server.port', 'identity.sessionMs'].map((key) => origins.get(key)),
    ['default', 'default', 'environment'],
  );
});
