import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { silentLogger, systemClock } from '../../kernel';
import { ConfigurationRefused, loadBase, type Problem } from '..';

type Variables = Readonly<Record<string, string | undefined>>;

const password = (): string => randomBytes(32).toString('base64url');

/** What an operator writes who does everything right. */
function soundly(): Variables {
  return {
    PLATFORM_ENVIRONMENT: 'production',
    POSTGRES_URL: `postgres://app:${password()}@db.acme.example/platform?sslmode=verify-full`,
    POSTGRES_OWNER_URL: `postgres://owner:${password()}@db.acme.example/platform?sslmode=verify-full`,
    POSTGRES_SERVICE_URL: `postgres://service:${password()}@db.acme.example/platform?sslmode=verify-full`,
    REDIS_URL: `rediss://:${password()}@redis.acme.example:6379`,
    CLICKHOUSE_URL: `https://platform:${password()}@clickhouse.acme.example:8443/platform`,
    MASTER_KEYS: `2026-11:${randomBytes(32).toString('base64')}`,
    OPERATOR_KEYS: `ines:${randomBytes(32).toString('base64')}`,
    MODEL_URL: 'https://models.acme.example/v1',
    MODEL_KEY: `sk-${password()}`,
  };
}

async function problemsIn(variables: Variables): Promise<readonly Problem[]> {
  try {
    await loadBase({ variables, clock: systemClock, log: silentLogger });
    return [];
  } catch (refusal) {
    assert(refusal instanceof ConfigurationRefused);
    for (const { variable, problem, wayOut } of refusal.problems) {
      assert(refusal.message.includes(`${variable} ${problem}. ${wayOut}`));
      assert(wayOut.length > 10, `${variable} ${problem}, and nobody says what to do`);
    }
    return refusal.problems;
  }
}

const told = (problems: readonly Problem[]): string[] =>
  problems.map(({ variable, problem }) => `${variable} ${problem}`);
const base64 = (bytes: ArrayLike<number>): string => Buffer.from(Array.from(bytes)).toString('base64');
const ofId = (bytes: ArrayLike<number>): string => `a:${base64(bytes)}`;
const counted = (from: number, step: number): string => base64(Array.from({ length: 32 }, (_, i) => from + step * i));
const db = (rest: string): string => `postgres://app:${password()}@${rest}`;

const REPEATED = 'is one character repeated';
const PATTERN = 'is a short pattern repeated';
const COUNTED = 'is counted up or down';
const TEMPLATE = 'contains a placeholder such as changeme';
const UNIFORM = 'is made of too few different characters';
const OWN = 'points to this very machine';
const PLAIN = 'leads over the network in plain text';
const SHARED = 'shares its login with another PostgreSQL address';

