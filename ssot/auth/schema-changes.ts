import { rowSecurity } from '../database-manager';
import { idColumn } from '../id-manager';
import { PLANS, type SchemaChange } from '../kernel';
import { ROLES } from './roles';
import { ENDINGS } from './sessions/session-endings';
import { NEW_PEOPLE } from './sso/connection-rows';

const oneOf = (column: string, words: readonly string[]): string =>
  `check (${column} in (${words.map((word) => `'${word}'`).join(', ')}))`;

// What has landed is never edited, so it names its own words.
const ROLES_AT_FIRST = ['member', 'administrator'];
const ENDINGS_AT_FIRST = ['signed_out', 'sign_in_limit', 'token_reused', 'suspended'];
const ENDINGS_WITH_PASSWORDS = [...ENDINGS_AT_FIRST, 'password_changed'];
/** Nobody who holds the service login shortens a trail below that, whatever they ask for. */
const SHORTEST_TRAIL_DAYS = 30;
const ENDINGS_WITH_PROVIDERS = [...ENDINGS_WITH_PASSWORDS, 'provider'];

/**
 * People and their sign-ins. Renewal tokens are kept as SHA-256 only, signing keys sealed. The app login, which serves
 * requests, sees neither secrets nor hashes and changes no role, plan or suspension; sign-in and operators' acts are the
 * service login's.
 */
