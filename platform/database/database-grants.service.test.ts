import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from 'pg';
import { stores } from '../../support/module-tests/stores';
import { addressOf } from '../../world/settings';

type Login = 'app' | 'service';
/** What a login may do to a table: everything of a kind (`true`), some columns, or (left out) nothing of it. */
interface Rights {
  readonly select?: true | string;
  readonly insert?: true;
  readonly update?: true | string;
  readonly delete?: true;
}

const ALL: Rights = { select: true, insert: true, update: true, delete: true };
/** Every table of the schema. A new one must be entered here: by default nobody may do anything to it. */
const MAY: Readonly<Record<string, Partial<Record<Login, Rights>>>> = {
  schema_change: {},
  tenant: {
    app: { select: 'tenant_id name' },
    service: {
      select: 'tenant_id name plan suspended_at time_zone creation_key creation_content kept_plan kept_until',
      insert: true,
      update: 'suspended_at plan time_zone kept_plan kept_until',
      delete: true,
    },
  },
  account: {
    app: { select: 'tenant_id user_id name role' },
    service: {
      select: 'tenant_id user_id name email password_hash role created_at',
      insert: true,
      update: 'role password_hash',
      delete: true,
    },
  },
  totp_factor: {
    service: {
      select: true,
      insert: true,
      update: 'sealed_secret confirmed_at last_step wrong wrong_since paused_until',
      delete: true,
    },
  },
  sso_connection: {
    service: {
      select: true,
      insert: true,
      update: 'issuer client_id sealed_secret new_people connected_at enforced_at emergency_user_id',
      delete: true,
    },
  },
  domain_claim: { service: { select: true, insert: true, update: 'proven_at', delete: true } },
  identity: { service: { select: true, insert: true, delete: true } },
  kept_person: { service: { select: true, insert: true, delete: true } },
  removed_person: { service: { select: true, insert: true, delete: true } },
  provider_sign_in: {
    service: {
      select: true,
      insert: true,
      update: 'hand_over_hash hand_over_until browser_hash user_id proved_at subject provider_session',
      delete: true,
    },
  },
  backup_code: { service: { select: true, insert: true, delete: true } },
  pending_login: { service: { select: true, insert: true, update: 'tries', delete: true } },
  api_key: {
    app: { select: 'tenant_id key_id user_id name scopes created_at expires_at last_used_at' },
    service: { select: true, insert: true, update: 'last_used_at', delete: true },
  },
  audit_head: {
    app: { select: true },
    service: {
      select: 'tenant_id last_seq last_hash first_seq accounts_seq',
      insert: true,
      update: 'last_seq last_hash',
    },
  },
  audit_entry: { app: { select: true }, service: { select: 'tenant_id seq at', insert: true } },
  session: {
    app: { select: 'tenant_id session_id user_id ended_at ended_by', update: 'ended_at ended_by' },
    service: { select: true, insert: true, update: 'idle_until ended_at ended_by proved_at ends_at', delete: true },
  },
  refresh_token: { service: { select: true, insert: true, update: 'used_at', delete: true } },
  signing_key: { service: { select: true, insert: true } },
  master_key: { service: { select: true, insert: true } },
  config_head: {
    app: { select: true, insert: true, update: 'version' },
    service: { select: true, delete: true },
  },
  config_override: {
    app: { select: true, insert: true, update: 'value sealed version', delete: true },
    service: { select: 'tenant_id', delete: true },
  },
  config_change: {
    app: { select: true, insert: true },
    service: { select: 'tenant_id actor_id reason', update: 'reason', delete: true },
  },
  config_change_item: { app: { select: true, insert: true }, service: { select: 'tenant_id', delete: true } },
  thread: { app: ALL, service: { select: 'tenant_id thread_id user_id' } },
  thread_counts: { app: { select: true, insert: true, update: 'threads', delete: true } },
  thread_heads: {
    app: { select: true, insert: true, update: 'first_seq head_seq last_event_at archived_seq' },
    service: { select: 'thread_id head_seq tenant_id first_seq last_event_at archived_seq' },
  },
  thread_events: { app: { select: true, insert: true, delete: true } },
  run_sequences: { app: { select: true, insert: true, update: 'phase open_calls', delete: true } },
  runs: {
    app: {
      select: true,
      insert: true,
      update: 'state step lease_owner lease_until cancel_requested_at error_code started_at ended_at report',
      delete: true,
    },
    service: {
      select:
        'tenant_id id thread_id user_id as_of state step interruptions lease_epoch lease_until created_at started_at plan',
      update: 'state interruptions lease_owner lease_epoch lease_until plan',
    },
  },
  tool_calls: { app: { select: true, insert: true, update: 'outcome result ended_at' } },
  published_reports: { app: { select: true, insert: true, delete: true } },
  run_state: {
    app: {
      select: true,
      insert: true,
      update: 'agent version fence step phase shape ending body saved_at ended_at archive',
      delete: true,
    },
    service: { select: 'tenant_id run_id archive ended_at' },
  },
  archive_part: {
    app: { select: true, insert: true, update: 'last_seq checksum state noted_at', delete: true },
    service: { select: true },
  },
  archive_purge: {
    app: { select: true, insert: true, update: 'due_at is_second', delete: true },
    service: { select: true, update: 'due_at is_second', delete: true },
  },
  retention_hold: { app: { select: true }, service: ALL },
  singleton_job: { service: { select: true, insert: true, update: 'due_at counted' } },
  erasure: { app: { select: true }, service: { select: true, insert: true, update: true } },
  run_save: { app: { select: true, insert: true, delete: true } },
  working_state: { app: ALL, service: { select: 'tenant_id owner name version expires_at', delete: true } },
  working_state_change: {
    app: { select: true, insert: true, delete: true },
    service: { select: true, insert: true, delete: true },
  },
  working_state_write: {
    app: { select: true, insert: true, update: 'results until', delete: true },
    service: { select: 'tenant_id until', delete: true },
  },
  working_state_erased: {
    app: { select: true, insert: true, update: 'until', delete: true },
    service: { select: 'tenant_id until', delete: true },
  },
  id_migration: { app: { select: true, insert: true, update: 'state cut_over_at', delete: true } },
  id_migration_item: { app: { select: true, insert: true, delete: true } },
};

