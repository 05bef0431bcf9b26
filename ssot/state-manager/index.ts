export * from './contract';
export { openStateManager } from './state-manager';
export { defineState } from './kinds';
export { StateError } from './errors';
export type { StateLimits } from './limits';
