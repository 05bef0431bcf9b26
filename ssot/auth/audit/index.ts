export { AuditTrail, type AuditEntry, type AuditQuery } from './audit-trail';
export { TrailUpkeep } from './trail-upkeep';
export { FAULTS as AUDIT_FAULTS, type ChainVerdict } from './chain';
export { PLATFORM_CHAIN, type AuditEvent } from './entry';
