import { openDatabase, type Database } from '../../ssot/database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { schemaChanges } from '../../platform/database/schema';
import { addressOf } from '../settings';

/** PostgreSQL as an instance opens it; `url` leads to it for whatever is asked in a company's name, through a fault proxy for instance. */
export function databaseAt(url: string, changes = schemaChanges): Promise<Database> {
  return openDatabase(
    {
      url,
      ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
      serviceUrl: addressOf('SPEC_POSTGRES_SERVICE_URL'),
      changes,
    },
    { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics },
  );
}
