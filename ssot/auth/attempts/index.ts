/** Failed attempts at every entrance, limited by account and by address. */
export { createAttemptLimiter, spelling, type AttemptLimiter } from './attempt-limiter';
export { networkOf } from './network';
