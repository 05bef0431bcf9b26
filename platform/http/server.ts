import swagger from '@fastify/swagger';
import { fastify } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { PlatformError, type Clock, type Logger, type Metrics } from '../../ssot/kernel';
import type { Admission, Lifecycle } from '../../ssot/lifecycle-manager';
import type { Figures } from '../figures';
import type { Services } from '../services';
import { authenticateCallers, securitySchemes } from './access';
import type { App } from './app';
import { asyncApiDocument } from './asyncapi';
import { deviceRoutes } from './devices';
import { healthRoutes } from './health';
import { parseJsonBodies } from './json-body';
import { operationsRoutes } from './operations';
import { pageRoutes } from './page';
import { answerErrors, problem, sendProblem } from './problem';
import { runRoutes } from './runs';
import { signInRoutes } from './sign-in';
import { threadRoutes } from './threads';
import { discardUnreadBodies } from './unread-body';
import { chatRoute, handOverUpgrades, isChatUpgrade, type HandleUpgrade } from './upgrades';
import { usageRoutes } from './usage';

export interface ServerParts {
  readonly services: () => Services;
  readonly lifecycle: Lifecycle;
  readonly figures: Figures;
  /** Load balancers, which are believed about where a request comes from; nobody else is. */
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly handleUpgrade: HandleUpgrade;
}

/** The longest message with every character escaped is 100 kB. */
const MAX_BODY_BYTES = 128 * 1024;

/** The HTTP API; its OpenAPI document is made from the same schemas that requests are checked with. */
export async function buildServer(parts: ServerParts): Promise<App> {
  const { services, lifecycle, figures, log, trustedProxies } = parts;
  const answer = answerErrors(log);
  const app = fastify({
    logger: false,
    forceCloseConnections: 'idle',
    trustProxy: [...trustedProxies],
    bodyLimit: MAX_BODY_BYTES,
    http: { shouldUpgradeCallback: isChatUpgrade },
    frameworkErrors: (error, request, reply) => void answer(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  handOverUpgrades(app.server, parts.handleUpgrade, log);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answer);
  app.setNotFoundHandler((_, reply) =>
    sendProblem(reply, new PlatformError({ code: 'route_not_found', message: 'There is nothing at this address.' })),
  );
  parseJsonBodies(app);
  // Clients label even an absent body; only a body that is there must be JSON.
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => {
    if (body.length === 0) return done(null, undefined);
    done(new PlatformError({ code: 'media_type_unsupported', message: 'Send JSON, as application/json.' }), undefined);
  });
  admitRequests(app, parts);
  authenticateCallers(app, services);
  discardUnreadBodies(app);
  app.addHook('onRoute', (route) => {
    const { response, ...schema } = route.schema ?? {};
    route.schema = { ...schema, response: { '4xx': problem, '5xx': problem, ...(response as object | undefined) } };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Agent chat platform', version: '1', description: 'Live lines: see /asyncapi.json.' },
      components: { securitySchemes },
    },
    transform: jsonSchemaTransform,
  });
  healthRoutes(app, lifecycle, figures);
  pageRoutes(app);
  operationsRoutes(app, services, lifecycle);
  signInRoutes(app, services, log);
  threadRoutes(app, services, log);
  runRoutes(app, services);
  deviceRoutes(app, services);
  usageRoutes(app, services);
  chatRoute(app);
  app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () => app.swagger());
  const lines = asyncApiDocument();
  app.get('/asyncapi.json', { config: { access: 'public' }, schema: { hide: true } }, () => lines);
  return app;
}

/** Counts customers' requests while they are at work, and refuses them while the instance does not serve. */
function admitRequests(app: App, { lifecycle, clock, log, metrics }: ServerParts): void {
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const began = clock.monotonic();
    let admission: Admission | undefined;
    if (route.startsWith('/v1/')) {
      try {
        admission = lifecycle.admit('request');
      } catch (refusal) {
        done(refusal as Error);
        return;
      }
    }
    reply.raw.once('close', () => {
      admission?.[Symbol.dispose]();
      const seconds = (clock.monotonic() - began) / 1000;
      const status = String(reply.raw.statusCode);
      metrics.observe('http_request_seconds', seconds, { method: request.method, route, status });
      log.debug({ method: request.method, route, status, seconds }, 'answered');
    });
    done();
  });
}
