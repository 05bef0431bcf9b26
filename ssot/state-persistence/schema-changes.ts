import { rowSecurity } from '../database-manager';
import { idColumn } from '../id-manager';
import type { SchemaChange } from '../kernel';

/** The content is text, not jsonb, so that it comes back exactly as it was written. */
export const persistenceSchemaChanges: readonly SchemaChange[] = [
  {
    name: 'state-persistence/0001-run-state',
    sql: `
create table run_state (
  tenant_id ${idColumn('tenant')} not null,
  run_id ${idColumn('run')} not null,
  user_id ${idColumn('user')} not null,
  thread_id ${idColumn('thread')} not null,
  agent text not null,
  version integer not null check (version > 0),
  fence bigint not null,
  step integer not null,
  phase text not null,
  shape integer not null,
  ending text check (ending in ('completed', 'failed', 'cancelled')),
  body text not null,
  created_at timestamptz not null,
  saved_at timestamptz not null,
  primary key (tenant_id, run_id)
);
create table run_save (
  tenant_id ${idColumn('tenant')} not null,
  run_id ${idColumn('run')} not null,
  save_id text not null,
  version integer not null,
  fingerprint text not null,
  saved_at timestamptz not null,
  primary key (tenant_id, run_id, save_id),
  foreign key (tenant_id, run_id) references run_state (tenant_id, run_id) on delete cascade
);
${rowSecurity('run_state')}${rowSecurity('run_save')}`,
  },
];
