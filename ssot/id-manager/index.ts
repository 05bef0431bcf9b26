/** Names: unique, ascending, saying what they name and nothing else; strictly read; and the way here from plain UUIDs. */
export type { Id } from '../kernel';
export { ID_KINDS, type IdKind } from './kinds';
export { IdError, ID_CODES, type Read } from './errors';
export { createIdSource, type IdSource, type Lineage } from './id-source';
export { readId } from './read';
export { describeId, uuidOf, type IdFacts } from './describe';
export { idSchema } from './schema';
export { idColumn } from './column';
export { keyPart, composeKey, splitKey } from './keys';
export { migrateUuid } from './migrate-uuid';
export { openMigration, type BatchOutcome, type Migration } from './migration';
export type * from './migration-ledger';
export { postgresLedger, type LedgerDb } from './ledger-postgres';
export { idSchemaChanges } from './schema-changes';
