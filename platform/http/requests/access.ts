import type { FastifyRequest } from 'fastify';
import type { Operator, PersonPrincipal, Principal } from '../../../ssot/auth';
import { assertAllowed, PlatformError, type Permission } from '../../../ssot/kernel';
import type { Services } from '../../services';
import type { App } from '../server/app';

/** Who may call a route: a person who is signed in, an operator of the platform, or anybody. */
export type Access = 'person' | 'operator' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; one that does not is refused when the server is built. */
    access?: Access;
    /** Lets API keys in as well that were given this; without it a `person` is a person. */
    apiKey?: Permission;
  }
  interface FastifyRequest {
    /** Who calls, on routes with `access: 'person'`. */
    readonly principal: Principal;
    /** The same, on those of them that let no API key in. */
    readonly person: PersonPrincipal;
    /** Who calls, on routes with `access: 'operator'`. */
    readonly operator: Operator;
  }
}

/** The security schemes of the OpenAPI document. */
export const securitySchemes = {
  person: { type: 'http', scheme: 'bearer', description: 'The access token of a sign-in.' },
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, which its program was given.' },
  operator: { type: 'http', scheme: 'bearer', description: 'The key of an operator of the platform.' },
} as const;

const WITH_API_KEY = [{ person: [] }, { apiKey: [] }];
const SECURITY: Readonly<Record<Access, readonly Record<string, string[]>[]>> = {
  person: [{ person: [] }],
  operator: [{ operator: [] }],
  public: [],
};

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
    const security = route.config?.apiKey === undefined ? SECURITY[access] : WITH_API_KEY;
    route.schema = { ...route.schema, security };
  });
  app.addHook('onRequest', async (request) => {
    const { access, apiKey } = request.routeOptions.config;
    if (access === 'public' || request.is404) return;
    const token = bearerToken(request);
    const { auth } = services();
    if (access === 'operator') operators.set(request, await auth.provisioning.recognise(token, request.ip));
    else {
      const principal = await auth.tokens.check(token, 'any', request.ip);
      if (principal.kind === 'api_key') assertOpenTo(principal, apiKey);
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
