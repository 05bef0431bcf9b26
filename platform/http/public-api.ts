import type { App } from './app';
import { apiKeyRoutes } from './api-keys';
import { asyncApiDocument } from './asyncapi';
import { auditRoutes } from './audit';
import { customerDataRoutes } from './customer-data';
import { deviceRoutes } from './devices';
import { serveDocument } from './documents';
import { healthRoutes } from './health';
import { pageRoutes } from './page';
import { peopleRoutes } from './people';
import { singleSignOnRoutes } from './single-sign-on';
import { timeZoneRoutes } from './time-zone';
import { providerSignOutRoute } from './provider-sign-in';
import { runRoutes } from './runs';
import { secondFactorRoutes } from './second-factor';
import { buildServer, type ServerParts } from './server';
import { settingsRoutes } from './settings';
import { signInRoutes } from './sign-in';
import { threadRoutes } from './threads';
import { chatRoute, type HandleUpgrade } from './upgrades';
import { usageRoutes } from './usage';

export interface PublicApiParts extends ServerParts {
  readonly handleUpgrade: HandleUpgrade;
  /** For changes that come without an `Idempotency-Key`. */
  readonly nextRequestId: () => string;
}

/** What customers, their programs and their browsers reach. */
export function buildPublicApi(parts: PublicApiParts): Promise<App> {
  const { services, lifecycle, log, handleUpgrade, nextRequestId } = parts;
  return buildServer(parts, {
    name: 'public',
    title: 'Agent chat platform',
    description: 'Live connections: see /asyncapi.json.',
    handleUpgrade,
    addRoutes: (app) => {
      healthRoutes(app, lifecycle);
      pageRoutes(app);
      signInRoutes(app, services, log);
      threadRoutes(app, services, log);
      runRoutes(app, services);
      deviceRoutes(app, services);
      peopleRoutes(app, services, log);
      secondFactorRoutes(app, services);
      apiKeyRoutes(app, services);
      singleSignOnRoutes(app, services);
      providerSignOutRoute(app, services);
      timeZoneRoutes(app, services);
      auditRoutes(app, services);
      customerDataRoutes(app, services);
      usageRoutes(app, services);
      settingsRoutes(app, services, nextRequestId);
      chatRoute(app);
      serveDocument(app, '/asyncapi.json', asyncApiDocument);
    },
  });
}