/** One variable written differently, and what is said of it. */
const refused: readonly (readonly [name: string, variable: string, value: string, problem: string])[] = [
  ['one byte repeated', 'MASTER_KEYS', ofId(Buffer.alloc(32, 7)), REPEATED],
  ['bytes counted up', 'MASTER_KEYS', `a:${counted(0, 1)}`, COUNTED],
  ['bytes counted down', 'MASTER_KEYS', `a:${counted(200, -1)}`, COUNTED],
  ['bytes counted in sevens', 'MASTER_KEYS', `a:${counted(3, 7)}`, COUNTED],
  ['eight bytes four times', 'MASTER_KEYS', `a:${randomBytes(8).toString('hex').repeat(4).slice(0, 43)}=`, PATTERN],
  ['base64 of a placeholder', 'MASTER_KEYS', ofId(Buffer.from('changeme-later-on-Friday-morning')), TEMPLATE],
  ['five different bytes', 'MASTER_KEYS', ofId(randomBytes(32).map((byte) => byte % 5)), UNIFORM],
  ['31 characters', 'OPERATOR_KEYS', `ines:${password().slice(0, 31)}`, 'is shorter than 32 characters'],
  ['one character repeated', 'OPERATOR_KEYS', `ines:${'a'.repeat(40)}`, REPEATED],
  ['a repeated word', 'OPERATOR_KEYS', `ines:${'acme'.repeat(10)}`, PATTERN],
  ['a long text twice', 'OPERATOR_KEYS', `ines:${'Zk3vQ9xL7pT2mW8r'.repeat(2)}`, PATTERN],
  ['digits counted', 'OPERATOR_KEYS', 'ines:12345678901234567890123456789012345', PATTERN],
  ['the alphabet', 'OPERATOR_KEYS', 'ines:abcdefghijklmnopqrstuvwxyz012345', COUNTED],
  ['pairs counted up', 'OPERATOR_KEYS', 'ines:a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6', COUNTED],
  ['hex of counted bytes', 'OPERATOR_KEYS', `ines:${Buffer.from([...Array(32).keys()]).toString('hex')}`, COUNTED],
  ['a placeholder inside longer text', 'OPERATOR_KEYS', 'ines:Zk3vQ9xL7pT2-changeme-mW8rB5nC1dF4', TEMPLATE],
  ['a placeholder in capitals', 'OPERATOR_KEYS', 'ines:PLEASE_CHANGE_ME_BEFORE_GOING_LIVE', TEMPLATE],
  ['nothing but usual words', 'OPERATOR_KEYS', 'ines:my-test-secret-for-the-example-admin', TEMPLATE],
  ['a sentence of a tutorial', 'OPERATOR_KEYS', 'ines:this-password-is-long-enough-for-you', TEMPLATE],
  ['mostly one character', 'OPERATOR_KEYS', 'ines:aaaaaaaaaaaaaaaaaaaaaaaabcdefgh12', UNIFORM],
  ['two characters by turns', 'OPERATOR_KEYS', 'ines:abbabaabbaababbabaababbaabbabaab', UNIFORM],
  ['a model key of a template', 'MODEL_KEY', 'sk-your-secret-key', TEMPLATE],
  ['a short model key', 'MODEL_KEY', 'sk-1', 'is shorter than 16 characters'],
  ['no password', 'REDIS_URL', 'rediss://redis.acme.example:6379', 'has a password that is empty'],
  [
    'a short password',
    'REDIS_URL',
    `rediss://:${password().slice(0, 15)}@r.example`,
    'has a password that is shorter than 16 characters',
  ],
  [
    'a sample password',
    'CLICKHOUSE_URL',
    'https://platform:changeme-clickhouse-1@c.example',
    `has a password that ${TEMPLATE}`,
  ],
  [
    'a password of one letter',
    'POSTGRES_OWNER_URL',
    'postgres://owner:xxxxxxxxxxxxxxxxxxxx@d.example/p?sslmode=verify-full',
    `has a password that ${REPEATED}`,
  ],
  ['PostgreSQL without TLS', 'POSTGRES_URL', db('db.acme.example/platform'), PLAIN],
  ['TLS switched off', 'POSTGRES_URL', db('db.acme.example/platform?sslmode=disable'), PLAIN],
  ['TLS if the server likes', 'POSTGRES_URL', db('db.acme.example/platform?sslmode=prefer'), PLAIN],
  ['TLS with whoever answers', 'POSTGRES_URL', db('db.acme.example/platform?sslmode=no-verify'), PLAIN],
  ['an own network is a network', 'POSTGRES_URL', db('10.0.0.7/platform'), PLAIN],
  [
    'TLS given twice',
    'POSTGRES_URL',
    db('d.example/p?sslmode=disable&sslmode=verify-full'),
    'has the option "sslmode", which is unknown here or given twice',
  ],
  [
    'TLS made to mean less',
    'POSTGRES_URL',
    db('d.example/p?uselibpqcompat=true&sslmode=require'),
    'has the option "uselibpqcompat", which is unknown here or given twice',
  ],
  ['another host behind the "?"', 'POSTGRES_URL', db('localhost/p?host=db.acme.example'), PLAIN],
  ['Redis without TLS', 'REDIS_URL', `redis://:${password()}@redis.acme.example`, PLAIN],
  [
    'another Redis behind the "?"',
    'REDIS_URL',
    `rediss://:${password()}@r.example?tls=`,
    'has the option "tls", which is unknown here or given twice',
  ],
  [
    'one of two servers without a network in between',
    'POSTGRES_URL',
    db('db.acme.example,127.0.0.1:5433/platform?sslmode=verify-full'),
    OWN,
  ],
  ['a login twice', 'POSTGRES_SERVICE_URL', db('d.example/p?sslmode=require'), SHARED],
  ['two servers without TLS', 'POSTGRES_URL', db('db-1.acme.example,db-2.acme.example/platform'), PLAIN],
  ['a cluster without TLS', 'REDIS_URL', `redis://:${password()}@a.acme.example,b.acme.example`, PLAIN],
  ['ClickHouse without TLS', 'CLICKHOUSE_URL', `http://platform:${password()}@clickhouse.acme.example`, PLAIN],
  ['a page that people are sent back to without TLS', 'RETURN_ADDRESSES', 'http://app.acme.example/signed-in', PLAIN],
  ['a provider of the own network without TLS', 'INTERNAL_ISSUERS', 'http://login.internal/realms/acme', PLAIN],
  ['an own address without TLS', 'PUBLIC_URL', 'http://chat.acme.example', PLAIN],
  ['a model without TLS', 'MODEL_URL', 'http://models.acme.example/v1', PLAIN],
  ...[
    'localhost',
    'LOCALHOST.',
    'db.localhost',
    'localhost.localdomain',
    'ip6-localhost',
    'ip6-loopback',
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '0.0.0.0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::]',
  ].map((host) => [`a store on ${host}`, 'POSTGRES_URL', db(`${host}/platform`), OWN] as const),
];

