export * from './contract';
export { DatabaseError, DATABASE_CODES, type DatabaseCode, type ConstraintKind } from './errors';
