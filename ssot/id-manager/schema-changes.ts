import type { SchemaChange } from '../kernel';
import { idColumn } from './validation/column';
import { ID_KINDS } from './kinds';

const kind = (column: string): string => `check (${column} in (${ID_KINDS.map((known) => `'${known}'`).join(', ')}))`;
/** As `idColumn`, but of the kind that stands in the same row. */
const anyId = `text collate "C" check (octet_length(new_id) = octet_length(kind) + 27
    and new_id between kind || '_0' and kind || '_8' and right(new_id, 26) !~ '[^0-9a-hjkmnp-tv-z]')`;

/** Tables of the migration ledger, under row-level security; see `openMigration`. */
export const idSchemaChanges: readonly SchemaChange[] = [
  {
    name: 'id-manager/0001-migration-ledger',
    sql: `
create table id_migration (
  tenant_id ${idColumn('tenant')} not null,
  id ${idColumn('mig', 'id')} not null,
  name text collate "C" not null,
  state text not null default 'open' check (state in ('open', 'cut_over')),
  opened_at timestamptz not null,
  cut_over_at timestamptz,
  primary key (tenant_id, name),
  unique (id)
);
create table id_migration_item (
  tenant_id ${idColumn('tenant')} not null,
  kind text collate "C" not null ${kind('kind')},
  legacy text collate "C" not null,
  new_id ${anyId} unique,
  parent_kind text collate "C" ${kind('parent_kind')},
  parent_legacy text collate "C",
  outcome text not null check (outcome in ('converted', 'refused')),
  reason text,
  at timestamptz not null,
  primary key (tenant_id, kind, legacy),
  check ((outcome = 'converted') = (new_id is not null)),
  check ((outcome = 'refused') = (reason is not null))
);
create index id_migration_item_refused on id_migration_item (tenant_id) where outcome = 'refused';
create index id_migration_item_linked on id_migration_item (tenant_id) where parent_kind is not null;

alter table id_migration enable row level security;
alter table id_migration force row level security;
alter table id_migration_item enable row level security;
alter table id_migration_item force row level security;
create policy own_company on id_migration to specs_app
  using (tenant_id = current_setting('app.tenant_id', true))
  with check (tenant_id = current_setting('app.tenant_id', true));
create policy own_company on id_migration_item to specs_app
  using (tenant_id = current_setting('app.tenant_id', true))
  with check (tenant_id = current_setting('app.tenant_id', true));
grant select, insert, update (state, cut_over_at) on id_migration to specs_app;
grant select, insert, delete on id_migration_item to specs_app;
`,
  },
  {
    name: 'id-manager/0002-erasure',
    sql: `grant delete on id_migration to specs_app;`,
  },
];
