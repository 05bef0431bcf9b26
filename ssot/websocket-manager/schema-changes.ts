import { rowSecurity } from '../database-manager';
import { idColumn } from '../id-manager';
import { AGENT_KINDS, type SchemaChange } from '../kernel';
import { EVENT_TYPES } from './threads/log/event-schema';
import { MAX_TITLE } from './protocol/plain-text';

const literals = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(', ');

/** Threads and their events. Services see the heads only: that something is new, never what. */
export const chatSchemaChanges: readonly SchemaChange[] = [
  {
    name: 'websocket-manager/0001-threads-and-events',
    sql: `
create table thread (
  tenant_id ${idColumn('tenant')} not null,
  thread_id ${idColumn('thread')} not null,
  user_id ${idColumn('user')} not null,
  title text not null,
  created_at timestamptz not null,
  primary key (tenant_id, thread_id)
);
create index thread_of_person on thread (tenant_id, user_id, created_at desc, thread_id desc);
create table thread_heads (
  tenant_id ${idColumn('tenant')} not null,
  thread_id ${idColumn('thread')} not null,
  first_seq bigint not null default 1,
  head_seq bigint not null default 0,
  primary key (tenant_id, thread_id),
  foreign key (tenant_id, thread_id) references thread on delete cascade
);
create index thread_head_by_id on thread_heads (thread_id);
create table thread_events (
  tenant_id ${idColumn('tenant')} not null,
  thread_id ${idColumn('thread')} not null,
  seq bigint not null,
  id ${idColumn('event', 'id')} not null,
  type text not null check (type in (${literals(EVENT_TYPES)})),
  run_id ${idColumn('run')} not null,
  agent text check (agent in (${literals(AGENT_KINDS)})),
  at timestamptz not null,
  data jsonb not null,
  primary key (tenant_id, thread_id, seq),
  unique (tenant_id, thread_id, id),
  foreign key (tenant_id, thread_id) references thread on delete cascade
);
create table run_sequences (
  tenant_id ${idColumn('tenant')} not null,
  run_id ${idColumn('run')} not null,
  thread_id ${idColumn('thread')} not null,
  phase text not null check (phase in ('asked', 'started', 'ended')),
  open_calls text[] not null,
  primary key (tenant_id, run_id),
  foreign key (tenant_id, thread_id) references thread on delete cascade
);
${rowSecurity('thread', { app: ['select', 'insert', 'update', 'delete'] })}
${rowSecurity('thread_heads', {
  app: ['select', 'insert', 'update (first_seq, head_seq)'],
  service: ['select (thread_id, head_seq)'],
})}
${rowSecurity('thread_events', { app: ['select', 'insert', 'delete'] })}
${rowSecurity('run_sequences', { app: ['select', 'insert', 'update (phase, open_calls)'] })}
`,
  },
  {
    // Counted by the table itself, so that the counts hold however a thread comes or goes, and whichever release does it.
    name: 'websocket-manager/0002-thread-counts',
    sql: `
create table thread_counts (
  tenant_id ${idColumn('tenant')} not null,
  user_id ${idColumn('user')} not null,
  threads bigint not null,
  primary key (tenant_id, user_id)
);
insert into thread_counts select tenant_id, user_id, count(*) from thread group by tenant_id, user_id;
create function count_threads() returns trigger language plpgsql set search_path from current as $$
begin
  insert into thread_counts (tenant_id, user_id, threads)
    select tenant_id, user_id, count(*) * tg_argv[0]::int from changed group by tenant_id, user_id order by tenant_id, user_id
    on conflict (tenant_id, user_id) do update set threads = thread_counts.threads + excluded.threads;
  return null;
end $$;
create trigger thread_came after insert on thread referencing new table as changed
  for each statement execute function count_threads('1');
create trigger thread_went after delete on thread referencing old table as changed
  for each statement execute function count_threads('-1');
${rowSecurity('thread_counts', { app: ['select', 'insert', 'update (threads)'] })}
`,
  },
  {
    // The key that a thread was made with, and the title it was given then: the same request again is the same thread.
    name: 'websocket-manager/0003-repeated-creation',
    sql: `
alter table thread add column creation_key text, add column creation_title text,
  add check (char_length(title) <= ${MAX_TITLE}),
  add check ((creation_key is null) = (creation_title is null));
create unique index thread_creation on thread (tenant_id, user_id, creation_key);
`,
  },
  {
    // When a thread was last used decides how long its events are kept. Without an index: each event writes it, and it is looked
    // for once an hour. Row security binds the owner of the table, too, so it is lifted while it is filled in.
    name: 'websocket-manager/0004-thread-retention',
    sql: `
alter table thread_heads add column last_event_at timestamptz;
alter table thread_heads no force row level security;
alter table thread_events no force row level security;
update thread_heads h set last_event_at = e.at
  from (select tenant_id, thread_id, max(at) as at from thread_events group by tenant_id, thread_id) e
  where (h.tenant_id, h.thread_id) = (e.tenant_id, e.thread_id);
alter table thread_heads force row level security;
alter table thread_events force row level security;
grant update (last_event_at) on thread_heads to specs_app;
grant delete on run_sequences to specs_app;
grant select (tenant_id, thread_id, user_id) on thread to specs_service;
create policy across_companies on thread to specs_service using (true) with check (true);
grant select (tenant_id, first_seq, last_event_at) on thread_heads to specs_service;
`,
  },
  {
    // An event is stored without a question before it: the statement fails like one that met another when the thread has changed.
    // PostgreSQL reads every check anew for every statement; ids that refer to a thread are checked there.
    name: 'websocket-manager/0005-events-at-once',
    sql: `
create function refuse_stale_append() returns void language plpgsql set search_path from current as $$
begin
  raise exception 'the thread has changed since this instance wrote to it' using errcode = 'serialization_failure';
end $$;
grant execute on function refuse_stale_append() to specs_app;
alter table thread_heads drop constraint thread_heads_tenant_id_check, drop constraint thread_heads_thread_id_check;
alter table thread_events drop constraint thread_events_tenant_id_check, drop constraint thread_events_thread_id_check;
alter table run_sequences drop constraint run_sequences_tenant_id_check, drop constraint run_sequences_thread_id_check;
`,
  },
  {
    name: 'websocket-manager/0006-erasure',
    sql: `grant delete on thread_counts to specs_app;`,
  },
  {
    // Events up to here are in the history; nothing of them is here any more. A quiet thread keeps its head.
    name: 'websocket-manager/0007-archived-threads',
    sql: `
alter table thread_heads add column archived_seq bigint not null default 0;
grant update (archived_seq) on thread_heads to specs_app;
grant select (archived_seq) on thread_heads to specs_service;
`,
  },
];
