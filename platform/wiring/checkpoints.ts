import type { Checkpoints } from '../../ssot/agent-registry';
import type { StatePersistence } from '../../ssot/state-persistence';

/** Shape number of a run's work; raise it when a release can no longer read the older one. */
const SHAPE = 1;

/** A run saves once a step, so that the number of a step is the version of its save. */
export function checkpointsIn(persistence: StatePersistence): Checkpoints {
  return {
    async save(ctx, { step, ...point }, tx) {
      await persistence.save(
        ctx,
        {
          ...point,
          step,
          expectedVersion: step - 1,
          phase: point.agent,
          shape: SHAPE,
          saveId: `${point.runId}-${step}`,
        },
        tx,
      );
    },
    load: (ctx, runId) => persistence.load(ctx, runId),
  };
}
