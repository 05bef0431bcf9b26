export * from './contract';
export { openStateManager } from './state-manager';
export { defineState } from './kinds';
export { StateError } from './errors';
export { connectRedis, type RedisConnection } from './redis/connection';
export type { StateLimits } from './limits';
