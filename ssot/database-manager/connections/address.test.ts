import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withProvenServer } from './address';

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
