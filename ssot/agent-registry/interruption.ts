/** Why a run's work is cut off. */
export type Why = 'stop_asked' | 'handed_over' | 'lease_lost' | 'run_timeout';

export class Interrupted extends Error {
  constructor(readonly why: Why) {
    super(`the run was cut off: ${why}`);
  }
}
