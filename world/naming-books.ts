import { openDatabase, type Database } from '../ssot/database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../ssot/kernel';
import { addressOf } from './settings';

/** The database that holds the books, over a line of one's own. The schema is there already. */
export function openBooks(url = addressOf('SPEC_POSTGRES_URL')): Promise<Database> {
  const logins = { ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'), serviceUrl: addressOf('SPEC_POSTGRES_SERVICE_URL') };
  const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
  return openDatabase({ url, ...logins, changes: [] }, ports);
}
