import type { SchemaChange } from '../../kernel';

const own = `tenant_id = current_setting('app.tenant_id', true)`;
const id = (column: string, kind: string): string =>
  `${column} text collate "C" not null check (starts_with(${column}, '${kind}_'))`;

/**
 * Settings of companies under row security. The history can be added to and read, by nobody rewritten. `config_head` is
 * locked by every change of a company; services read it to see whose settings have changed.
 */
export const configurationSchemaChanges: readonly SchemaChange[] = [
  {
    name: 'configuration-manager/0001-company-settings',
    sql: `
create table config_head (
  ${id('tenant_id', 'tenant')},
  version bigint not null,
  primary key (tenant_id)
);
create table config_override (
  ${id('tenant_id', 'tenant')},
  key text collate "C" not null,
  value jsonb,
  sealed bytea,
  version bigint not null,
  primary key (tenant_id, key),
  check (num_nonnulls(value, sealed) = 1)
);
create table config_change (
  ${id('tenant_id', 'tenant')},
  version bigint not null,
  ${id('actor_id', 'user')},
  reason text not null,
  request_id text collate "C" not null,
  body_hash bytea not null,
  left_as_is text[] not null,
  at timestamptz not null,
  primary key (tenant_id, version),
  unique (tenant_id, request_id)
);
create table config_change_item (
  ${id('tenant_id', 'tenant')},
  version bigint not null,
  key text collate "C" not null,
  before jsonb,
  after jsonb,
  is_secret boolean not null,
  before_print text,
  after_print text,
  primary key (tenant_id, version, key),
  foreign key (tenant_id, version) references config_change
);
create index config_change_item_of_key on config_change_item (tenant_id, key, version);
${['config_head', 'config_override', 'config_change', 'config_change_item']
  .map(
    (table) => `alter table ${table} enable row level security;
alter table ${table} force row level security;
create policy own_company on ${table} to specs_app using (${own}) with check (${own});
`,
  )
  .join('')}
grant select, insert, update (version) on config_head to specs_app;
grant select, insert, update (value, sealed, version), delete on config_override to specs_app;
grant select, insert on config_change, config_change_item to specs_app;
create policy across_companies on config_head to specs_service using (true) with check (true);
grant select on config_head to specs_service;
`,
  },
  {
    // What says that a master key is the one that was used here before, and nothing of what it is.
    name: 'configuration-manager/0002-master-keys',
    sql: `
create table master_key (key_id text collate "C" primary key, proof bytea not null);
grant select, insert on master_key to specs_service;
`,
  },
  {
    // Only the service that erases may: of a person the reasons they wrote, of a company everything. Values it does not see.
    name: 'configuration-manager/0003-erasure',
    sql: `
${['config_override', 'config_change', 'config_change_item']
  .map((table) => `create policy across_companies on ${table} to specs_service using (true) with check (true);`)
  .join('\n')}
grant delete on config_head, config_override, config_change, config_change_item to specs_service;
grant select (tenant_id) on config_override, config_change_item to specs_service;
grant select (tenant_id, actor_id, reason), update (reason) on config_change to specs_service;
`,
  },
];
