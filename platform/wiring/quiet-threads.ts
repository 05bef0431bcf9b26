import type { Analytics } from '../../ssot/analytics';
import type { Auth } from '../../ssot/auth';
import { plans, type Configuration } from '../../ssot/configuration-manager';
import type { Clock, Logger, Metrics, TenantContext, ThreadDependents, Transactions } from '../../ssot/kernel';
import type { StateManager } from '../../ssot/state-manager';
import {
  startArchiveCompleteness,
  startPurge,
  startRunArchiving,
  startRunRetention,
  type ArchiveHealth,
  type ThreadSegments,
} from '../../ssot/state-persistence';
import { startThreadArchiving, startThreadRetention } from '../../ssot/websocket-manager';
import { clearStateOf } from './clear-state';

export interface QuietThreads extends AsyncDisposable {
  archiveHealth(): ArchiveHealth;
}

/** What becomes of runs that have ended, and of threads in which nothing happens any more: moved to the history, and removed when the company keeps them no longer. */
export function startQuietThreads(deps: {
  readonly db: Transactions;
  readonly auth: Auth;
  readonly state: StateManager;
  readonly analytics: Analytics;
  readonly configuration: Configuration;
  readonly archive: ThreadSegments;
  readonly dependents: readonly ThreadDependents[];
  readonly clock: Clock;
  readonly time: 'server' | Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): QuietThreads {
  const { auth, state, analytics, configuration, archive, dependents, ...common } = deps;
  const { logger } = common;
  const shared = {
    ...common,
    plansOf: auth.accounts.keptPlansOf,
    keptDays: async (ctx: TenantContext) => (await configuration.for(ctx)).settings.chat.keptDays,
  };
  const running = new AsyncDisposableStack();
  running.use(startPurge({ ...common, archive: analytics.archive }));
  const byPlan = { ...common, plans, plansOf: auth.accounts.keptPlansOf };
  running.use(startRunArchiving({ ...byPlan, archive: analytics.archive }));
  running.use(startRunRetention(byPlan));
  const completeness = running.use(startArchiveCompleteness({ ...common, archive: analytics.archive }));
  running.use(startThreadArchiving({ ...shared, archive }));
  running.use(
    startThreadRetention({
      ...{ ...shared, plans, dependents },
      onEmptied: (ctx, id) => clearStateOf({ scope: 'thread', id }, { state, log: logger }, ctx),
    }),
  );
  return {
    archiveHealth: () => completeness.health(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