for (const [name, variable, value, problem] of refused) {
  void test(`CF-04 production refuses ${name}, in ${variable}`, async () => {
    assert.deepEqual(told(await problemsIn({ ...soundly(), [variable]: value })), [`${variable} ${problem}`]);
  });
}

for (const [name, variable, value] of [
  ['all that is right', 'HOST', '0.0.0.0'],
  ['TLS as the driver demands it', 'POSTGRES_URL', db('db.acme.example/platform?sslmode=require')],
  ['an authority of its own', 'POSTGRES_URL', db('d.example/p?sslmode=verify-ca&sslrootcert=/etc/ca.pem')],
  ['a certificate of its own', 'POSTGRES_URL', db('d.example/p?sslmode=require&sslcert=/etc/c.pem&sslkey=/etc/k.pem')],
  ['the family of its addresses', 'REDIS_URL', `rediss://:${password()}@r.example?family=6`],
  ['options of its own', 'CLICKHOUSE_URL', `https://platform:${password()}@c.example/p?session_timeout=5`],
  ['a login that is called alike elsewhere', 'CLICKHOUSE_URL', `https://app:${password()}@c.example/p`],
  ['a host that begins like the own machine', 'REDIS_URL', `rediss://:${password()}@localhost.acme.example`],
  ["Cloud SQL's socket", 'POSTGRES_URL', db('localhost/platform?host=/cloudsql/acme:eu:main')],
  ['a socket as host', 'POSTGRES_URL', db('%2Fvar%2Frun%2Fpostgresql/platform')],
  [
    'two servers, of which one takes writes',
    'POSTGRES_URL',
    db('db-1.acme.example:5432,db-2.acme.example:5433/platform?sslmode=verify-full&target_session_attrs=read-write'),
  ],
  ['nodes of a cluster', 'REDIS_URL', `rediss://:${password()}@a.acme.example:6379,b.acme.example:6379`],
  ['a cluster behind one address', 'REDIS_URL', `rediss://:${password()}@redis.acme.example?cluster=yes`],
  ['copies of the history', 'CLICKHOUSE_CLUSTER', 'acme-history_2'],
  ['a host whose name ends like the own machine’s', 'REDIS_URL', `rediss://:${password()}@notlocalhost`],
  ['a provider of the own network', 'INTERNAL_ISSUERS', 'https://login.internal/realms/acme'],
  ['TLS in capitals', 'REDIS_URL', `REDISS://:${password()}@redis.acme.example`],
  ['a model on the own machine', 'MODEL_URL', 'http://127.0.0.1:11434/v1'],
  ['no model', 'MODEL_URL', ''],
  ['no model key', 'MODEL_KEY', ''],
  ['hex', 'OPERATOR_KEYS', `ines:${randomBytes(32).toString('hex')}`],
  ['a phrase by dice', 'OPERATOR_KEYS', 'ines:obnoxious-lantern-viaduct-grumble-fennel'],
] as const) {
  void test(`CF-04 production takes ${name}, in ${variable}`, async () => {
    assert.deepEqual(told(await problemsIn({ ...soundly(), [variable]: value })), []);
  });
}

