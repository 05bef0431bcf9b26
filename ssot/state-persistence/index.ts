export * from './contract';
export { openStatePersistence } from './state-persistence';
export { persistenceSchemaChanges } from './schema-changes';
export { PersistenceError, PERSISTENCE_CODES, type PersistenceCode } from './errors';
