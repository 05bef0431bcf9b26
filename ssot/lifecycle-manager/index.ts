export * from './contract';
export { createLifecycle } from './lifecycle';
export { ownProcess, EXIT_STATUS } from './stopping/process-owner';
export { planOf, type Plan } from './starting/plan';
export { phaseNext } from './phases/phases';
export { readinessNext, type Readiness } from './health/readiness';
export { LIFECYCLE_DEFAULTS } from './settings';
export { LifecycleError, LIFECYCLE_CODES, type LifecycleCode } from './errors';
