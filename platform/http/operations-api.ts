import type { MetricsRegistry } from '../metrics-registry';
import type { App } from './server/app';
import { healthRoutes } from './operators/health';
import { metricsRoute } from './operators/metrics';
import { operationsRoutes } from './operators/operations';
import { buildServer, type ServerParts } from './server/server';

/** What operators and their tools reach, on a port that customers cannot. */
export function buildOperationsApi(parts: ServerParts, figures: MetricsRegistry): Promise<App> {
  const { services, lifecycle } = parts;
  return buildServer(parts, {
    name: 'operations',
    title: 'Operations of the agent chat platform',
    description: 'For operators and their tools; keep this port from customers.',
    addRoutes: (app) => {
      healthRoutes(app, lifecycle);
      metricsRoute(app, figures);
      operationsRoutes(app, services, lifecycle);
    },
  });
}
