import { compile } from '@fastify/proxy-addr';
import swagger from '@fastify/swagger';
import { fastify } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { PlatformError, type Clock, type Logger, type Metrics } from '../../../ssot/kernel';
import type { Lifecycle } from '../../../ssot/lifecycle-manager';
import type { Services } from '../../services';
import { authenticateCallers, securitySchemes } from '../requests/access';
import { admitRequests } from '../requests/admission';
import { AllowedMethods } from './allowed-methods';
import type { App } from './app';
import { BOUNDS, createBoundedServer, type Bounds } from './bounded-server';
import type { ConnectionLimits } from './connection-limits';
import { serveDocument } from '../documents/documents';
import { parseJsonBodies } from '../requests/json-body';
import { paceRequests } from '../requests/pacing';
import { answerErrors, problem, sendProblem } from '../requests/problem';
import { responseHeaders } from './response-headers';
import { pathOf } from './target';
import { discardUnreadBodies } from '../requests/unread-body';
import { handOverUpgrades, isChatUpgrade, refuseConnect, type HandleUpgrade } from './upgrades';

export interface ServerParts {
  readonly services: () => Services;
  readonly lifecycle: Lifecycle;
  /** Load balancers, which are believed about where a request comes from; nobody else is. */
  readonly trustedProxies: readonly string[];
  readonly connectionLimits: ConnectionLimits;
  /** 0: browsers are not told to come over TLS only. */
  readonly hstsMaxAgeSeconds: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly bounds?: Bounds;
}

/** The longest message with every character escaped is 100 kB. */
const MAX_BODY_BYTES = 128 * 1024;

/** What is served on one port, and how its document presents it. */
export interface Api {
  /** Which of the instance's ports, in figures. */
  readonly name: 'public' | 'operations';
  readonly title: string;
  readonly description: string;
  addRoutes(app: App): void;
  /** Takes WebSocket upgrades; without it nothing upgrades. */
  readonly handleUpgrade?: HandleUpgrade;
}

/** The server of one port; its OpenAPI document is made from the same schemas that requests are checked with. */
export async function buildServer(parts: ServerParts, api: Api): Promise<App> {
  const { services, clock, log, metrics, trustedProxies, connectionLimits: limits } = parts;
  const { handleUpgrade } = api;
  const answer = answerErrors({ clock, log, metrics });
  const isProxy = compile([...trustedProxies]);
  const app = fastify({
    logger: false,
    forceCloseConnections: 'idle',
    trustProxy: [...trustedProxies],
    bodyLimit: MAX_BODY_BYTES,
    serverFactory: (handler) =>
      createBoundedServer(handler, parts.bounds ?? BOUNDS, {
        clock,
        logger: log,
        metrics,
        port: api.name,
        limits,
        isTrustedProxy: (address) => isProxy(address, 0),
        headers: responseHeaders(parts),
        mayUpgrade: (request) => handleUpgrade !== undefined && isChatUpgrade(request),
      }),
    clientErrorHandler: () => undefined, // The server answers them itself, on each of the ports alike: unreadable.ts.
    frameworkErrors: (error, request, reply) => void answer(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  if (handleUpgrade !== undefined) handOverUpgrades(app.server, handleUpgrade, log);
  refuseConnect(app.server);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answer);
  refuseUnknownRoutes(app);
  parseJsonBodies(app);
  // Clients label even an absent body; only a body that is there must be JSON.
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => {
    if (body.length === 0) return done(null, undefined);
    done(new PlatformError({ code: 'media_type_unsupported', message: 'Send JSON, as application/json.' }), undefined);
  });
  paceRequests(app, clock, parts.lifecycle);
  measureRequests(app, parts);
  admitRequests(app, parts.lifecycle);
  authenticateCallers(app, services);
  discardUnreadBodies(app);
  app.addHook('onRoute', (route) => {
    const { response, ...schema } = route.schema ?? {};
    route.schema = { ...schema, response: { '4xx': problem, '5xx': problem, ...(response as object | undefined) } };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: api.title, version: '1', description: api.description },
      components: { securitySchemes },
    },
    transform: jsonSchemaTransform,
  });
  api.addRoutes(app);
  serveDocument(app, '/openapi.json', () => app.swagger());
  return app;
}

/** Tells an address that is not served from one that is served by another method. */
function refuseUnknownRoutes(app: App): void {
  const allowed = new AllowedMethods(app);
  app.setNotFoundHandler(({ raw, method }, reply) => {
    const methods = allowed.of(pathOf(raw.url ?? '') ?? '');
    if (methods.length === 0) {
      const message = 'There is nothing at this address.';
      return sendProblem(reply, new PlatformError({ code: 'route_not_found', message }));
    }
    const message = `This address is not served with ${method}. It is with ${methods.join(', ')}.`;
    void reply.header('allow', methods.join(', '));
    return sendProblem(reply, new PlatformError({ code: 'method_not_allowed', message }));
  });
}

/** How long each answer took, for operators. */
function measureRequests(app: App, { clock, log, metrics }: ServerParts): void {
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const began = clock.monotonic();
    reply.raw.once('close', () => {
      const seconds = (clock.monotonic() - began) / 1000;
      const status = String(reply.raw.statusCode);
      metrics.observe('http_request_seconds', seconds, { method: request.method, route, status });
      log.debug({ method: request.method, route, status, seconds }, 'answered');
    });
    done();
  });
}
