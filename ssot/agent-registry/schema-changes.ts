import { rowSecurity } from '../database-manager';
import { idColumn } from '../id-manager';
import { AGENT_KINDS, PLANS, type SchemaChange } from '../kernel';
import { MAX_QUESTION } from './limits';
import { RUN_STATES } from './runs/store/run-state';

const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(', ');

/**
 * Runs and their tool calls. The service login finds runs that wait or whose lease has lapsed, and claims them, but does not
 * see what was asked.
 */
export const agentSchemaChanges: readonly SchemaChange[] = [
  {
    name: 'agent-registry/0001-runs',
    sql: `
create table runs (
  tenant_id ${idColumn('tenant')} not null,
  id ${idColumn('run', 'id')} not null,
  thread_id ${idColumn('thread')} not null,
  user_id ${idColumn('user')} not null,
  client_message_id text not null,
  question text not null,
  as_of timestamptz not null,
  state text not null check (state in (${words(RUN_STATES)})),
  step integer not null default 0,
  interruptions integer not null default 0,
  lease_owner text,
  lease_epoch integer not null default 0,
  lease_until timestamptz,
  cancel_requested_at timestamptz,
  error_code text,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, thread_id, client_message_id)
);
create unique index run_active_in_thread on runs (tenant_id, thread_id)
  where state in ('running', 'cancelling', 'interrupted');
create index run_to_claim on runs (created_at) where state in ('queued', 'running', 'cancelling', 'interrupted');
create index run_waiting_in_thread on runs (tenant_id, thread_id, created_at, id) where state = 'queued';
create table tool_calls (
  tenant_id ${idColumn('tenant')} not null,
  run_id ${idColumn('run')} not null,
  call_id ${idColumn('call')} not null,
  agent text not null check (agent in (${words(AGENT_KINDS)})),
  tool text not null,
  args jsonb not null,
  outcome text check (outcome in ('ok', 'failed', 'interrupted')),
  result jsonb,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, run_id, call_id),
  foreign key (tenant_id, run_id) references runs on delete cascade
);
${rowSecurity('runs', {
  app: [
    'select',
    'insert',
    `update (state, step, lease_owner, lease_until, cancel_requested_at, error_code, started_at, ended_at)`,
  ],
  service: [
    `select (tenant_id, id, thread_id, user_id, as_of, state, step, interruptions, lease_epoch, lease_until, created_at, started_at)`,
    'update (state, interruptions, lease_owner, lease_epoch, lease_until)',
  ],
})}
${rowSecurity('tool_calls', { app: ['select', 'insert', 'update (outcome, result, ended_at)'] })}
`,
  },
  {
    name: 'agent-registry/0002-plans',
    sql: `
alter table runs add column plan text not null default 'free' check (plan in (${words(PLANS)}));
grant select (plan) on runs to specs_service;
drop index run_waiting_in_thread;
create index run_open on runs (tenant_id, created_at, id)
  where state in ('queued', 'running', 'cancelling', 'interrupted');
`,
  },
  {
    name: 'agent-registry/0003-published-reports',
    sql: `
create table published_reports (
  tenant_id ${idColumn('tenant')} not null,
  effect text not null,
  run_id ${idColumn('run')} not null,
  user_id ${idColumn('user')} not null,
  report jsonb not null,
  published_at timestamptz not null,
  primary key (tenant_id, effect)
);
${rowSecurity('published_reports', { app: ['select', 'insert'] })}
`,
  },
  {
    // Publishing is an act of its own, on a report that is there: one publication a run. What hangs on a thread goes with it.
    name: 'agent-registry/0004-publications',
    sql: `
alter table runs add column report jsonb, add check (char_length(question) <= ${MAX_QUESTION});
grant update (report), delete on runs to specs_app;
create index run_of_thread on runs (tenant_id, thread_id);
delete from published_reports;
alter table published_reports drop column effect, add primary key (tenant_id, run_id),
  add foreign key (tenant_id, run_id) references runs on delete cascade;
grant delete on published_reports to specs_app;
`,
  },
  {
    // A new plan holds for questions that wait already.
    name: 'agent-registry/0005-plan-at-claim',
    sql: `grant update (plan) on runs to specs_service;`,
  },
];
