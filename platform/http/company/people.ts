import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ROLES, type Acting } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import type { Logger } from '../../../ssot/kernel';
import type { Services } from '../../services';
import { closeConnectionsOf, dismiss, leave } from '../../wiring/ended-sign-ins';
import { wholeNumber } from '../requests/whole-number';
import type { App } from '../server/app';

const MAX_BODY_BYTES = 32 * 1024;
/** Judged by auth, which names what is wrong with one. */
const password = z.string().max(1_024).describe('12 to 128 characters.');
const role = z.enum(ROLES);
const person = z.object({
  userId: idSchema('user'),
  name: z.string(),
  email: z.string(),
  role,
  createdAt: z.iso.datetime(),
});
const params = z.strictObject({ userId: idSchema('user') });
const config = { access: 'people:manage' } as const;

/** People of one's company, for its administrators and owners; and one's own password. */
export function peopleRoutes(app: App, services: () => Services, log: Logger): void {
  const tags = ['people'];
  app.get(
    '/v1/people',
    {
      config,
      schema: {
        tags,
        querystring: z.strictObject({
          limit: wholeNumber(1, 100).default(50),
          after: idSchema('user').optional().describe('Only those after this one, in the order of their coming.'),
        }),
        response: { 200: z.object({ people: z.array(person) }) },
      },
    },
    async (request) => {
      const { limit, after } = request.query;
      const people = await services().auth.accounts.list(acting(request), { limit, ...(after && { after }) });
      return { people: people.map(({ createdAt, ...one }) => ({ ...one, createdAt: createdAt.toISOString() })) };
    },
  );
  app.post(
    '/v1/people',
    {
      bodyLimit: MAX_BODY_BYTES,
      config,
      schema: {
        tags,
        body: z.strictObject({ name: z.string().max(400), email: z.string().max(320), password, role }),
        response: { 201: z.object({ userId: idSchema('user') }) },
      },
    },
    async (request, reply) => {
      const userId = await services().auth.accounts.add(acting(request), request.body);
      return reply.code(201).send({ userId });
    },
  );
  app.delete('/v1/people/:userId', { config, schema: { tags, params } }, async (request, reply) => {
    const by = acting(request);
    const { userId } = request.params;
    await services().auth.accounts.remove(by, userId);
    await dismiss(services(), log, by.principal.context, userId);
    return reply.code(204).send();
  });
  app.put(
    '/v1/people/:userId/role',
    { config, schema: { tags, params, body: z.strictObject({ role }) } },
    async (request, reply) => {
      await services().auth.accounts.setRole(acting(request), request.params.userId, request.body.role);
      return reply.code(204).send();
    },
  );
  app.put(
    '/v1/people/:userId/password',
    { bodyLimit: MAX_BODY_BYTES, config, schema: { tags, params, body: z.strictObject({ password }) } },
    async (request, reply) => {
      const by = acting(request);
      const { userId } = request.params;
      const ended = await services().auth.accounts.setPassword(by, userId, request.body.password);
      await closeConnectionsOf(services(), by.principal.context, userId, ended);
      return reply.code(204).send();
    },
  );
  app.put(
    '/v1/me/password',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'account:use' },
      schema: {
        tags: ['identity'],
        body: z.strictObject({ presentPassword: z.string().max(1_024), password }),
        response: { 200: z.object({ endedSessions: z.array(idSchema('session')) }) },
      },
    },
    async (request) => {
      const by = acting(request);
      const { presentPassword, password: next } = request.body;
      const ended = await services().auth.accounts.changePassword(by, presentPassword, next);
      await leave(services(), log, by.principal.context, ended);
      return { endedSessions: [...ended] };
    },
  );
}

/** Who asks, and from where. */
export function acting({ person, ip }: Pick<FastifyRequest, 'person' | 'ip'>): Acting {
  return { principal: person, address: ip };
}
