import { after, beforeEach } from 'node:test';
import type { Database } from '../../ssot/database-manager';
import type { SchemaChange } from '../../ssot/kernel';
import { OwnSchema } from './own-schema';

const opened = new AsyncDisposableStack();
after(() => opened.disposeAsync());

/**
 * A database of the suite that calls this, empty when each of its tests begins: work that looks through all companies meets what that
 * test has put there and nothing else, however often it is run.
 */
export function ownDatabase(changes: readonly SchemaChange[]): { readonly db: Database } {
  let schema: OwnSchema | undefined;
  let db: Database;
  beforeEach(async () => {
    if (schema !== undefined) return schema.empty();
    const own = opened.use(await OwnSchema.create());
    db = await own.open({ changes });
    schema = own;
  });
  return {
    get db() {
      return db;
    },
  };
}
