export * from './contract';
export { openDatabase } from './database';
export { rowSecurity } from './schema/row-security';
export { DatabaseError, DATABASE_CODES, type DatabaseCode, type ConstraintKind } from './errors';
