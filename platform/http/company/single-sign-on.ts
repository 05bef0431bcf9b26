import { z } from 'zod';
import { NEW_PEOPLE, type Acting, type DomainClaim, type Ended } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import { plainText } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import { closeConnectionsOf } from '../../wiring/ended-sign-ins';
import type { App } from '../server/app';
import { acting } from './people';

const MAX_BODY_BYTES = 16 * 1024;
const config = { access: 'sso:manage' } as const;
const domainText = plainText(300);
const domain = z.object({
  domain: z.string(),
  record: z.object({ name: z.string(), value: z.string() }).describe('The TXT record with which the domain is proven.'),
  provenAt: z.iso.datetime().nullable(),
});
const connection = z.object({
  issuer: z.string(),
  clientId: z.string(),
  newPeople: z.enum(NEW_PEOPLE).describe('Whom it may bring that the company has not added: nobody, or new members.'),
  connectedAt: z.iso.datetime(),
  enforcedAt: z.iso.datetime().nullable().describe('Since when single sign-on is the only way in.'),
  emergencyOwner: idSchema('user').nullable().describe('Who gets in all the same, with password and second factor.'),
});

/** How one's company signs in: its provider, its domains, and whether there is another way. For owners. */
export function singleSignOnRoutes(app: App, services: () => Services): void {
  const tags = ['single sign-on'];
  app.get(
    '/v1/single-sign-on',
    {
      config,
      schema: {
        tags,
        response: {
          200: z.object({
            redirectAddress: z.string().nullable().describe('What the provider has to be told.'),
            signOutAddress: z.string().nullable().describe('Where it may send its sign-out notices.'),
            connection: connection.nullable(),
            domains: z.array(domain),
          }),
        },
      },
    },
    async (request) => {
      const { redirectAddress, connection: found, domains } = await services().auth.sso.settings(acting(request));
      return {
        redirectAddress,
        signOutAddress: redirectAddress?.replace(/callback$/, 'sign-out') ?? null,
        connection: found && {
          ...found,
          connectedAt: found.connectedAt.toISOString(),
          enforcedAt: found.enforcedAt?.toISOString() ?? null,
        },
        domains: domains.map(shown),
      };
    },
  );
  app.put(
    '/v1/single-sign-on',
    {
      bodyLimit: MAX_BODY_BYTES,
      config,
      schema: {
        tags,
        description: 'The provider is asked what it publishes before anything is kept.',
        body: z.strictObject({
          issuer: plainText(2_000),
          clientId: plainText(1_000),
          clientSecret: plainText(1_000),
          newPeople: z.enum(NEW_PEOPLE),
        }),
      },
    },
    async (request, reply) => {
      const by = acting(request);
      await closeAll(services(), by, await services().auth.sso.connect(by, request.body));
      return reply.code(204).send();
    },
  );
  app.delete(
    '/v1/single-sign-on',
    { config, schema: { tags, response: { 200: z.object({ endedSessions: z.int() }) } } },
    async (request) => {
      const by = acting(request);
      const ended = await services().auth.sso.disconnect(by);
      await closeAll(services(), by, ended);
      return { endedSessions: ended.length };
    },
  );
  app.put(
    '/v1/single-sign-on/enforcement',
    { config, schema: { tags, body: z.strictObject({ emergencyOwner: idSchema('user') }) } },
    async (request, reply) => {
      await services().auth.sso.enforce(acting(request), request.body.emergencyOwner);
      return reply.code(204).send();
    },
  );
  app.delete('/v1/single-sign-on/enforcement', { config, schema: { tags } }, async (request, reply) => {
    await services().auth.sso.lift(acting(request));
    return reply.code(204).send();
  });
  domainRoutes(app, services, tags);
}

function domainRoutes(app: App, services: () => Services, tags: string[]): void {
  const params = z.strictObject({ domain: domainText });
  app.post(
    '/v1/single-sign-on/domains',
    { config, schema: { tags, body: z.strictObject({ domain: domainText }), response: { 201: domain } } },
    async (request, reply) => {
      const claim = await services().auth.sso.claimDomain(acting(request), request.body.domain);
      return reply.code(201).send(shown(claim));
    },
  );
  app.put(
    '/v1/single-sign-on/domains/:domain/proof',
    { config, schema: { tags, params, description: 'Looks for the TXT record.', response: { 200: domain } } },
    async (request) => shown(await services().auth.sso.proveDomain(acting(request), request.params.domain)),
  );
  app.delete('/v1/single-sign-on/domains/:domain', { config, schema: { tags, params } }, async (request, reply) => {
    await services().auth.sso.dropDomain(acting(request), request.params.domain);
    return reply.code(204).send();
  });
}

async function closeAll(services: Services, by: Acting, ended: readonly Ended[]): Promise<void> {
  for (const { userId, sessionId } of ended) {
    await closeConnectionsOf(services, by.principal.context, userId, [sessionId]);
  }
}

function shown({ record, provenAt, ...claim }: DomainClaim): z.infer<typeof domain> {
  return { ...claim, record: { ...record }, provenAt: provenAt?.toISOString() ?? null };
}
