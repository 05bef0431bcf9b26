import type { Base } from '../../ssot/configuration-manager';
import { openDatabase, type Database, type DatabaseHealth, type HealthCause } from '../../ssot/database-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { judgeClock } from '../clock/store-clock';
import { schemaChanges } from '../database/schema';
import type { Common } from './common';
import { outcome } from './health';
import { made, type Parts } from './made';

const CLOCK_READINGS = 5;

/** What operators can do about it. */
const CAUSES: Partial<Record<HealthCause, string>> = {
  no_answer: 'PostgreSQL does not answer.',
  refused: 'PostgreSQL takes no connection.',
  read_only:
    'PostgreSQL takes no writes. Promote the replica, or let POSTGRES_URL lead to the primary; connections are opened again by themselves.',
  full: "PostgreSQL's disk has no room left, and nothing can be stored. Give it more; nothing has to be restarted.",
};

/** The truth, and the time that all instances agree on. */
export function postgresParts({ settings }: Base, common: Common): Parts<'database'> {
  let database: Database | undefined;
  const health = async (): Promise<DatabaseHealth> => {
    const told = await made(database).health();
    if (told.serverTime !== undefined) common.clock.learn(told.serverTime);
    return told;
  };
  const postgres: Part = {
    name: 'postgres',
    start: async () => {
      const { postgresUrl, postgresOwnerUrl, postgresServiceUrl } = settings.stores;
      database = await openDatabase(
        {
          url: postgresUrl.reveal(),
          ownerUrl: postgresOwnerUrl.reveal(),
          serviceUrl: postgresServiceUrl.reveal(),
          changes: schemaChanges,
        },
        common,
      );
      // The quickest of a few answers says most exactly what time it is there.
      for (let reading = 0; reading < CLOCK_READINGS; reading++) await health();
    },
    check: async () => {
      const { state, cause } = await health();
      return outcome({ state, cause: (cause && CAUSES[cause]) ?? state });
    },
    stop: async () => made(database)[Symbol.asyncDispose](),
  };
  const check: Part['check'] = () => Promise.resolve(judgeClock(common.clock, common.metrics));
  const clock: Part = { name: 'clock', needs: ['postgres'], optional: true, check };
  return { parts: [postgres, clock], database: () => made(database) };
}
