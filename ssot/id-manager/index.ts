/** Ids: unique, ascending, saying their kind and nothing else; strictly validated; and the migration from plain UUIDs. */
export { ID_KINDS, type IdKind } from './kinds';
export { IdError, type Read } from './errors';
export { createIdSource, type IdSource } from './generation/id-source';
export { readId } from './validation/read';
export { describeId, type IdFacts } from './validation/describe';
export { idSchema } from './validation/schema';
export { idColumn } from './validation/column';
export { keyPart, composeKey, splitKey } from './keys';
export { idCustomerData } from './migration/customer-data';
export { migrateUuid } from './migration/migrate-uuid';
export { openMigration, type Migration } from './migration/migration';
export type { LegacyRecord, Refusal } from './migration/ledger';
export { postgresLedger, type LedgerDb } from './migration/postgres-ledger';
export { idSchemaChanges } from './schema-changes';
