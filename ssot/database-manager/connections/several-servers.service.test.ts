import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { NOTES, somebodyOf } from '../../../support/module-tests/own-schema';
import { PostgresPair } from '../../../support/services/embedded/postgres-pair';
import { eventually } from '../../../world/eventually';
import { FaultProxy } from '../../../world/operations/fault-proxy';
import { noMetrics, silentLogger, sql, systemClock, systemRandom } from '../../kernel';
import { ServerPool } from './server-pool';
import { openDatabase, type Database, type DatabaseConfig } from '..';

const acme = somebodyOf('acme');
const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
const place = z.object({ port: z.number() });
const row = z.object({ id: z.number() });

describe('a database of two servers', () => {
  let pair: PostgresPair;
  let servers: readonly [string, string];
  before(async () => {
    pair = await PostgresPair.open();
    servers = pair.ports.map((port) => `127.0.0.1:${port}`) as [string, string];
  });
  after(() => pair[Symbol.asyncDispose]());

  const config = (...hosts: readonly string[]): DatabaseConfig => ({
    url: pair.address('SPEC_POSTGRES_URL', ...hosts),
    ownerUrl: pair.address('SPEC_POSTGRES_OWNER_URL', ...hosts),
    serviceUrl: pair.address('SPEC_POSTGRES_SERVICE_URL', ...hosts),
    changes: [NOTES],
  });
  const add = (db: Database, id: number): Promise<unknown> =>
    db.transaction(acme, (tx) => tx.execute(sql`insert into note (tenant_id, id) values ('acme', ${id})`));
  const portOf = async (db: Database): Promise<number | undefined> =>
    (await db.transaction(acme, (tx) => tx.query(sql`select inet_server_port() as port`, place)))[0]?.port;

  void it('DB-06 the one that takes writes is used, whichever is named first', async () => {
    await using db = await openDatabase(config(servers[1], servers[0]), ports);
    await add(db, 1);
    assert.equal(await portOf(db), pair.ports[0]);
    // Its first answer may be a slow one: a connection is made for it.
    await eventually(async () => assert.equal((await db.health()).state, 'up'));
  });

  for (const login of ['url', 'serviceUrl'] as const) {
    void it(`DB-02 a login that may bypass row security is refused: ${login}`, async () => {
      const superuser = new URL(pair.superuser(pair.ports[0]));
      superuser.pathname = 'specs';
      await assert.rejects(openDatabase({ ...config(servers[0]), [login]: superuser.href }, ports), {
        code: 'database_unsafe',
        message: /may bypass row security/,
      });
    });
  }

  void it('DB-07 a single server that takes no writes is refused at the start where the address asks for one that does', async () => {
    const only = config(servers[1]);
    const asking = (url: string): string => `${url}?target_session_attrs=read-write`;
    const { url, ownerUrl, serviceUrl } = only;
    const strict = { ...only, url: asking(url), ownerUrl: asking(ownerUrl), serviceUrl: asking(serviceUrl) };
    await assert.rejects(openDatabase(strict, ports), { code: 'database_read_only', retryable: true });
  });

  void it('DB-09 a server without room on its disk is told, and well as soon as there is some', async () => {
    await using db = await openDatabase(config(servers[0]), ports);
    await eventually(async () => assert.equal((await db.health()).state, 'up'));
    await pair.fillFirst('platform-health');
    assert.partialDeepStrictEqual(await db.health(), { state: 'down', cause: 'full' });
    pair.emptyFirst();
    assert.equal((await db.health()).state, 'up');
  });

  void it('DB-09 a server that has become a replica is told, also where the address asks for none that takes writes', async () => {
    await using db = await openDatabase(config(servers[0]), ports);
    await pair.demoteFirst();
    assert.partialDeepStrictEqual(await db.health(), { state: 'down', cause: 'read_only' });
    await assert.rejects(add(db, 5), { code: 'database_read_only', retryable: true });
    await pair.promoteFirst();
    await eventually(async () => assert.equal((await db.health()).state, 'up'));
  });

  void it('DB-06 a server that swallows everything leaves time for the other one', async () => {
    await using gone = await FaultProxy.open(pair.address('SPEC_POSTGRES_URL', servers[0]));
    gone.blackHole();
    const [swallowing] = /127\.0\.0\.1:\d+/.exec(gone.url) ?? [];
    const limitMs = 1_000;
    const address = pair.address('SPEC_POSTGRES_URL', String(swallowing), servers[0]);
    const pool = new ServerPool(address, { connectionTimeoutMillis: limitMs });
    const began = performance.now();
    (await pool.borrow()).release();
    assert(performance.now() - began < limitMs, 'the limit holds for both tries together');
    await pool.end();
  });

  void it('DB-06 a failover is followed: refused until the other server takes writes, stored there from then on, nothing lost', async () => {
    await using db = await openDatabase(config(servers[0], servers[1]), ports);
    await add(db, 2);
    await pair.caughtUp();
    await pair.killFirst();
    await assert.rejects(add(db, 3), { retryable: true });
    assert.notEqual((await db.health()).state, 'up');
    await pair.promoteSecond();
    await eventually(() => add(db, 4), 2_000);
    assert.equal(await portOf(db), pair.ports[1]);
    const ids = await db.transaction(acme, (tx) => tx.query(sql`select id from note where id > 1 order by id`, row));
    assert.deepEqual(ids, [{ id: 2 }, { id: 4 }]);
    await eventually(async () => assert.equal((await db.health()).state, 'up'));
  });
});
