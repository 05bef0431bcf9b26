/** Who is calling, for which company, with which rights, and for how long that answer stays true. */
export * from './contract';
export { METHODS as SIGN_IN_METHODS } from './tokens/access-tokens';
export { assertMay } from './assert-may';
export { AuthError, SecondFactorDue, AUTH_CODES, type AuthCode } from './errors';
export { createAttemptLimiter, networkOf, type AttemptLimiter } from './attempts';
export { API_KEY_SCOPES, type ApiKey } from './api-keys';
export type { NewCodes } from './factors';
export { AUDIT_FAULTS, type AuditEntry } from './audit';
export type { DataDecision } from './data-decisions';
export { openAuth } from './auth';
export { authSchemaChanges } from './schema-changes';
export {
  NEW_PEOPLE,
  openDnsResolver,
  type DnsResolver,
  type DomainClaim,
  type Ended,
  type EndedByProvider,
  type OidcConnection,
  type SsoSettings,
} from './sso';
export { ROLES, permissionsOf, type Role } from './roles';
