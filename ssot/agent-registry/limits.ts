import type { Plan } from '../kernel';

/** Runs that may be worked on at one moment; a thread has one at a time. */
export const MOST_RUNNING = { person: 3, instance: 50 } as const;
/** Of one company, over all instances. */
export const MOST_RUNNING_OF_PLAN: Readonly<Record<Plan, number>> = { free: 2, early: 5, mid: 10, enterprise: 50 };
/** Questions of one person. */
export const MOST_WAITING = 20;
export const LONGEST_WAIT_MS = 600_000;
/** Unicode code points. */
export const MAX_QUESTION = 8_000;
