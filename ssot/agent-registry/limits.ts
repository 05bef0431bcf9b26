/** Runs that an instance works on at one moment. Limits by plan stand in configuration-manager's table. */
export const MAX_RUNNING_HERE = 50;
export const MAX_QUEUE_WAIT_MS = 600_000;
/** Unicode code points. */
export const MAX_QUESTION = 8_000;
