import type { App } from './server/app';
import { activityRoutes } from './company/activity';
import { apiKeyRoutes } from './company/api-keys';
import { asyncApiDocument } from './documents/asyncapi';
import { auditRoutes } from './company/audit';
import { customerDataRoutes } from './company/customer-data';
import { deviceRoutes } from './chat/devices';
import { serveDocument } from './documents/documents';
import { healthRoutes } from './operators/health';
import { pageRoutes } from './documents/page';
import { peopleRoutes } from './company/people';
import { singleSignOnRoutes } from './company/single-sign-on';
import { timeZoneRoutes } from './company/time-zone';
import { providerSignOutRoute } from './company/provider-sign-in';
import { runRoutes } from './chat/runs';
import { secondFactorRoutes } from './company/second-factor';
import { buildServer, type ServerParts } from './server/server';
import { settingsRoutes } from './company/settings';
import { signInRoutes } from './company/sign-in';
import { threadRoutes } from './chat/threads';
import { chatRoute, type HandleUpgrade } from './server/upgrades';
import { usageRoutes } from './chat/usage';

export interface PublicApiParts extends ServerParts {
  readonly handleUpgrade: HandleUpgrade;
  /** For changes that come without an `Idempotency-Key`. */
  readonly nextRequestId: () => string;
}

/** What customers, their programs and their browsers reach. */
export function buildPublicApi(parts: PublicApiParts): Promise<App> {
  const { services, lifecycle, clock, log, handleUpgrade, nextRequestId } = parts;
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
      deviceRoutes(app, services, log);
      peopleRoutes(app, services, log);
      secondFactorRoutes(app, services, log);
      activityRoutes(app, services);
      apiKeyRoutes(app, services);
      singleSignOnRoutes(app, services);
      providerSignOutRoute(app, services);
      timeZoneRoutes(app, services);
      auditRoutes(app, services);
      customerDataRoutes(app, services);
      usageRoutes(app, services, clock);
      settingsRoutes(app, services, nextRequestId);
      chatRoute(app);
      serveDocument(app, '/asyncapi.json', asyncApiDocument);
    },
  });
}
