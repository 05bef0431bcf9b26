import type { AgentRuns } from '../ssot/agent-registry';
import type { Analytics } from '../ssot/analytics';
import type { Auth } from '../ssot/auth';
import type { Configuration } from '../ssot/configuration-manager';
import type { StateManager } from '../ssot/state-manager';
import type { CustomerDataRequests } from '../ssot/state-persistence';
import type { Gateway, Threads } from '../ssot/websocket-manager';
import type { ThreadLog } from '../ssot/kernel';

/** What the HTTP API speaks to once the instance has started. */
export interface Services {
  readonly auth: Auth;
  readonly threads: Threads;
  readonly log: ThreadLog;
  readonly runs: AgentRuns;
  readonly analytics: Analytics;
  readonly state: StateManager;
  readonly configuration: Configuration;
  readonly customerData: CustomerDataRequests;
  /** The live connections; not there before customers are served. */
  readonly gateway: () => Gateway;
}
