import type { Phase } from '../contract';
import { LifecycleError } from '../errors';

const NEXT: Readonly<Record<Phase, readonly Phase[]>> = {
  created: ['starting', 'stopped'],
  starting: ['running', 'stopping'],
  running: ['draining'],
  draining: ['stopping'],
  stopping: ['stopped', 'failed'],
  stopped: [],
  failed: [],
};

/** Pure; throws `phase_refused` for a change that is not in the list. */
export function phaseNext(from: Phase, to: Phase): Phase {
  if (!NEXT[from].includes(to))
    throw new LifecycleError('phase_refused', `An instance that is ${from} cannot become ${to}.`);
  return to;
}
