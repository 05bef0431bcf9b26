import { PlatformError } from '../../../ssot/kernel';
import { TITLE, ServiceError, type Service, type Started, type Starting } from '../contract';
import { clickhouseVersion } from '../embedded/clickhouse';
import { versionOf } from '../embedded/postgres';
import { redisVersion, withRedis } from '../embedded/redis';
import { createLogins, dropLogins, withClient } from '../logins';
import { addressIn, refusal } from './address';

const APP = 'SPEC_POSTGRES_URL';
const OWNER = 'SPEC_POSTGRES_OWNER_URL';
const SERVICE = 'SPEC_POSTGRES_SERVICE_URL';

/** The owner's address is enough: the two other logins are made for this run and dropped after it. */
export async function findPostgres({ variables }: Starting): Promise<Started> {
  const owner = addressIn(variables, OWNER, 'postgres');
  const version = await tried('postgres', OWNER, owner, () => withClient(owner, versionOf));
  if (variables[APP] === undefined && variables[SERVICE] === undefined) {
    const env = await tried('postgres', OWNER, owner, () => createLogins(owner));
    return { env, version, stop: () => dropLogins(env) };
  }
  const app = addressIn(variables, APP, 'postgres');
  const service = addressIn(variables, SERVICE, 'postgres');
  await Promise.all([
    tried('postgres', APP, app, () => assertBound(app)),
    tried('postgres', SERVICE, service, () => withClient(service, versionOf)),
  ]);
  return { env: { [APP]: app, [OWNER]: owner, [SERVICE]: service }, version, stop: nothingToStop };
}

export async function findRedis({ variables }: Starting): Promise<Started> {
  const url = addressIn(variables, 'SPEC_REDIS_URL', 'redis');
  const version = await tried('redis', 'SPEC_REDIS_URL', url, () =>
    withRedis(url, async (client) => redisVersion(await client.info('server'))),
  );
  return { env: { SPEC_REDIS_URL: url }, version, stop: nothingToStop };
}

export async function findClickHouse({ variables }: Starting): Promise<Started> {
  const url = addressIn(variables, 'SPEC_CLICKHOUSE_URL', 'clickhouse');
  const version = await tried('clickhouse', 'SPEC_CLICKHOUSE_URL', url, () => clickhouseVersion(url));
  return { env: { SPEC_CLICKHOUSE_URL: url }, version, stop: nothingToStop };
}

/** Isolation between companies hangs on row-level security, so a login that passes it by proves nothing. */
async function assertBound(app: string): Promise<void> {
  const rows = await withClient(app, (client) =>
    client.query<{ login: string; unbound: boolean }>(
      'select rolname as login, rolsuper or rolbypassrls as unbound from pg_roles where rolname = current_user',
    ),
  );
  const [row] = rows.rows;
  if (row?.unbound !== true) return;
  throw new ServiceError(
    TITLE.postgres,
    `${APP} logs in as "${row.login}", which bypasses row-level security`,
    `Give it a login with NOSUPERUSER NOBYPASSRLS, or leave out ${APP} and ${SERVICE} and let the suite make both.`,
  );
}

async function tried<T>(service: Service, name: string, url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof PlatformError ? error : await refusal(service, name, url, error);
  }
}

const nothingToStop = async (): Promise<void> => {};
