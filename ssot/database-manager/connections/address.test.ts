import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAddress, loginOf, serversOf, wantsWritable, withProvenServer } from './address';

const at = (query: string): string => `postgres://app:p%40ss@db.acme.example:5432/platform${query}`;

for (const [written, handedOn] of [
  ['?sslmode=require', '?sslmode=verify-full'],
  ['?sslmode=verify-ca&sslrootcert=%2Fetc%2Fca.pem', '?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem'],
  ['?sslmode=verify-full', '?sslmode=verify-full'],
  ['?sslmode=disable', '?sslmode=disable'],
  ['?host=/cloudsql/acme:eu:main', '?host=/cloudsql/acme:eu:main'],
  ['', ''],
] as const) {
  void test(`DB-07 the driver is handed "${handedOn}" for "${written}"`, () => {
    assert.equal(withProvenServer(at(written)), at(handedOn));
  });
}

for (const [what, written, problem] of [
  ['nothing of the kind', 'db.acme.example', 'is not an address'],
  ['another store', 'redis://app:planted@db.acme.example/platform', 'begins with "redis://" instead of "postgres://"'],
  ['nobody', 'postgres://db.acme.example/platform', 'names no user'],
  ['no database', 'postgres://app:planted@db.acme.example', 'names no database'],
  ['an empty one', 'postgres://app:planted@db.acme.example/', 'names no database'],
  ['no host', 'postgres://app:planted@/platform', 'is not an address'],
  ['the second of two', 'postgres://app:planted@db.acme.example,:5432/platform', 'is not an address'],
] as const) {
  void test(`DB-07 an address is refused before anything is connected, by its part and without its password: ${what}`, () => {
    assert.throws(() => assertAddress('ownerUrl', written), {
      ...{ code: 'database_config_invalid', field: 'ownerUrl' },
      message: `ownerUrl ${problem}. Write it as postgres://user:password@host:5432/database.`,
    });
  });
}

for (const written of [
  at(''),
  at('').replace('postgres:', 'postgresql:'),
  at('?host=/cloudsql/acme:eu:main'),
  'postgres://app:planted@a,b:5433/platform',
  'postgres://app:planted@a/p',
]) {
  void test(`DB-07 this is an address: ${written}`, () => assertAddress('url', written));
}

for (const [written, servers, isChosen] of [
  ['postgres://a%40b:p@one/db', ['postgres://a%40b:p@one/db'], false],
  ['postgres://a%40b:p@one/db?sslmode=disable', ['postgres://a%40b:p@one/db?sslmode=disable'], false],
  [
    'postgres://a%40b:p@one/db?target_session_attrs=read-write',
    ['postgres://a%40b:p@one/db?target_session_attrs=read-write'],
    true,
  ],
  [
    'postgres://a%40b:p@one,two:5433/db?sslmode=require',
    ['postgres://a%40b:p@one/db?sslmode=verify-full', 'postgres://a%40b:p@two:5433/db?sslmode=verify-full'],
    true,
  ],
] as const) {
  void test(`DB-06 an address is read server by server, and one that takes writes is looked for: ${written}`, () => {
    assert.deepEqual([serversOf(written), wantsWritable(written), loginOf(written)], [servers, isChosen, 'a@b']);
  });
}
