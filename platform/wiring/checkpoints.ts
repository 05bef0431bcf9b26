import type { Checkpoints } from '../../ssot/agent-registry';
import type { StatePersistence } from '../../ssot/state-persistence';

/** Shape number of a run's work; raise it when a release can no longer read the older one. */
const SHAPE = 2;

/** A run's work in state-persistence. Saved with an older or newer shape, it cannot be read here. */
export function checkpointsIn(persistence: StatePersistence, shape = SHAPE): Checkpoints {
  return {
    async save(ctx, { version, ...point }, tx) {
      const saveId = `${point.runId}-${version}`;
      await persistence.save(ctx, { ...point, expectedVersion: version - 1, phase: point.agent, shape, saveId }, tx);
    },
    close: (ctx, runId, ending, tx) => persistence.close(ctx, runId, ending, tx),
    async load(ctx, runId) {
      const { version, state, shape: saved } = await persistence.load(ctx, runId);
      return { version, state: saved === shape ? state : undefined };
    },
  };
}