export const authSchemaChanges: readonly SchemaChange[] = [
  {
    name: 'auth/0001-people-and-sessions',
    sql: `
create table tenant (
  tenant_id ${idColumn('tenant')} primary key,
  name text not null,
  plan text not null ${oneOf('plan', PLANS)},
  created_at timestamptz not null
);
create table account (
  tenant_id ${idColumn('tenant')} not null references tenant,
  user_id ${idColumn('user')} not null,
  name text not null,
  email text not null,
  password_hash text not null,
  role text not null ${oneOf('role', ROLES_AT_FIRST)},
  created_at timestamptz not null,
  primary key (tenant_id, user_id)
);
create unique index account_email on account (lower(email));
create table session (
  tenant_id ${idColumn('tenant')} not null,
  session_id ${idColumn('session')} not null,
  user_id ${idColumn('user')} not null,
  auth_time timestamptz not null,
  idle_until timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, session_id),
  foreign key (tenant_id, user_id) references account
);
create unique index session_by_id on session (session_id);
create table refresh_token (
  tenant_id ${idColumn('tenant')} not null,
  hash bytea not null,
  session_id ${idColumn('session')} not null,
  device_hash bytea not null,
  issued_at timestamptz not null,
  used_at timestamptz,
  primary key (hash),
  foreign key (tenant_id, session_id) references session
);
create table signing_key (
  kid ${idColumn('key', 'kid')} primary key,
  public_jwk jsonb not null,
  sealed_private bytea not null,
  created_at timestamptz not null
);
grant select, insert on signing_key to specs_service;
${rowSecurity('tenant', { app: ['select (tenant_id, name)'], service: ['select (tenant_id, plan)', 'insert'] })}
${rowSecurity('account', {
  app: ['select (tenant_id, user_id, name, role)'],
  service: ['select (tenant_id, user_id, email, password_hash, role)', 'insert'],
})}
${rowSecurity('session', {
  app: ['select (tenant_id, session_id, user_id, ended_at)', 'update (ended_at)'],
  service: ['select', 'insert', 'update (idle_until, ended_at)'],
})}
${rowSecurity('refresh_token', { app: [], service: ['select', 'insert', 'update (used_at)'] })}
`,
  },
  {
    name: 'auth/0002-suspended-companies',
    sql: `
alter table tenant add column suspended_at timestamptz;
grant select (suspended_at), update (suspended_at) on tenant to specs_service;
`,
  },
  {
    // What a person may pile up is bounded: ended sign-ins go, and their renewal tokens with them.
    name: 'auth/0003-bounded-sign-ins',
    sql: `
alter table session add column ended_by text ${oneOf('ended_by', ENDINGS_AT_FIRST)};
create index session_of_person on session (tenant_id, user_id);
create index refresh_token_of_session on refresh_token (tenant_id, session_id);
alter table refresh_token drop constraint refresh_token_tenant_id_session_id_fkey;
alter table refresh_token add foreign key (tenant_id, session_id) references session on delete cascade;
grant delete on session, refresh_token to specs_service;
grant update (ended_by) on session to specs_service;
grant select (ended_by), update (ended_by) on session to specs_app;
`,
  },
  {
    // Row security binds the owner of the table, too, so it is lifted for the turn in which companies get their owner.
    name: 'auth/0004-owners',
    sql: `
alter table account drop constraint account_role_check;
alter table account add constraint account_role_check ${oneOf('role', ROLES)};
alter table account no force row level security;
update account set role = 'owner' where user_id in (
  select distinct on (tenant_id) user_id from account
  order by tenant_id, role = 'administrator' desc, created_at, user_id);
alter table account force row level security;
alter table session drop constraint session_ended_by_check;
alter table session add constraint session_ended_by_check ${oneOf('ended_by', ENDINGS_WITH_PASSWORDS)};
grant select (name, created_at), update (role, password_hash), delete on account to specs_service;
grant update (plan) on tenant to specs_service;
`,
  },
  {
    // Nobody changes or removes an entry. The chain of the platform itself, "platform", belongs to no company.
    name: 'auth/0005-audit-trail',
    sql: `
create table audit_head (
  tenant_id text collate "C" primary key,
  first_seq bigint not null,
  first_prev_hash bytea not null,
  last_seq bigint not null,
  last_hash bytea not null
);
create table audit_entry (
  tenant_id text collate "C" not null,
  seq bigint not null,
  at timestamptz not null,
  entry text not null,
  prev_hash bytea not null,
  hash bytea not null,
  primary key (tenant_id, seq)
);
${rowSecurity('audit_head', {
  app: ['select'],
  service: ['select (tenant_id, last_seq, last_hash)', 'insert', 'update (last_seq, last_hash)'],
})}
${rowSecurity('audit_entry', { app: ['select'], service: ['insert'] })}
`,
  },
  {
    name: 'auth/0006-api-keys',
    sql: `
create table api_key (
  tenant_id ${idColumn('tenant')} not null,
  key_id ${idColumn('key')} not null,
  user_id ${idColumn('user')} not null,
  name text not null,
  secret_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  primary key (tenant_id, key_id),
  foreign key (tenant_id, user_id) references account
);
create unique index api_key_by_id on api_key (key_id);
${rowSecurity('api_key', {
  app: ['select (tenant_id, key_id, user_id, name, scopes, created_at, expires_at, last_used_at)'],
  service: ['select', 'insert', 'update (last_used_at)', 'delete'],
})}
`,
  },
  {
    name: 'auth/0007-second-factors',
    sql: `
alter table session add column methods text[] not null default '{pwd}';
alter table session add column proved_at timestamptz;
grant update (proved_at) on session to specs_service;
create table totp_factor (
  tenant_id ${idColumn('tenant')} not null,
  user_id ${idColumn('user')} not null,
  sealed_secret bytea not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  wrong integer not null default 0,
  wrong_since timestamptz,
  paused_until timestamptz,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references account
);
create table backup_code (
  tenant_id ${idColumn('tenant')} not null,
  user_id ${idColumn('user')} not null,
  hash bytea not null,
  primary key (tenant_id, user_id, hash),
  foreign key (tenant_id, user_id) references account
);
create table pending_login (
  tenant_id ${idColumn('tenant')} not null,
  hash bytea primary key,
  user_id ${idColumn('user')} not null,
  created_at timestamptz not null,
  until timestamptz not null,
  tries integer not null default 0,
  foreign key (tenant_id, user_id) references account
);
create index pending_login_of_person on pending_login (tenant_id, user_id);
${rowSecurity('totp_factor', {
  app: [],
  service: [
    'select',
    'insert',
    'update (sealed_secret, confirmed_at, last_step, wrong, wrong_since, paused_until)',
    'delete',
  ],
})}
${rowSecurity('backup_code', { app: [], service: ['select', 'insert', 'delete'] })}
${rowSecurity('pending_login', { app: [], service: ['select', 'insert', 'update (tries)', 'delete'] })}
`,
  },
  {
    name: 'auth/0008-time-zones',
    sql: `
alter table tenant add column time_zone text not null default 'UTC';
grant select (time_zone), update (time_zone) on tenant to specs_service;
`,
  },
  {
    // The key that a company was created with, and a hash of what was asked for then: the same request again is the same company.
    name: 'auth/0007-repeated-creation',
    sql: `
alter table tenant add column creation_key text, add column creation_content bytea,
  add check ((creation_key is null) = (creation_content is null));
create unique index tenant_creation on tenant (creation_key);
grant select (creation_key, creation_content) on tenant to specs_service;
`,
  },
  {
    // Providers that companies sign in with. Whom one vouches for is an identity: issuer and subject, never an e-mail.
    name: 'auth/0009-single-sign-on',
    sql: `
alter table account alter column password_hash drop not null;
alter table session drop constraint session_ended_by_check;
alter table session add constraint session_ended_by_check ${oneOf('ended_by', ENDINGS_WITH_PROVIDERS)};
alter table session add column subject text, add column provider_session text;
create table sso_connection (
  tenant_id ${idColumn('tenant')} primary key references tenant,
  issuer text not null,
  client_id text not null,
  sealed_secret bytea not null,
  new_people text not null ${oneOf('new_people', NEW_PEOPLE)},
  connected_at timestamptz not null,
  enforced_at timestamptz,
  emergency_user_id ${idColumn('user', 'emergency_user_id')},
  check ((enforced_at is null) = (emergency_user_id is null))
);
create index sso_connection_issuer on sso_connection (issuer, client_id);
create table domain_claim (
  tenant_id ${idColumn('tenant')} not null references tenant,
  domain text not null,
  token text not null,
  created_at timestamptz not null,
  proven_at timestamptz,
  primary key (tenant_id, domain)
);
create unique index domain_claim_proven on domain_claim (domain) where proven_at is not null;
create table identity (
  tenant_id ${idColumn('tenant')} not null,
  issuer text not null,
  subject text not null,
  user_id ${idColumn('user')} not null,
  created_at timestamptz not null,
  primary key (tenant_id, issuer, subject),
  unique (tenant_id, user_id, issuer),
  foreign key (tenant_id, user_id) references account
);
create table removed_person (
  tenant_id ${idColumn('tenant')} not null references tenant,
  hash bytea not null,
  removed_at timestamptz not null,
  primary key (tenant_id, hash)
);
create table provider_sign_in (
  tenant_id ${idColumn('tenant')} not null references tenant,
  state_hash bytea not null,
  until timestamptz not null,
  hand_over_hash bytea unique,
  hand_over_until timestamptz,
  browser_hash bytea,
  user_id ${idColumn('user')},
  proved_at timestamptz,
  subject text,
  provider_session text,
  primary key (tenant_id, state_hash)
);
${rowSecurity('sso_connection', {
  app: [],
  service: [
    'select',
    'insert',
    'update (issuer, client_id, sealed_secret, new_people, connected_at, enforced_at, emergency_user_id)',
    'delete',
  ],
})}
${rowSecurity('domain_claim', { app: [], service: ['select', 'insert', 'update (proven_at)', 'delete'] })}
${rowSecurity('identity', { app: [], service: ['select', 'insert', 'delete'] })}
${rowSecurity('removed_person', { app: [], service: ['select', 'insert'] })}
${rowSecurity('provider_sign_in', {
  app: [],
  service: [
    'select',
    'insert',
    'update (hand_over_hash, hand_over_until, browser_hash, user_id, proved_at, subject, provider_session)',
    'delete',
  ],
})}
grant update (ends_at) on session to specs_service;
`,
  },
  {
    // Of a person who was erased the keyed hashes stay, so that their provider does not bring them back; with the company they go.
    name: 'auth/0010-erasure',
    sql: `grant delete on tenant, removed_person to specs_service;`,
  },
  {
    // A password must be more than what a company is called.
    name: 'auth/0011-own-words',
    sql: `grant select (name) on tenant to specs_service;`,
  },
  {
    // What a person reads in the list of their devices: never what a browser sends, which could tell people apart.
    name: 'auth/0012-devices',
    sql: `
alter table session add column device_name text;
alter table session drop constraint session_ended_by_check;
alter table session add constraint session_ended_by_check ${oneOf('ended_by', ENDINGS)};
`,
  },
  {
    // Whom an entry is shown to besides auditors. Not part of the chain: it only finds what stands there. The text before filled
    // it in for all entries at once, while nobody could decide anything.
    name: 'auth/0013-entries-of-accounts',
    formerly: ['414e1683a1dcee8d6a6e49ee8ae008f26b2b07bb55f00199cc3b07f54957a1da'],
    sql: `
alter table audit_entry add column account_id ${idColumn('user', 'account_id')};
create index audit_entry_of_account on audit_entry (tenant_id, account_id, seq) where account_id is not null;
`,
  },
  {
    // Entries that no release has looked at are looked at in small lots (those of before, and of an earlier release that still
    // runs), and entries older than a plan keeps go from the beginning of their chain, which moves up. Row security binds the
    // owner of the tables as well: these two functions lift it for themselves, and nobody else can.
    name: 'auth/0014-upkeep-of-trails',
    sql: `
alter table audit_head add column accounts_seq bigint not null default 0;
create policy upkeep on audit_head to current_user using (current_setting('app.audit_upkeep', true) = 'on');
create policy upkeep on audit_entry to current_user using (current_setting('app.audit_upkeep', true) = 'on');
create function find_audit_accounts(chain text, most integer) returns integer language plpgsql security definer
    set search_path from current as $$
declare
  person constant text := '^user_[0-7][0-9a-hjkmnp-tv-z]{25}$';
  head audit_head;
  upto bigint;
begin
  perform set_config('app.audit_upkeep', 'on', true);
  select * into head from audit_head where tenant_id = chain;
  upto := least(head.accounts_seq + most, head.last_seq);
  update audit_entry set account_id = coalesce(
      substring(entry::jsonb ->> 'subject' from person),
      case when entry::jsonb -> 'by' ->> 'kind' = 'person' then substring(entry::jsonb -> 'by' ->> 'id' from person) end)
    where tenant_id = chain and seq > head.accounts_seq and seq <= upto and account_id is null and entry is json;
  update audit_head set accounts_seq = upto where tenant_id = chain and accounts_seq < upto;
  return coalesce(upto - head.accounts_seq, 0);
end $$;
create function age_audit_trail(chain text, since timestamptz, most integer) returns integer language plpgsql security definer
    set search_path from current as $$
declare
  head audit_head;
  first_kept bigint;
  removed integer;
begin
  perform set_config('app.audit_upkeep', 'on', true);
  select * into head from audit_head where tenant_id = chain for update;
  select coalesce(min(seq), least(head.first_seq + most, head.last_seq + 1)) into first_kept from audit_entry
    where tenant_id = chain and seq >= head.first_seq and seq < head.first_seq + most
      and at >= least(since, now() - interval '${SHORTEST_TRAIL_DAYS} days');
  if first_kept is null or first_kept <= head.first_seq then return 0; end if;
  update audit_head set first_seq = first_kept,
      first_prev_hash = (select hash from audit_entry where tenant_id = chain and seq = first_kept - 1)
    where tenant_id = chain;
  delete from audit_entry where tenant_id = chain and seq < first_kept;
  get diagnostics removed = row_count;
  if removed <> first_kept - head.first_seq then
    raise exception 'entries are missing at the beginning of the trail' using errcode = 'data_corrupted';
  end if;
  return removed;
end $$;
grant execute on function find_audit_accounts(text, integer), age_audit_trail(text, timestamptz, integer) to specs_service;
grant select (first_seq, accounts_seq) on audit_head to specs_service;
grant select (tenant_id, seq, at) on audit_entry to specs_service;
`,
  },
  {
    // After a change to a smaller plan everything is kept by the rules of the larger one until then.
    name: 'auth/0015-kept-plan',
    sql: `
alter table tenant add column kept_plan text ${oneOf('kept_plan', PLANS)}, add column kept_until timestamptz;
grant select (kept_plan, kept_until), update (kept_plan, kept_until) on tenant to specs_service;
`,
  },
  {
    // Of somebody whom the law holds when they are removed: what would go with them, and opens nothing.
    name: 'auth/0016-kept-people',
    sql: `
create table kept_person (
  tenant_id ${idColumn('tenant')} not null, user_id ${idColumn('user')} not null,
  number integer not null, place text not null, record jsonb not null,
  primary key (tenant_id, user_id, number)
);
${rowSecurity('kept_person', { app: [], service: ['select', 'insert', 'delete'] })}
`,
  },
];
