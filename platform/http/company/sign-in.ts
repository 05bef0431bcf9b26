import { z } from 'zod';
import { SecondFactorDue, SIGN_IN_METHODS } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import { PERMISSIONS, PLANS, type Logger } from '../../../ssot/kernel';
import { plainText } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import { deviceNameOf } from '../requests/device-name';
import { leave } from '../../wiring/ended-sign-ins';
import { admit, signedIn, tokens } from './let-in';
import type { App } from '../server/app';
import { providerSignInRoutes } from './provider-sign-in';
import { code } from './second-factor';

/** What anybody may make the platform parse: the longest credentials with every character escaped are 20 kB. */
const MAX_BODY_BYTES = 32 * 1024;
const device = plainText(200);
export function signInRoutes(app: App, services: () => Services, log: Logger): void {
  app.post(
    '/v1/sign-in',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'public' },
      schema: {
        tags: ['identity'],
        body: z.strictObject({ email: plainText(320), password: z.string().max(1_024), device }),
        response: {
          200: signedIn,
          202: z
            .object({ pending: z.string(), until: z.iso.datetime() })
            .describe('The password is right, and a code is due: see /v1/sign-in/second-factor. Nothing is open yet.'),
        },
      },
    },
    async (request, reply) => {
      try {
        const proof = { ...request.body, deviceName: deviceNameOf(request), address: request.ip };
        return await admit(services(), log, await services().auth.signIn.withPassword(proof));
      } catch (due) {
        if (!(due instanceof SecondFactorDue)) throw due;
        return reply.code(202).send({ pending: due.pending, until: due.until.toISOString() });
      }
    },
  );
  app.post(
    '/v1/sign-in/second-factor',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'public' },
      schema: {
        tags: ['identity'],
        body: z.strictObject({
          pending: z.string().regex(/^[\w.-]{1,100}$/, 'must be what the sign-in answered'),
          code,
          device,
        }),
        response: { 200: signedIn },
      },
    },
    async (request) => {
      const proof = { ...request.body, deviceName: deviceNameOf(request), address: request.ip };
      return admit(services(), log, await services().auth.signIn.withSecondFactor(proof));
    },
  );
  providerSignInRoutes(app, services, log);
  app.post(
    '/v1/sign-in/renew',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'public' },
      schema: {
        tags: ['identity'],
        body: z.strictObject({ refreshToken: z.string().max(200), device }),
        response: { 200: z.object({ ...tokens, sessionId: idSchema('session') }) },
      },
    },
    async (request) => {
      const pair = await services().auth.sessions.renew(request.body.refreshToken, request.body.device, request.ip);
      return {
        accessToken: pair.access,
        accessUntil: pair.accessUntil.toISOString(),
        refreshToken: pair.refresh,
        sessionId: pair.sessionId,
      };
    },
  );
  app.post(
    '/v1/sign-out',
    { config: { access: 'account:use' }, schema: { tags: ['identity'] } },
    async (request, reply) => {
      const { person: principal, ip: address } = request;
      const { context, sessionId } = principal;
      await services().auth.sessions.end({ principal, address }, sessionId);
      await leave(services(), log, context, [sessionId]);
      return reply.code(204).send();
    },
  );
  app.get(
    '/v1/me',
    {
      config: { access: 'account:use' },
      schema: {
        tags: ['identity'],
        response: {
          200: z.object({
            userId: idSchema('user'),
            tenantId: idSchema('tenant'),
            sessionId: idSchema('session'),
            name: z.string(),
            company: z.string(),
            role: z.string(),
            plan: z.enum(PLANS),
            permissions: z.array(z.enum(PERMISSIONS)),
            methods: z.array(z.enum(SIGN_IN_METHODS)).describe('How this sign-in was proven.'),
            secondFactor: z
              .enum(['set_up', 'none', 'due'])
              .describe('"due": your company asks for one, and until it is set up nothing else is open.'),
          }),
        },
      },
    },
    async (request) => {
      const { context, sessionId, methods, secondFactor } = request.person;
      const profile = await services().auth.accounts.profile(context);
      const { userId, tenantId, plan, permissions } = context;
      const may = { plan, permissions: [...permissions], methods: [...methods], secondFactor };
      return { userId, tenantId, sessionId, ...profile, ...may };
    },
  );
  app.get('/.well-known/jwks.json', { config: { access: 'public' }, schema: { tags: ['identity'] } }, () =>
    services().auth.tokens.jwks(),
  );
}
