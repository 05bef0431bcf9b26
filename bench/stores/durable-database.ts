import { schemaChanges } from '../../platform/database/schema';
import { openDatabase, type Database } from '../../ssot/database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, type SchemaChange } from '../../ssot/kernel';
import { withClient } from '../../support/services/logins';
import { startServices } from '../../support/services/start-services';

export interface DurableDatabase extends AsyncDisposable {
  readonly db: Database;
  /** The address of the app login, and of the owner of the schema. */
  readonly url: string;
  readonly ownerUrl: string;
}

/** PostgreSQL, which waits for the disk with each commit, with the platform's schema and these changes behind it. */
export async function openDurableDatabase(
  say: (progress: string) => void,
  changes: readonly SchemaChange[] = [],
): Promise<DurableDatabase> {
  const env = { ...process.env, SPEC_POSTGRES_FSYNC: 'on' };
  const services = await startServices(new Set(['postgres']), { env, onProgress: say });
  const address = (name: string): string => services.env[name] as string;
  const [url, ownerUrl] = [address('SPEC_POSTGRES_URL'), address('SPEC_POSTGRES_OWNER_URL')];
  const all = [...schemaChanges, ...changes];
  const db = await openDatabase(
    { url, ownerUrl, serviceUrl: address('SPEC_POSTGRES_SERVICE_URL'), changes: all },
    { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics },
  );
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ fsync: string }>('show fsync');
    if (rows[0]?.fsync !== 'on') throw new Error('this PostgreSQL does not wait for the disk: fsync is off');
  });
  return {
    ...{ db, url, ownerUrl },
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]();
      await services.stop();
    },
  };
}
