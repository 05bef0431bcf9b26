export * from './contract';
export { openStateManager } from './state-manager';
export { defineState } from './kinds';
export { StateError, STATE_CODES, type StateCode } from './errors';
export { DEFAULT_LIMITS, type StateLimits } from './limits';
