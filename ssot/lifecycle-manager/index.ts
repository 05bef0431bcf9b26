export * from './contract';
export { createLifecycle } from './lifecycle';
export { ownProcess, EXIT_STATUS } from './process-owner';
export { planOf, type Plan } from './plan';
export { phaseNext } from './phases';
export { readinessNext, type Readiness } from './readiness';
export { LIFECYCLE_DEFAULTS } from './settings';
export { LifecycleError, LIFECYCLE_CODES, type LifecycleCode } from './errors';
