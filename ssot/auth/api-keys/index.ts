export { ApiKeys, type ApiKey, type NewApiKey } from './api-keys';
export { LiveKeys } from './live-keys';
export { SCOPES as API_KEY_SCOPES } from './scopes';
