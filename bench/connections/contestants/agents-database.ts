import { schemaChanges } from '../../../platform/database/schema';
import type { loadBase } from '../../../ssot/configuration-manager';
import { openDatabase, type Database } from '../../../ssot/database-manager';
import { noMetrics, systemClock, systemRandom, type Logger } from '../../../ssot/kernel';

/** Where agents write: transactions of theirs in the database of an instance. */
export function agentsDatabase({ settings }: Awaited<ReturnType<typeof loadBase>>, log: Logger): Promise<Database> {
  const { postgresUrl, postgresOwnerUrl, postgresServiceUrl } = settings.stores;
  return openDatabase(
    {
      url: postgresUrl.reveal(),
      ownerUrl: postgresOwnerUrl.reveal(),
      serviceUrl: postgresServiceUrl.reveal(),
      changes: schemaChanges,
    },
    { clock: systemClock, random: systemRandom, log, metrics: noMetrics },
  );
}
