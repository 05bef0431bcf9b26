import { encode } from 'uqr';
import { z } from 'zod';
import type { Acting, NewCodes } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import type { Logger } from '../../../ssot/kernel';
import type { Services } from '../../services';
import { closeConnectionsOf, leave } from '../../wiring/ended-sign-ins';
import type { App } from '../server/app';
import { acting } from './people';

/** Of an authenticator app, or a backup code. */
export const code = z.string().regex(/^[\w\s-]{1,40}$/, 'must be up to 40 letters, digits, spaces and hyphens');
const setup = z.object({
  uri: z.string().describe('For an authenticator app.'),
  qr: z.array(z.string()).describe('The same as a QR code, row by row: "1" is dark, "0" is light.'),
});
const ended = { endedSessions: z.array(idSchema('session')).describe('One’s other devices, which are signed out.') };
const codes = z.object({
  backupCodes: z.array(z.string()).describe('Told here and never again; each works once.'),
  ...ended,
});
const config = { access: 'account:use' } as const;

/** One's own second factor; that of somebody who has lost it; and the fresh proof that sensitive actions ask for. */
export function secondFactorRoutes(app: App, services: () => Services, log: Logger): void {
  const tags = ['second factor'];
  const toldOnce = async (by: Acting, { backupCodes, ended }: NewCodes): Promise<z.infer<typeof codes>> => {
    await leave(services(), log, by.principal.context, ended);
    return { backupCodes: [...backupCodes], endedSessions: [...ended] };
  };
  app.post(
    '/v1/me/second-factor',
    {
      config,
      schema: { tags, response: { 201: setup } },
    },
    async (request, reply) => {
      const { uri } = await services().auth.factors.enrolTotp(acting(request));
      return reply.code(201).send({ uri, qr: qrOf(uri) });
    },
  );
  app.put(
    '/v1/me/second-factor/confirmation',
    { config, schema: { tags, body: z.strictObject({ code }), response: { 200: codes } } },
    async (request) => {
      const by = acting(request);
      return toldOnce(by, await services().auth.factors.confirmTotp(by, request.body.code));
    },
  );
  app.post(
    '/v1/me/second-factor/backup-codes',
    { config, schema: { tags, response: { 201: codes } } },
    async (request, reply) => {
      const by = acting(request);
      return reply.code(201).send(await toldOnce(by, await services().auth.factors.replaceBackupCodes(by)));
    },
  );
  app.delete(
    '/v1/me/second-factor',
    { config, schema: { tags, response: { 200: z.object(ended) } } },
    async (request) => {
      const by = acting(request);
      const { context } = by.principal;
      const endedSessions = await services().auth.factors.remove(by, context.userId);
      await leave(services(), log, context, endedSessions);
      return { endedSessions: [...endedSessions] };
    },
  );
  app.delete(
    '/v1/people/:userId/second-factor',
    {
      config: { access: 'people:manage' },
      schema: { tags: ['people'], params: z.strictObject({ userId: idSchema('user') }) },
    },
    async (request, reply) => {
      const by = acting(request);
      const { userId } = request.params;
      const endedSessions = await services().auth.factors.remove(by, userId);
      await closeConnectionsOf(services(), by.principal.context, userId, endedSessions);
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

function qrOf(text: string): string[] {
  return encode(text, { ecc: 'M', border: 2 }).data.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''));
}
