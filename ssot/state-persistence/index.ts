export * from './contract';
export { openStatePersistence } from './state-persistence';
export { persistenceSchemaChanges } from './schema-changes';
export { PersistenceError, PERSISTENCE_CODES, type PersistenceCode } from './errors';
export * from './customer-data/contract';
export { openCustomerDataRequests } from './customer-data/requests';
export { storedStateCustomerData } from './customer-data/own-data';
