import { createAgentRuns, type AgentRuns } from '../../ssot/agent-registry';
import { plans, type Base } from '../../ssot/configuration-manager';
import type { IdSource } from '../../ssot/id-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { ThreadSegments, type CustomerDataRequests } from '../../ssot/state-persistence';
import {
  createThreadLog,
  createThreadNotifier,
  createThreads,
  type ThreadNotifier,
} from '../../ssot/websocket-manager';
import type { Services } from '../services';
import { checkpointsIn } from '../wiring/checkpoints';
import { conversationMemoryIn } from '../wiring/conversation-memory';
import { customerDataRequestsOf } from '../wiring/customer-data';
import { threadHeadsOver, wakeOver } from '../wiring/hints';
import { startQuietThreads, type QuietThreads } from '../wiring/quiet-threads';
import { limitsFrom, modelsFrom } from '../wiring/settings';
import type { Common } from './common';
import { healthOf } from './health';
import { made, type Made, type Parts } from './made';

interface AgentsDeps extends Made<
  'database' | 'persistence' | 'state' | 'configuration' | 'analytics' | 'auth' | 'gateway'
> {
  readonly ids: IdSource;
}

/** Threads, the runs that answer in them, and what becomes of both when they are old or their people go. */
export function agentParts({ settings }: Base, common: Common, deps: AgentsDeps): Parts<'notifier' | 'services'> {
  const { ids, gateway } = deps;
  const { clock, logger } = common;
  let notifier: ThreadNotifier | undefined;
  let runs: AgentRuns | undefined;
  let quietThreads: QuietThreads | undefined;
  let customerData: CustomerDataRequests | undefined;
  let erasures: AsyncDisposable | undefined;
  let services: Services | undefined;
  const part: Part = {
    name: 'runs',
    needs: ['postgres', 'state', 'settings', 'history', 'auth'],
    start: async () => {
      const [db, persistence, state] = [deps.database(), deps.persistence(), deps.state()];
      const [configuration, analytics, auth] = [deps.configuration(), deps.analytics(), deps.auth()];
      const { url } = settings.model;
      notifier = createThreadNotifier({ ...common, db, bus: threadHeadsOver(state) });
      const archive = new ThreadSegments({ db, archive: analytics.archive, clock });
      const log = createThreadLog({ db, notifier, clock, archive });
      runs = await createAgentRuns({
        ...{ ...common, db, ids, plans },
        threadLog: log,
        usage: analytics,
        checkpoints: checkpointsIn(persistence),
        memory: conversationMemoryIn(state, logger),
        authority: auth.accounts,
        zoneOf: (tenantId) => auth.accounts.zoneOf(tenantId),
        wake: wakeOver(state),
        ...(url !== '' && { models: modelsFrom(configuration, url) }),
      });
      const dependents = [runs, persistence];
      const threads = createThreads({ db, clock, ids, limits: limitsFrom(configuration), dependents });
      const modules = { db, runs, persistence, state, analytics, configuration, auth };
      quietThreads = startQuietThreads({ ...common, ...modules, archive, dependents });
      customerData = customerDataRequestsOf(modules, common);
      erasures = await customerData.start();
      services = { auth, threads, log, runs, analytics, state, configuration, customerData, gateway };
    },
    inFlight: () => ({ run: made(runs).health().running }),
    announce: () => made(runs).stopClaiming(),
    drain: async ({ finishBy }) => ({ ...(await made(runs).drain(finishBy)), lost: [] }),
    stop: async () => {
      await made(erasures)[Symbol.asyncDispose]();
      await made(quietThreads)[Symbol.asyncDispose]();
      await made(runs)[Symbol.asyncDispose]();
      await made(notifier)[Symbol.asyncDispose]();
    },
  };
  return {
    parts: [
      part,
      healthOf('agents', 'runs', () => made(runs).health()),
      healthOf('archive', 'runs', () => made(quietThreads).archiveHealth()),
      healthOf('customer-data', 'runs', () => made(customerData).health()),
    ],
    notifier: () => made(notifier),
    services: () => made(services),
  };
}
