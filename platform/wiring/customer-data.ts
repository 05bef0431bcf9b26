import type { AgentRuns } from '../../ssot/agent-registry';
import type { Analytics } from '../../ssot/analytics';
import type { Auth } from '../../ssot/auth';
import type { Configuration } from '../../ssot/configuration-manager';
import { idCustomerData } from '../../ssot/id-manager';
import type { Clock, CustomerData, Logger, Metrics, Transactions } from '../../ssot/kernel';
import type { StateManager } from '../../ssot/state-manager';
import {
  archiveCustomerData,
  openCustomerDataRequests,
  storedStateCustomerData,
  type CustomerDataRequests,
  type StatePersistence,
} from '../../ssot/state-persistence';
import { chatCustomerData } from '../../ssot/websocket-manager';

interface StoringModules {
  readonly db: Transactions;
  readonly runs: AgentRuns;
  readonly persistence: StatePersistence;
  readonly state: StateManager;
  readonly analytics: Analytics;
  readonly configuration: Configuration;
  readonly auth: Auth;
}

/**
 * Every module that stores what customers wrote or were answered, in the order in which it is emptied: first what ends work that
 * is under way, last the people, so that whoever asked for the erasure of their company watches as long as there is something. What
 * moves to the history is read there last: whoever takes it along finds it in one of the two, or in both.
 */
export function customerDataOf(modules: StoringModules, clock: Clock): readonly CustomerData[] {
  const { db, runs, persistence, state, analytics, configuration, auth } = modules;
  return [
    runs.customerData,
    chatCustomerData(db),
    storedStateCustomerData(db, persistence.workingState),
    archiveCustomerData({ db, archive: analytics.archive, clock }),
    state.customerData,
    analytics.customerData,
    configuration.customerData,
    idCustomerData(db),
    auth.customerData,
  ];
}

export function customerDataRequestsOf(
  modules: StoringModules,
  common: { readonly clock: Clock; readonly time: 'server' | Clock; readonly log: Logger; readonly metrics: Metrics },
): CustomerDataRequests {
  const { log: logger, ...rest } = common;
  return openCustomerDataRequests({
    ...{ db: modules.db, modules: customerDataOf(modules, common.clock), records: modules.analytics.erasures },
    plansOf: modules.auth.accounts.keptPlansOf,
    ...{ logger, ...rest },
  });
}
