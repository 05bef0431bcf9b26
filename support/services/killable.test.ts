import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createClient } from '@clickhouse/client';
import { SERVICES, type Service } from './contract';
import { withRedis } from './embedded/redis';
import { withClient } from './logins';
import { startServices, type RunningServices } from './start-services';

/** Stores of this run are killed like any process, and come back at the same address with what they kept on disk. */
describe('stores that are killed and started again', () => {
  let services: RunningServices;
  before(async () => {
    services = await startServices(new Set(SERVICES), { env: { ...process.env, SPEC_SERVICES: 'embedded' } });
  });
  after(() => services.stop());

  const address = (name: string): string => services.env[name] ?? '';
  const killAndRestart = async (service: Service): Promise<void> => {
    await services.killable[service]?.kill();
    await services.killable[service]?.restart();
  };

  it('PostgreSQL keeps what it has committed', async () => {
    const ask = (sql: string) => withClient(address('SPEC_POSTGRES_OWNER_URL'), (client) => client.query(sql));
    await ask('create table kept (word text)');
    await ask(`insert into kept values ('here')`);
    await killAndRestart('postgres');
    assert.deepEqual((await ask('select word from kept')).rows, [{ word: 'here' }]);
  });

  it('ClickHouse keeps what it has taken', async () => {
    const client = createClient({ url: address('SPEC_CLICKHOUSE_URL') });
    await client.command({ query: 'create table kept (word String) engine = MergeTree order by word' });
    await client.insert({ table: 'kept', values: [{ word: 'here' }], format: 'JSONEachRow' });
    await killAndRestart('clickhouse');
    const answer = await client.query({ query: 'select word from kept', format: 'JSONEachRow' });
    assert.deepEqual(await answer.json(), [{ word: 'here' }]);
    await client.close();
  });

  it('Redis is empty, and still asks for its password', async () => {
    const url = address('SPEC_REDIS_URL');
    await withRedis(url, (client) => client.set('kept', 'here'));
    await killAndRestart('redis');
    assert.equal(await withRedis(url, (client) => client.get('kept')), null);
    await assert.rejects(withRedis(url.replace(/:[^:@/]+@/, ':wrong@'), (client) => client.ping()));
  });
});
