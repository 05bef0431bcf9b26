import pg from 'pg';
import { passwordText, idText } from './random-text';

/** Addresses of PostgreSQL for the three parts that the platform plays. */
export interface PostgresEnv {
  readonly SPEC_POSTGRES_URL: string;
  readonly SPEC_POSTGRES_OWNER_URL: string;
  readonly SPEC_POSTGRES_SERVICE_URL: string;
  readonly [name: string]: string;
}

/**
 * Makes the two logins that row-level security binds, on any server on which the owner may create roles: one acts for
 * a company (`specs_app`), one for the platform itself (`specs_service`). Names and passwords are this run's own; on a
 * server that outlives the run, logins that a killed run left there expire after a day and go with the next run.
 */
export async function createLogins(ownerUrl: string): Promise<PostgresEnv> {
  const app = { role: 'specs_app', login: `specs_run_${idText()}`, password: passwordText() };
  const service = { role: 'specs_service', login: `specs_run_${idText()}`, password: passwordText() };
  await withClient(ownerUrl, async (client) => {
    await removeExpired(client);
    for (const { role, login, password } of [app, service]) {
      await client.query(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
        exception when duplicate_object or unique_violation then null; end $$`);
      const until = new Date(Date.now() + 86_400_000).toISOString();
      await client.query(
        `create role ${login} login nosuperuser nobypassrls password '${password}' valid until '${until}' in role ${role}`,
      );
    }
  });
  return {
    SPEC_POSTGRES_URL: withLogin(ownerUrl, app),
    SPEC_POSTGRES_OWNER_URL: ownerUrl,
    SPEC_POSTGRES_SERVICE_URL: withLogin(ownerUrl, service),
  };
}

/** Takes back what `createLogins` gave; the logins own nothing, because only the owner makes anything. */
export async function dropLogins(env: PostgresEnv): Promise<void> {
  await withClient(env.SPEC_POSTGRES_OWNER_URL, async (client) => {
    for (const url of [env.SPEC_POSTGRES_URL, env.SPEC_POSTGRES_SERVICE_URL]) {
      await drop(client, decodeURIComponent(new URL(url).username));
    }
  });
}

/** The database `specs` and its owner, who may create roles and nothing else; returns the owner's address. */
export async function createDatabase(superuserUrl: string): Promise<string> {
  const owner = { login: 'specs_owner', password: passwordText() };
  await withClient(superuserUrl, async (client) => {
    await client.query(`create role ${owner.login} login createrole password '${owner.password}'`);
    await client.query(`create database specs owner ${owner.login}`);
  });
  const url = new URL(withLogin(superuserUrl, owner));
  url.pathname = '/specs';
  return url.href;
}

export async function withClient<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  // Without a listener a lost connection would end the process; the query that is waiting for it rejects anyway.
  client.on('error', () => {});
  try {
    await client.connect();
    return await body(client);
  } finally {
    await client.end();
  }
}

async function removeExpired(client: pg.Client): Promise<void> {
  const expired = await client.query<{ rolname: string }>(
    `select rolname from pg_roles where rolname like 'specs\\_run\\_%' and rolvaliduntil < now()`,
  );
  for (const { rolname } of expired.rows) await drop(client, rolname);
}

async function drop(client: pg.Client, login: string): Promise<void> {
  await client.query(`drop role ${client.escapeIdentifier(login)}`);
}

function withLogin(url: string, { login, password }: { login: string; password: string }): string {
  const changed = new URL(url);
  changed.username = login;
  changed.password = password;
  return changed.href;
}
