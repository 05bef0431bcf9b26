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

export const RUN_CAUSES = ['taken', 'finished', 'failed', 'stop_asked', 'stopped', 'handed_over'] as const;
export type RunCause = (typeof RUN_CAUSES)[number];
export interface TransitionRefused {
  readonly refused: true;
  readonly state: RunState;
  readonly cause: RunCause;
}

const NEXT: Readonly<Record<RunState, Readonly<Partial<Record<RunCause, RunState>>>>> = {
  queued: { taken: 'running', failed: 'failed', stop_asked: 'cancelled' },
  running: {
    finished: 'completed',
    failed: 'failed',
    stop_asked: 'cancelling',
    handed_over: 'interrupted',
  },
  cancelling: { stopped: 'cancelled' },
  interrupted: { taken: 'running', failed: 'failed', stop_asked: 'cancelled' },
  completed: {},
  failed: {},
  cancelled: {},
};

/** Pure: the state after `cause`, or that the list of states does not have this arrow. */
export function runNext(state: RunState, cause: RunCause): RunState | TransitionRefused {
  return NEXT[state][cause] ?? { refused: true, state, cause };
}

export function hasEnded(state: RunState): boolean {
  return Object.keys(NEXT[state]).length === 0;
}
