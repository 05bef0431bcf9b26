export const RUN_STATES = [
  'queued',
  'running',
  'cancelling',
  'interrupted',
  'completed',
  'failed',
  'cancelled',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export const RUN_CAUSES = ['claimed', 'finished', 'failed', 'cancel_requested', 'cancelled', 'released'] as const;
export type RunCause = (typeof RUN_CAUSES)[number];
export interface TransitionRefused {
  readonly refused: true;
  readonly state: RunState;
  readonly cause: RunCause;
}

const NEXT: Readonly<Record<RunState, Readonly<Partial<Record<RunCause, RunState>>>>> = {
  queued: { claimed: 'running', failed: 'failed', cancel_requested: 'cancelled' },
  running: {
    finished: 'completed',
    failed: 'failed',
    cancel_requested: 'cancelling',
    released: 'interrupted',
  },
  cancelling: { cancelled: 'cancelled' },
  interrupted: { claimed: 'running', failed: 'failed', cancel_requested: 'cancelled' },
  completed: {},
  failed: {},
  cancelled: {},
};

/** Pure: the state after `cause`, or that the list of states does not have this arrow. */
export function nextRunState(state: RunState, cause: RunCause): RunState | TransitionRefused {
  return NEXT[state][cause] ?? { refused: true, state, cause };
}

export function hasEnded(state: RunState): boolean {
  return Object.keys(NEXT[state]).length === 0;
}
