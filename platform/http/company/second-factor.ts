import { z } from 'zod';
import { idSchema } from '../../../ssot/id-manager';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { acting } from './people';

/** Of an authenticator app, or a backup code. */
export const code = z.string().regex(/^[\w\s-]{1,40}$/, 'must be up to 40 letters, digits, spaces and hyphens');
const codes = z.object({ backupCodes: z.array(z.string()).describe('Told here and never again; each works once.') });
const config = { access: 'account:use' } as const;

/** One's own second factor; that of somebody who has lost it; and the fresh proof that sensitive actions ask for. */
export function secondFactorRoutes(app: App, services: () => Services): void {
  const tags = ['second factor'];
  app.post(
    '/v1/me/second-factor',
    {
      config,
      schema: { tags, response: { 201: z.object({ uri: z.string().describe('For an authenticator app.') }) } },
    },
    async (request, reply) => reply.code(201).send(await services().auth.factors.enrolTotp(acting(request))),
  );
  app.put(
    '/v1/me/second-factor/confirmation',
    { config, schema: { tags, body: z.strictObject({ code }), response: { 200: codes } } },
    async (request) => {
      const { backupCodes } = await services().auth.factors.confirmTotp(acting(request), request.body.code);
      return { backupCodes: [...backupCodes] };
    },
  );
  app.post(
    '/v1/me/second-factor/backup-codes',
    { config, schema: { tags, response: { 201: codes } } },
    async (request, reply) => {
      const { backupCodes } = await services().auth.factors.replaceBackupCodes(acting(request));
      return reply.code(201).send({ backupCodes: [...backupCodes] });
    },
  );
  app.delete('/v1/me/second-factor', { config, schema: { tags } }, async (request, reply) => {
    const by = acting(request);
    await services().auth.factors.remove(by, by.principal.context.userId);
    return reply.code(204).send();
  });
  app.delete(
    '/v1/people/:userId/second-factor',
    {
      config: { access: 'people:manage' },
      schema: { tags: ['people'], params: z.strictObject({ userId: idSchema('user') }) },
    },
    async (request, reply) => {
      await services().auth.factors.remove(acting(request), request.params.userId);
      return reply.code(204).send();
    },
  );
  app.post(
    '/v1/me/step-up',
    {
      config,
      schema: {
        tags,
        description: 'Proves again who asks: with a code if they have a second factor, else with their password.',
        body: z.strictObject({ code: code.optional(), password: z.string().max(1_024).optional() }),
        response: { 200: z.object({ until: z.iso.datetime().describe('Sensitive actions are open until then.') }) },
      },
    },
    async (request) => {
      const until = await services().auth.factors.stepUp(acting(request), request.body);
      return { until: until.toISOString() };
    },
  );
}
