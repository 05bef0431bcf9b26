export { AuditTrail, type AuditEntry, type AuditQuery } from './audit-trail';
export { FAULTS, type ChainVerdict } from './chain';
export { AUDIT_ACTIONS, PLATFORM_CHAIN, type AuditActor, type AuditEvent } from './entry';