const secret = randomBytes(32);
for (const [name, variables, problem] of [
  [
    'master as operator key',
    { OPERATOR_KEYS: 'base64', MASTER_KEYS: 'base64' },
    'OPERATOR_KEYS has the secret of MASTER_KEYS again',
  ],
  [
    'the same bytes in hex',
    { OPERATOR_KEYS: 'hex', MASTER_KEYS: 'base64' },
    'OPERATOR_KEYS has the secret of MASTER_KEYS again',
  ],
  [
    'the same bytes for addresses',
    { OPERATOR_KEYS: 'base64url', MASTER_KEYS: 'base64' },
    'OPERATOR_KEYS has the secret of MASTER_KEYS again',
  ],
  [
    'a key as password',
    { CLICKHOUSE_URL: 'hex', OPERATOR_KEYS: 'base64' },
    'CLICKHOUSE_URL has the secret of OPERATOR_KEYS again',
  ],
  [
    'one password, two logins',
    { POSTGRES_OWNER_URL: 'hex', POSTGRES_URL: 'hex' },
    'POSTGRES_OWNER_URL has the secret of POSTGRES_URL again',
  ],
  [
    'one password, two stores',
    { REDIS_URL: 'hex', POSTGRES_SERVICE_URL: 'hex' },
    'REDIS_URL has the secret of POSTGRES_SERVICE_URL again',
  ],
  ['a password as model key', { MODEL_KEY: 'hex', REDIS_URL: 'hex' }, 'REDIS_URL has the secret of MODEL_KEY again'],
] as const) {
  void test(`CF-04 production refuses one secret in two places: ${name}`, async () => {
    const sound = soundly();
    const written = Object.entries<BufferEncoding>(variables).map(([variable, encoding]): [string, string] => {
      const text = secret.toString(encoding);
      return [
        variable,
        (sound[variable] as string).replace(/(?<=:)[\w-]{43}(?=@)|^[^:]+$|(?<=^(?:2026-11|ines):).+$/, text),
      ];
    });
    assert.deepEqual(told(await problemsIn({ ...sound, ...Object.fromEntries<string>(written) })), [problem]);
  });
}