const clients = new Map<Login, Promise<Client>>();
after(async () => {
  for (const client of clients.values()) await (await client).end();
});

/** A connection with the real login, as the platform has it. */
function as(login: Login): Promise<Client> {
  const known = clients.get(login);
  if (known !== undefined) return known;
  const opened = (async () => {
    await stores.database();
    const client = new Client({
      connectionString: addressOf(login === 'app' ? 'SPEC_POSTGRES_URL' : 'SPEC_POSTGRES_SERVICE_URL'),
    });
    await client.connect();
    return client;
  })();
  clients.set(login, opened);
  return opened;
}

const TABLES = `select c.oid, c.relname as name from pg_class c
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = 'public'::regnamespace`;
/** What the catalogue says of the login that asks: each column it may read or write, and each table it may empty or more. */
const RIGHTS = `select t.name as table, a.attname as column,
    has_column_privilege(t.oid, a.attnum, 'select') as select, has_column_privilege(t.oid, a.attnum, 'insert') as insert,
    has_column_privilege(t.oid, a.attnum, 'update') as update, has_table_privilege(t.oid, 'delete') as delete,
    has_table_privilege(t.oid, 'truncate, references, trigger')
      or has_column_privilege(t.oid, a.attnum, 'references') as more
  from (${TABLES}) t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped`;

interface ColumnRights {
  readonly table: string;
  readonly column: string;
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly delete: boolean;
  readonly more: boolean;
}

function expected(login: Login, { table, column }: ColumnRights): ColumnRights {
  const rights = MAY[table]?.[login] ?? {};
  const has = (granted: true | string | undefined): boolean =>
    granted === true || (granted?.split(' ').includes(column) ?? false);
  const { select, insert, update, delete: remove } = rights;
  const may = { select: has(select), insert: has(insert), update: has(update), delete: has(remove) };
  return { table, column, ...may, more: false };
}

