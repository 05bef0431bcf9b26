/** Settings that companies make for themselves: read from memory, changed in PostgreSQL, with a history. */
export * from './contract';
export type { NegotiatedPrice } from './negotiated-prices';
export type { SettingKey } from './declarations';
export { openConfiguration } from './configuration';
export { configurationSchemaChanges } from './schema-changes';
export { MAX_SETTING_NAME, MAX_SETTINGS_AT_ONCE } from './requests';