const careless: Variables = {
  ...{ POSTGRES_URL: 'postgres://specs:secret@localhost/p', POSTGRES_OWNER_URL: 'postgres://specs:secret@localhost/p' },
  ...{ POSTGRES_SERVICE_URL: 'postgres://specs:secret@db/p', REDIS_URL: 'redis://db' },
  ...{ MASTER_KEYS: ofId(Buffer.alloc(32)), OPERATOR_KEYS: 'ines:changeme', MODEL_KEY: 'sk-1' },
  CLICKHOUSE_URL: 'http://db?x=1&x=2',
};
const LOGIN = 'Give that login a password of its own: openssl rand -hex 32';
const MAKE = 'Make one with: openssl rand -base64 32';
const ofPostgres = ['POSTGRES_URL', 'POSTGRES_OWNER_URL', 'POSTGRES_SERVICE_URL'] as const;
const unsafe = (
  [
    [ofPostgres.slice(0, 2), OWN, 'Name the host of the store.'],
    [['POSTGRES_SERVICE_URL', 'REDIS_URL'], PLAIN, 'Use TLS: postgres://…?sslmode=verify-full, rediss:// or https://.'],
    [['CLICKHOUSE_URL'], 'has the option "x", which is unknown here or given twice', 'Leave it out.'],
    [['CLICKHOUSE_URL'], PLAIN, 'Use TLS: postgres://…?sslmode=verify-full, rediss:// or https://.'],
    [['MASTER_KEYS'], REPEATED, MAKE],
    [['OPERATOR_KEYS'], 'is shorter than 32 characters', MAKE],
    [['MODEL_KEY'], 'is shorter than 16 characters', 'Write the key that the server made for you.'],
    [ofPostgres, 'has a password that is shorter than 16 characters', LOGIN],
    [['REDIS_URL', 'CLICKHOUSE_URL'], 'has a password that is empty', LOGIN],
    [ofPostgres.slice(1), 'has the secret of POSTGRES_URL again', LOGIN],
    [['POSTGRES_SERVICE_URL'], SHARED, 'Use one login each for the app, the schema and the services.'],
  ] as const
).flatMap(([variables, problem, wayOut]) => variables.map((variable): Problem => ({ variable, problem, wayOut })));

for (const environment of ['staging', 'production']) {
  void test(`CF-04 ${environment} names everything that is unsafe at once`, async () => {
    const forbidden = {
      variable: 'MOVABLE_CLOCK',
      problem: `is not allowed in ${environment}`,
      wayOut: 'Leave it out.',
    };
    const variables = { ...careless, MOVABLE_CLOCK: 'yes', PLATFORM_ENVIRONMENT: environment };
    assert.deepEqual(await problemsIn(variables), [forbidden, ...unsafe]);
  });
}
void test('CF-04 an address without a host leads to the own machine', async () => {
  assert.deepEqual(told(await problemsIn({ ...soundly(), POSTGRES_URL: 'postgres:///platform' })), [
    `POSTGRES_URL ${OWN}`,
    'POSTGRES_URL has a password that is empty',
  ]);
});

void test('CF-04 what is missing, malformed, misspelt and unsafe is named in one list', async () => {
  const { REDIS_URL: _redis, MASTER_KEYS: _keys, ...rest } = soundly();
  const problems = await problemsIn({
    ...rest,
    ...{ POSTGRES_URL: 'postgres://localhost', POSTGRES_OWNER_URL: 'db.example', OPERATOR_KEYS: 'ines:changeme' },
    ...{ PORT: 'http', OPERATIONS_PORT: '8080', MOVABLE_CLOCK: 'yes', PLATFORM_ENV: 'staging' },
  });
  assert.deepEqual(told(problems).sort(), [
    'MASTER_KEYS is missing',
    'MOVABLE_CLOCK is not allowed in production',
    'OPERATOR_KEYS is shorter than 32 characters',
    'PLATFORM_ENV is no setting of the platform',
    'PORT is not a whole number',
    'POSTGRES_OWNER_URL is no postgres: or postgresql: address',
    'POSTGRES_URL has a password that is empty',
    'POSTGRES_URL points to this very machine',
    'REDIS_URL is missing',
  ]);
});