/** What runs with the rights of the tables' owner: trails are found by people, and lose what is older than 30 days at least. */
const ELEVATED = ['age_audit_trail', 'find_audit_accounts'];
/** What each login may call. All that the first can do is fail: a thread has changed since this instance last wrote to it. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = { app: ['refuse_stale_append'], service: ELEVATED };

for (const login of ['app', 'service'] as const) {
  void test(`DB-02 the ${login} login may do to every table what is listed for it, and nothing else`, async () => {
    const { rows } = await (await as(login)).query<ColumnRights>(`${RIGHTS} order by 1, 2`);
    assert.deepEqual([...new Set(rows.map(({ table }) => table))].sort(), Object.keys(MAY).sort());
    assert.deepEqual(
      rows,
      rows.map((row) => expected(login, row)),
    );
    for (const [table, { [login]: rights }] of Object.entries(MAY)) {
      const columns = rows.filter((row) => row.table === table).map(({ column }) => column);
      const named = [rights?.select, rights?.update].flatMap((granted) =>
        (granted ?? true) === true ? [] : [granted as string],
      );
      assert.deepEqual(
        named
          .join(' ')
          .split(' ')
          .filter((name) => name !== '' && !columns.includes(name)),
        [],
        table,
      );
    }
  });

  void test(`DB-02 the ${login} login makes nothing of its own and has nothing by default`, async () => {
    const client = await as(login);
    const { rows } = await client.query(`select has_schema_privilege('public', 'create') as makes,
      has_schema_privilege('public', 'usage') as uses,
      exists (select from pg_namespace, aclexplode(nspacl) where nspname = 'public' and grantee = 0) as everybody,
      exists (select from pg_default_acl, aclexplode(defaclacl) a
        where a.grantee = 0 or a.grantee in (select oid from pg_roles where pg_has_role(oid, 'usage'))) as by_default,
      (select coalesce(array_agg(proname::text order by proname), '{}') from pg_proc
        where pronamespace = 'public'::regnamespace and has_function_privilege(oid, 'execute')) as functions,
      (select coalesce(array_agg(proname::text order by proname), '{}') from pg_proc
        where pronamespace = 'public'::regnamespace and prosecdef) as elevated`);
    assert.deepEqual(rows, [
      {
        makes: false,
        uses: true,
        everybody: false,
        by_default: false,
        functions: FUNCTIONS[login],
        elevated: ELEVATED,
      },
    ]);
  });
}

for (const [login, statement] of [
  ['app', 'select password_hash from account'],
  ['app', 'select email from account'],
  ['app', 'select * from account'],
  ['app', `update account set role = 'administrator'`],
  [
    'app',
    `insert into account (tenant_id, user_id, name, email, password_hash, role, created_at)
    select tenant_id, user_id, name, 'x', 'x', role, now() from account`,
  ],
  ['app', `update tenant set plan = 'enterprise'`],
  ['app', 'update tenant set suspended_at = null'],
  ['app', 'select hash from refresh_token'],
  ['app', 'update session set ends_at = now()'],
  ['app', 'update session set ended_at = null, user_id = user_id'],
  ['app', 'select sealed_private from signing_key'],
  ['app', 'select public_jwk from signing_key'],
  ['app', `update runs set plan = 'enterprise'`],
  ['app', 'select checksum from schema_change'],
  ['app', `update config_change set reason = 'nothing happened'`],
  ['app', 'delete from config_change_item'],
  ['app', 'truncate config_change'],
  ['service', 'select value from config_override'],
  ['service', 'select before_print from config_change_item'],
  ['service', 'select question from runs'],
  ['service', 'select client_message_id from runs'],
  ['service', 'update runs set question = question'],
  ['service', 'select data from thread_events'],
  ['service', 'select title from thread'],
  ['service', 'select args, result from tool_calls'],
  ['service', 'select report from published_reports'],
  ['service', 'select body from run_state'],
  ['service', 'select body from working_state'],
  ['service', 'select results from working_state_write'],
  ['app', 'delete from account'],
  ['app', 'select secret_hash from api_key'],
  ['app', 'select sealed_secret from totp_factor'],
  ['app', 'select hash from backup_code'],
  ['app', 'select hash from pending_login'],
  ['app', 'delete from api_key'],
  ['service', `update api_key set scopes = '{}'`],
  ['app', `insert into audit_entry select * from audit_entry`],
  ['app', `update audit_entry set entry = ''`],
  ['app', 'delete from audit_entry'],
  ['app', 'update audit_head set last_seq = 0'],
  ['service', `update account set email = 'x'`],
  ['service', `update audit_entry set entry = ''`],
  ['service', 'delete from audit_entry'],
  ['service', 'select entry from audit_entry'],
  ['service', 'update audit_head set first_seq = 5'],
  ['service', 'delete from audit_head'],
  ['service', 'delete from signing_key'],
] as const) {
  void test(`DB-02 PostgreSQL refuses the ${login} login: ${statement.replace(/\s+/g, ' ').slice(0, 60)}`, async () => {
    const client = await as(login);
    await assert.rejects(client.query(statement), /^error: permission denied for table /);
  });
}
