/** Runs that an instance works on at one moment. Limits by plan stand in configuration-manager's table. */
export const MAX_RUNNING_HERE = 60;
/** The last of these places, of which each company gets one at most: the largest plan alone leaves them to others. */
export const PLACES_FOR_FIRST_RUNS = 10;
export const MAX_QUEUE_WAIT_MS = 600_000;
/** Unicode code points. */
export const MAX_QUESTION = 8_000;