for (const [name, environment, problem] of [
  ['absent', undefined, 'is missing'],
  ['empty', '', 'is missing'],
  ['misspelt', 'producton', 'names no known environment'],
  ['in capitals', 'Production', 'names no known environment'],
  ['shortened', 'prod', 'names no known environment'],
  ['followed by a blank', 'production ', 'names no known environment'],
] as const) {
  void test(`CF-04 an environment that is not exactly named stops the start and never means development: ${name}`, async () => {
    const problems = await problemsIn({ ...soundly(), MOVABLE_CLOCK: 'yes', PLATFORM_ENVIRONMENT: environment });
    const wayOut = 'Write one of development, test, staging, production, exactly.';
    assert.deepEqual(problems, [{ variable: 'PLATFORM_ENVIRONMENT', problem, wayOut }]);
  });
}

void test('CF-04 each of several operators has a key of their own', async () => {
  const [ines, tom] = [password(), password()];
  const variables = { ...soundly(), OPERATOR_KEYS: `ines:${ines}, tom:${tom}` };
  const { settings } = await loadBase({ variables, clock: systemClock, log: silentLogger });
  assert.deepEqual(
    settings.identity.operatorKeys.map(({ id, key }) => [id, key.reveal()]),
    [
      ['ines', ines],
      ['tom', tom],
    ],
  );
  assert.deepEqual(told(await problemsIn({ ...variables, OPERATOR_KEYS: `ines:${ines},tom:${ines}` })), [
    'OPERATOR_KEYS has the secret of OPERATOR_KEYS again',
  ]);
});

void test('CF-06 the first of several master keys seals, and each of them is judged', async () => {
  const [first, second] = [1, 2].map(() => randomBytes(32).toString('base64'));
  const variables = { ...soundly(), MASTER_KEYS: ` new:${first} , old:${second}` };
  const { keys } = await loadBase({ variables, clock: systemClock, log: silentLogger });
  assert.deepEqual(keys.ids, ['new', 'old']);
  const weak = { ...variables, MASTER_KEYS: `new:${first},old:${base64(Buffer.alloc(32, 7))}` };
  assert.deepEqual(told(await problemsIn(weak)), [`MASTER_KEYS ${REPEATED}`]);
});

for (const environment of ['development', 'test']) {
  void test(`CF-04 ${environment} starts with the same findings as warnings`, async () => {
    const warned: object[] = [];
    const log = { ...silentLogger, warn: (fields: object) => void warned.push(fields) };
    const variables = { ...careless, PLATFORM_ENVIRONMENT: environment, MOVABLE_CLOCK: 'yes' };
    const { warnings } = await loadBase({ variables, clock: systemClock, log });
    assert.deepEqual(warnings, unsafe);
    assert.deepEqual(
      warned,
      unsafe.map(({ variable, problem }) => ({ variable, problem })),
    );
  });
}

void test('CF-04 32 random bytes are never called weak, however they are written', async () => {
  const seed = fc.nat().map((n) => createHash('sha256').update(`${n}`).digest());
  await fc.assert(
    fc.asyncProperty(
      seed,
      seed,
      fc.constantFrom('hex' as const, 'base64' as const, 'base64url' as const),
      async (one, other, encoding) => {
        fc.pre(!one.equals(other));
        const [master, operator] = [one.toString('base64'), other.toString(encoding)];
        assert.deepEqual(
          await problemsIn({ ...soundly(), MASTER_KEYS: `a:${master}`, OPERATOR_KEYS: `ines:${operator}` }),
          [],
        );
      },
    ),
    { numRuns: 300 },
  );
});

void test('CF-06 no sentence about a secret holds it', async () => {
  const weak = fc.string({ minLength: 8, maxLength: 60, unit: fc.constantFrom(...'aB3-_') });
  await fc.assert(
    fc.asyncProperty(weak, weak, async (operator, stored) => {
      const REDIS_URL = `redis://:${stored}@redis.acme.example`;
      const problems = await problemsIn({ ...soundly(), OPERATOR_KEYS: `ines:${operator}`, REDIS_URL });
      const text = JSON.stringify(problems);
      assert(problems.length > 0 && !text.includes(operator) && !text.includes(stored));
    }),
    { numRuns: 300 },
  );
});
