import type { MetricsRegistry } from '../metrics-registry';
import type { App } from './app';
import { healthRoutes } from './health';
import { metricsRoute } from './metrics';
import { operationsRoutes } from './operations';
import { buildServer, type ServerParts } from './server';

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
