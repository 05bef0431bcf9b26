import type { Base } from '../ssot/configuration-manager';
import { createIdSource } from '../ssot/id-manager';
import { createLifecycle, type Lifecycle, type Part } from '../ssot/lifecycle-manager';
import type { ServerParts } from './http/server/server';
import { agentParts } from './parts/agents';
import { commonOf, type PlatformPorts } from './parts/common';
import { connectionParts } from './parts/connections';
import { historyParts } from './parts/history';
import { identityParts } from './parts/identity';
import { operationsListener, publicListener } from './parts/listeners';
import { postgresParts } from './parts/postgres';
import { settingsParts } from './parts/settings';
import { workingStateParts } from './parts/working-state';
import type { Services } from './services';

export interface Platform {
  readonly lifecycle: Lifecycle;
  /** `http://host:port`, once started. */
  readonly url: string;
  /** The same for operators: health, metrics, companies and their people. */
  readonly operationsUrl: string;
  /** What its doors speak to, for whoever composes it into a process of their own; there once started. */
  readonly services: Services;
  stop(): Promise<void>;
}

/** Starts an instance and resolves when it serves; whatever was started is undone when it cannot. */
export async function startPlatform(base: Base, ports: PlatformPorts): Promise<Platform> {
  const platform = createPlatform(base, ports);
  await platform.lifecycle.start();
  return platform;
}

/** Everything an instance is made of, wired and not yet started: each part with what it is made from. */
export function createPlatform(base: Base, ports: PlatformPorts): Platform {
  const common = commonOf(ports);
  // Ids tell by themselves when the machine's clock is stepped.
  const ids = createIdSource({ ...common, clock: ports.clock });
  const idSource: Part = { name: 'ids', check: () => Promise.resolve(ids.check()) };

  const postgres = postgresParts(base, common);
  const state = workingStateParts(base, common, { ...postgres, analytics: () => history.analytics() });
  const settings = settingsParts(base, common, { ...postgres, ...state });
  const history = historyParts(base, common, { ...postgres, ...settings });
  const identity = identityParts(base, common, {
    ...postgres,
    ...state,
    ...settings,
    ...history,
    ids,
    url: () => http.url(),
  });
  const agents = agentParts(base, common, {
    ...{ ...postgres, ...state, ...settings, ...history, ...identity, ids },
    gateway: () => connections.gateway(),
  });
  const connections = connectionParts(base, common, {
    ...{ ...state, ...settings, ...agents, ids },
    // Also while a start that did not succeed is undone.
    isStarting: () => !lifecycle.startup().ok,
  });

  const server = (): ServerParts => {
    const { trustedProxies, hstsMaxAgeSeconds, ...connectionLimits } = base.settings.server;
    return { ...common, services: agents.services, lifecycle, trustedProxies, hstsMaxAgeSeconds, connectionLimits };
  };
  const operations = operationsListener(base, server, common.metrics);
  const http = publicListener(base, () => ({
    ...server(),
    nextRequestId: () => ids.next('req'),
    handleUpgrade: connections.handleUpgrade,
  }));

  const lifecycle = createLifecycle({
    ...common,
    parts: [
      ...[operations.part, http.part, idSource],
      ...[postgres, state, settings, history, identity, agents, connections].flatMap(({ parts }) => parts),
    ],
  });
  return {
    lifecycle,
    get url() {
      return http.url();
    },
    get operationsUrl() {
      return operations.url();
    },
    get services() {
      return agents.services();
    },
    async stop() {
      await lifecycle.stop({ by: 'operator', detail: 'asked to stop' });
    },
  };
}
