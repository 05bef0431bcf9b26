import { rowSecurity } from '../database-manager';
import { idColumn } from '../id-manager';
import type { SchemaChange } from '../kernel';

/** Services end what is over and tell of it; contents they do not see. The content is text, not jsonb, so that it comes back exactly as it was written. */
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
${rowSecurity('run_state', {
  app: ['select', 'insert', 'update (agent, version, fence, step, phase, shape, ending, body, saved_at)'],
})}${rowSecurity('run_save', { app: ['select', 'insert', 'delete'] })}`,
  },
  {
    name: 'state-persistence/0002-working-state',
    sql: `
create sequence working_state_stamp;
grant usage on sequence working_state_stamp to specs_app, specs_service;
create table working_state (
  tenant_id ${idColumn('tenant')} not null,
  owner text not null,
  name text not null,
  incarnation text not null,
  version integer not null check (version > 0),
  stamp bigint not null,
  made bigint not null,
  body text not null,
  shape integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, owner, name)
);
create index working_state_end on working_state (tenant_id, expires_at);
create table working_state_change (
  tenant_id ${idColumn('tenant')} not null,
  stamp bigint not null,
  owner text not null,
  name text not null,
  op text not null check (op in ('created', 'updated', 'removed', 'expired')),
  version integer not null,
  queued_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, stamp)
);
create table working_state_write (
  tenant_id ${idColumn('tenant')} not null,
  owner text not null,
  write_id text not null,
  results text not null,
  until timestamptz not null,
  primary key (tenant_id, owner, write_id)
);
create table working_state_erased (
  tenant_id ${idColumn('tenant')} not null,
  owner_hash text not null,
  until timestamptz not null,
  primary key (tenant_id, owner_hash)
);
${rowSecurity('working_state', {
  app: ['select', 'insert', 'update', 'delete'],
  service: ['select (tenant_id, owner, name, version, expires_at)', 'delete'],
})}${rowSecurity('working_state_change', {
      app: ['select', 'insert', 'delete'],
      service: ['select', 'insert', 'delete'],
    })}${rowSecurity('working_state_write', {
      app: ['select', 'insert', 'update (results, until)', 'delete'],
      service: ['select (tenant_id, until)', 'delete'],
    })}${rowSecurity('working_state_erased', {
      app: ['select', 'insert', 'update (until)'],
      service: ['select (tenant_id, until)', 'delete'],
    })}`,
  },
  {
    // A run's progress goes with its thread.
    name: 'state-persistence/0003-deleted-threads',
    sql: `
create index run_state_of_thread on run_state (tenant_id, thread_id);
grant delete on run_state to specs_app;
`,
  },
  {
    // An erasure names its person by id, as the audit trail does, so that it can be done again on a store that comes back older.
    // A hold keeps what is there. `subject`: the id of a person, or `company`.
    name: 'state-persistence/0004-erasure',
    sql: `
create table retention_hold (
  tenant_id ${idColumn('tenant')} not null,
  subject text collate "C" not null,
  reason text not null check (char_length(reason) between 3 and 500),
  placed_by ${idColumn('user', 'placed_by')} not null,
  placed_at timestamptz not null,
  primary key (tenant_id, subject)
);
create table erasure (
  tenant_id ${idColumn('tenant')} not null,
  subject text collate "C" not null,
  request_key text,
  requested_at timestamptz not null,
  emptied text[] not null default '{}',
  failing text,
  failures integer not null default 0,
  look_after timestamptz not null,
  next_at timestamptz not null,
  lease_until timestamptz,
  done_at timestamptz,
  primary key (tenant_id, subject)
);
create unique index erasure_request on erasure (tenant_id, request_key);
create index erasure_waiting on erasure (next_at) where done_at is null;
create index run_state_of_person on run_state (tenant_id, user_id);
${rowSecurity('retention_hold', { app: ['select'], service: ['select', 'insert', 'update', 'delete'] })}
${rowSecurity('erasure', { app: ['select'], service: ['select', 'insert', 'update'] })}
grant delete on working_state_erased to specs_app;
`,
  },
  {
    // Which parts of a person's threads and runs are in the history: noted before anything is copied there, so that whoever deletes
    // them knows what to have removed. What was deleted here is removed there by `archive_purge`.
    name: 'state-persistence/0005-archive',
    sql: `
create table archive_part (
  tenant_id ${idColumn('tenant')} not null,
  kind text not null check (kind in ('thread', 'run')),
  subject text collate "C" not null,
  part bigint not null,
  user_id ${idColumn('user')} not null,
  last_seq bigint not null,
  checksum text not null,
  state text not null check (state in ('copying', 'copied', 'moved')),
  noted_at timestamptz not null,
  primary key (tenant_id, kind, subject, part)
);
create index archive_part_of_person on archive_part (tenant_id, user_id);
create table archive_purge (
  tenant_id ${idColumn('tenant')} not null,
  subject text collate "C" not null,
  user_id ${idColumn('user')} not null,
  due_at timestamptz not null,
  is_second boolean not null default false,
  primary key (tenant_id, subject)
);
${rowSecurity('archive_part', {
  app: ['select', 'insert', 'update (last_seq, checksum, state, noted_at)', 'delete'],
  service: ['select'],
})}
${rowSecurity('archive_purge', {
  app: ['select', 'insert', 'update (due_at, is_second)', 'delete'],
  service: ['select', 'update (due_at, is_second)', 'delete'],
})}
`,
  },
  {
    // State of runs that have ended moves to the history. Services find them; contents they do not see. No index holds what each save
    // changes: an update that touches none of them is the cheapest there is.
    name: 'state-persistence/0006-ended-runs',
    sql: `
alter table run_state alter column body drop not null,
  add column ended_at timestamptz,
  add column archive text not null default 'none' check (archive in ('none', 'copied', 'moved')),
  add constraint run_state_moved check ((archive = 'moved') = (body is null));
create index run_state_to_copy on run_state (ended_at, run_id) where archive = 'none' and ended_at is not null;
create index run_state_to_move on run_state (ended_at, run_id) where archive = 'copied';
grant update (ended_at, archive) on run_state to specs_app;
grant select (tenant_id, run_id, archive, ended_at) on run_state to specs_service;
create policy across_companies on run_state to specs_service using (true) with check (true);
`,
  },
  {
    // Jobs that one instance does for all, and what was counted last.
    name: 'state-persistence/0007-singleton-jobs',
    sql: `
create table singleton_job (
  name text collate "C" primary key,
  due_at timestamptz not null,
  counted bigint not null default 0
);
grant select, insert, update (due_at, counted) on singleton_job to specs_service;
`,
  },
  {
    // What is kept for no longer than PostgreSQL has it anyway never goes to the history.
    name: 'state-persistence/0008-run-retention',
    sql: `
alter table run_state drop constraint run_state_archive_check,
  add constraint run_state_archive_check check (archive in ('none', 'copied', 'moved', 'stays'));
create index run_state_ended on run_state (tenant_id, ended_at) where ended_at is not null;
`,
  },
];
