import type { FastifyRequest } from 'fastify';
import type { Operator, Principal } from '../../ssot/auth';
import { PlatformError } from '../../ssot/kernel';
import type { Services } from '../services';
import type { App } from './app';

/** Who may call a route: a person who is signed in, an operator of the platform, or anybody. */
export type Access = 'person' | 'operator' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; one that does not is refused when the server is built. */
    access?: Access;
  }
  interface FastifyRequest {
    /** Who calls, on routes with `access: 'person'`. */
    readonly principal: Principal;
    /** Who calls, on routes with `access: 'operator'`. */
    readonly operator: Operator;
  }
}

/** The security schemes of the OpenAPI document. */
export const securitySchemes = {
  person: { type: 'http', scheme: 'bearer', description: 'The access token of a sign-in.' },
  operator: { type: 'http', scheme: 'bearer', description: 'The key of an operator of the platform.' },
} as const;

const SECURITY: Readonly<Record<Access, readonly Record<string, string[]>[]>> = {
  person: [{ person: [] }],
  operator: [{ operator: [] }],
  public: [],
};

/** Authenticates callers as their route declares it, before anything of a body is read. Add it before the first route. */
export function authenticateCallers(app: App, services: () => Services): void {
  const principals = new WeakMap<FastifyRequest, Principal>();
  const operators = new WeakMap<FastifyRequest, Operator>();
  app.decorateRequest('principal', { getter: authenticated(principals) });
  app.decorateRequest('operator', { getter: authenticated(operators) });
  app.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined) {
      throw new Error(`${String(route.method)} ${route.url} does not declare who may call it: config.access`);
    }
    route.schema = { ...route.schema, security: SECURITY[access] };
  });
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (access === 'public' || request.is404) return;
    const token = bearerToken(request);
    const { auth } = services();
    if (access === 'operator') operators.set(request, await auth.provisioning.recognise(token, request.ip));
    else principals.set(request, await auth.tokens.check(token, 'person', request.ip));
  });
}

const BEARER = /^Bearer +(\S+)$/i;

function bearerToken(request: FastifyRequest): string {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined) return token;
  throw new PlatformError({
    code: 'token_missing',
    message: 'Authentication required: send "Authorization: Bearer <token>".',
  });
}

function authenticated<T>(callers: WeakMap<FastifyRequest, T>) {
  return function (this: FastifyRequest): T {
    const caller = callers.get(this);
    if (caller === undefined) throw new Error(`${this.routeOptions.url} reads a caller whom it does not declare`);
    return caller;
  };
}
