import type { FastifyRequest } from 'fastify';
import { assertMay, type Operator, type PersonPrincipal, type Principal } from '../../../ssot/auth';
import { assertAllowed, OPERATOR_PERMISSIONS, PlatformError, type Permission } from '../../../ssot/kernel';
import type { Services } from '../../services';
import type { App } from '../server/app';

/** What a route needs: a permission, of a person or of an operator, or nothing because anybody may call it. */
export type Access = Permission | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; one that does not is refused when the server is built. */
    access?: Access;
    /** Lets API keys in as well that were given this; without it only people are let in. */
    apiKey?: Permission;
  }
  interface FastifyRequest {
    /** Who calls, on routes of people. */
    readonly principal: Principal;
    /** The same, on those of them that let no API key in. */
    readonly person: PersonPrincipal;
    /** Who calls, on routes of operators. */
    readonly operator: Operator;
  }
}

/** The security schemes of the OpenAPI document. */
export const securitySchemes = {
  person: { type: 'http', scheme: 'bearer', description: 'The access token of a sign-in.' },
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, which its program was given.' },
  operator: { type: 'http', scheme: 'bearer', description: 'The key of an operator of the platform.' },
} as const;

/** As OpenAPI 3.1 says it: one of these ways in, with what must be allowed there. */
function securityOf(access: Access, apiKey: Permission | undefined): readonly Readonly<Record<string, Permission[]>>[] {
  if (access === 'public') return [];
  if (isOfOperators(access)) return [{ operator: [access] }];
  return [{ person: [access] }, ...(apiKey === undefined ? [] : [{ apiKey: [apiKey] }])];
}

function isOfOperators(permission: Permission): boolean {
  return OPERATOR_PERMISSIONS.some((one) => one === permission);
}

/** Authenticates callers as their route declares it, before anything of a body is read. Add it before the first route. */
export function authenticateCallers(app: App, services: () => Services): void {
  const principals = new WeakMap<FastifyRequest, Principal>();
  const operators = new WeakMap<FastifyRequest, Operator>();
  const principalOf = authenticated(principals);
  app.decorateRequest('principal', { getter: principalOf });
  app.decorateRequest('person', {
    getter(this: FastifyRequest) {
      return asPerson(principalOf.call(this));
    },
  });
  app.decorateRequest('operator', { getter: authenticated(operators) });
  app.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined) {
      throw new Error(`${String(route.method)} ${route.url} does not declare who may call it: config.access`);
    }
    route.schema = { ...route.schema, security: securityOf(access, route.config?.apiKey) };
  });
  app.addHook('onRequest', async (request) => {
    const { access, apiKey } = request.routeOptions.config;
    if (access === undefined || access === 'public') return;
    const token = bearerToken(request);
    const { auth } = services();
    // Every operator has both permissions.
    if (isOfOperators(access)) operators.set(request, await auth.provisioning.recognise(token, request.ip));
    else {
      const principal = await auth.tokens.check(token, 'any', request.ip);
      if (principal.kind === 'api_key') assertOpenTo(principal, apiKey);
      else assertMay(principal, access);
      principals.set(request, principal);
    }
  });
}

/** Whoever may use a route by their role may do so without a scope; a key does only what it was given. */
function assertOpenTo({ context }: Principal, scope: Permission | undefined): void {
  if (scope !== undefined) return assertAllowed(context, scope);
  throw new PlatformError({ code: 'not_allowed', message: 'API keys are not accepted here. Sign in as a person.' });
}

function asPerson(principal: Principal): PersonPrincipal {
  if (principal.kind === 'person') return principal;
  throw new Error('a route that lets API keys in reads a person');
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
