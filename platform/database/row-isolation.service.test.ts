import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { stores } from '../../support/module-tests/stores';
import { addressOf } from '../../world/settings';

/** Tables whose rows belong to no company, and why. A new one without a reason fails here. */
const WITHOUT_TENANT: Readonly<Record<string, string>> = {
  master_key: 'which master keys were used here, and nothing of what they are; the app login cannot read it',
  schema_change: 'which schema changes were applied; neither login reads it',
  singleton_job: 'when one instance last did a job for all, and how much it counted; the app login cannot read it',
  signing_key: "the platform's own signing keys, sealed; the app login cannot read it",
};

const TABLES = `select c.relname as name, exists (select from pg_attribute a
    where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as has_tenant,
    (select is_nullable = 'YES' from information_schema.columns i
      where i.table_schema = 'public' and i.table_name = c.relname and i.column_name = 'tenant_id') as may_be_nobodys,
    has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select') as select,
    has_column_privilege(c.oid, 'tenant_id', 'insert') as insert,
    has_table_privilege(c.oid, 'delete') as delete
  from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`;

interface Table {
  readonly name: string;
  readonly has_tenant: boolean;
  readonly may_be_nobodys: boolean | null;
  readonly select: boolean;
  readonly insert: boolean;
  readonly delete: boolean;
}

describe('rows of companies', () => {
  let app: Client;
  let tables: readonly Table[];
  const [mine, other] = [stores.ids.next('tenant'), stores.ids.next('tenant')];

  before(async () => {
    await stores.database();
    app = new Client({ connectionString: addressOf('SPEC_POSTGRES_URL') });
    await app.connect();
    const withTenant = TABLES.replace("has_column_privilege(c.oid, 'tenant_id', 'insert')", 'false');
    const { rows } = await app.query<Table>(withTenant);
    const names = rows.filter(({ has_tenant }) => has_tenant).map(({ name }) => name);
    const { rows: known } = await app.query<Table>(TABLES.replace(' order by', ' and c.relname = any($1) order by'), [
      names,
    ]);
    tables = [...known, ...rows.filter(({ has_tenant }) => !has_tenant)];
    await app.query(`select set_config('app.tenant_id', $1, false)`, [mine]);
  });
  after(() => app.end());

  const plan = async (statement: string): Promise<string> => {
    const { rows } = await app.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${statement}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const OWN = /\(?tenant_id = current_setting\('app\.tenant_id'::text, true\)\)?/;

  void it('DB-02 every table has a company, or a reason why not', () => {
    const without = tables.filter(({ has_tenant }) => !has_tenant).map(({ name }) => name);
    assert.deepEqual(without.sort(), Object.keys(WITHOUT_TENANT).sort());
    assert.deepEqual(
      tables.filter(({ may_be_nobodys }) => may_be_nobodys === true).map(({ name }) => name),
      [],
    );
    assert(tables.length > 20, `${tables.length} tables`);
  });

  void it('DB-02 a table without a company cannot be read by the login that serves customers', () => {
    for (const table of tables.filter(({ has_tenant }) => !has_tenant)) assert.equal(table.select, false, table.name);
  });

  void it('DB-02 whatever the app login reads or deletes, PostgreSQL itself narrows to the company of the transaction', async () => {
    let tried = 0;
    for (const { name, select, delete: mayDelete } of tables.filter(({ has_tenant }) => has_tenant)) {
      const statements = [
        ...(select
          ? [`select tenant_id from ${name}`, `select tenant_id from ${name} where true or tenant_id <> ''`]
          : []),
        ...(mayDelete ? [`delete from ${name}`] : []),
      ];
      for (const statement of statements) assert.match(await plan(statement), OWN, statement);
      tried += statements.length;
    }
    assert(tried > 40, `${tried} statements`);
  });

  void it('DB-02 no row of another company, nor of nobody, can be added by the app login, whatever else it holds', async () => {
    const may = tables.filter(({ has_tenant, insert }) => has_tenant && insert);
    for (const { name } of may) {
      for (const tenant of [other, `${mine} `, null]) {
        await assert.rejects(app.query(`insert into ${name} (tenant_id) values ($1)`, [tenant]), (refusal: Error) => {
          assert.match(refusal.message, /violates row-level security policy/, `${name} with ${tenant}`);
          return true;
        });
      }
    }
    assert(may.length > 15, `${may.length} tables`);
  });

  void it('DB-02 without a company named, the app login meets no row of any table', async () => {
    const nameless = new Client({ connectionString: addressOf('SPEC_POSTGRES_URL') });
    await nameless.connect();
    try {
      for (const { name, select, has_tenant } of tables) {
        if (!select || !has_tenant) continue;
        const { rows } = await nameless.query(`select tenant_id from ${name} limit 1`);
        assert.deepEqual(rows, [], name);
      }
    } finally {
      await nameless.end();
    }
  });
});
