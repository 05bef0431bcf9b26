/** Failed attempts at every entrance, limited by account and by address. */
export { createAttemptLimiter, spelling, type Attempt, type AttemptLimiter } from './attempt-limiter';
export { networkOf } from './network';
