/** A tenth of everything, to see that it runs. */
export const isQuick = process.env['BENCH_QUICK'] === '1';

const part = isQuick ? 0.1 : 1;
export const DEVICES_OF_A_PERSON = 10;
export const SIZE = {
  /** Idle connections to each contestant. */
  idle: 5_000 * part,
  /** Through a heartbeat of ours, which comes every 25 s. */
  heldMs: isQuick ? 1_000 : 30_000,
  /** Rooms with ten devices each: 1,000 devices. */
  rooms: 100 * part,
  rounds: isQuick ? 3 : 5,
  /** Events told at a steady pace, and for how long. */
  steady: 2_000 * part,
  steadyMs: 10_000 * part,
  missed: 1_000,
  resumes: isQuick ? 1 : 5,
} as const;
