import assert from 'node:assert/strict';
import { test } from 'node:test';

import { silentLogger, systemClock } from '../kernel';
import { ConfigurationRefused, loadBase } from '.';

async function problemWith(variable: string, value: string): Promise<string | undefined> {
  const postgres = 'postgres://app:planted@db.acme.example/platform';
  const right = { POSTGRES_URL: postgres, POSTGRES_OWNER_URL: postgres, POSTGRES_SERVICE_URL: postgres };
  const stores = { ...right, REDIS_URL: 'redis://r.acme.example', CLICKHOUSE_URL: 'http://c.acme.example/history' };
  const keys = { MASTER_KEYS: `a:${Buffer.alloc(32).toString('base64')}`, OPERATOR_KEYS: 'ops:planted' };
  const variables = { ...stores, ...keys, PLATFORM_ENVIRONMENT: 'test', [variable]: value };
  try {
    await loadBase({ variables, clock: systemClock, log: silentLogger });
    return undefined;
  } catch (refusal) {
    assert(refusal instanceof ConfigurationRefused);
    const [first, ...others] = refusal.problems;
    assert.deepEqual([first?.variable, others], [variable, []]);
    assert(!refusal.message.includes('planted'));
    return first?.problem;
  }
}

const pg = (rest: string): string => `postgres://app:planted@${rest}`;
const UNWRITABLE = 'asks for a server on which nothing can be written';

for (const [name, variable, value, problem] of [
  ['two servers', 'POSTGRES_URL', pg('a:5432,b:5433/platform'), undefined],
  ['two servers, and which is meant', 'POSTGRES_URL', pg('a,b/platform?target_session_attrs=primary'), undefined],
  ['a server that nobody can write to', 'POSTGRES_URL', pg('a,b/platform?target_session_attrs=standby'), UNWRITABLE],
  ['any server', 'POSTGRES_URL', pg('a/platform?target_session_attrs=any'), UNWRITABLE],
  ['servers in two places', 'POSTGRES_URL', pg('a,b/platform?host=/cloudsql/x'), 'names servers twice'],
  ['servers behind the "?"', 'POSTGRES_URL', pg('a/platform?host=b,c'), 'names several servers behind the "?"'],
  ['a server left out', 'POSTGRES_URL', pg('a,:5432/platform'), 'is no postgres: or postgresql: address'],
  ['a port that is none', 'POSTGRES_URL', pg('a:5432,b:x/platform'), 'is no postgres: or postgresql: address'],
  ['nodes', 'REDIS_URL', 'redis://:planted@a:6379,b:6380,c', undefined],
  ['a node that leads to the others', 'REDIS_URL', 'redis://:planted@a?cluster=yes', undefined],
  [
    'no cluster, in words',
    'REDIS_URL',
    'redis://:planted@a?cluster=no',
    'says neither that it is a cluster nor nothing of it',
  ],
  ['a database of a cluster', 'REDIS_URL', 'redis://:planted@a,b/3', 'asks a cluster for a numbered database'],
  ['a database of one server', 'REDIS_URL', 'redis://:planted@a/3', undefined],
  ['servers of ClickHouse', 'CLICKHOUSE_URL', 'http://platform:planted@a,b/history', 'names several servers'],
  ['a cluster of ClickHouse', 'CLICKHOUSE_CLUSTER', 'acme', undefined],
  ['a name that ends a statement', 'CLICKHOUSE_CLUSTER', 'acme` (x', 'is no name of a cluster'],
] as const) {
  void test(`CF-04 several servers of one store are named as they must be: ${name}, in ${variable}`, async () => {
    assert.equal(await problemWith(variable, value), problem);
  });
}
