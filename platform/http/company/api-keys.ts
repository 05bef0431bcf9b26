import { z } from 'zod';
import { API_KEY_SCOPES, type ApiKey } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import type { Services } from '../../services';
import { asSession } from '../../wiring/credential';
import type { App } from '../server/app';
import { acting } from './people';

const apiKey = z.object({
  keyId: idSchema('key'),
  userId: idSchema('user').describe('Who made it. It never may more than this person, and goes with them.'),
  name: z.string(),
  scopes: z.array(z.enum(API_KEY_SCOPES)),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable().describe('To the minute.'),
});
const config = { access: 'keys:manage' } as const;

/** Keys for programs of one's company, for its administrators and owners. */
export function apiKeyRoutes(app: App, services: () => Services): void {
  const tags = ['api keys'];
  app.post(
    '/v1/api-keys',
    {
      config,
      schema: {
        tags,
        body: z.strictObject({
          name: z.string().max(200),
          scopes: z.array(z.enum(API_KEY_SCOPES)).min(1).max(API_KEY_SCOPES.length),
          days: z.int().min(1).max(365).optional().describe('How long it lasts; 90 when not given.'),
        }),
        response: { 201: apiKey.extend({ secret: z.string().describe('Told here and never again.') }) },
      },
    },
    async (request, reply) => {
      const { record, secretShownOnce } = await services().auth.apiKeys.create(acting(request), request.body);
      return reply.code(201).send({ ...shown(record), secret: secretShownOnce });
    },
  );
  app.get(
    '/v1/api-keys',
    { config, schema: { tags, response: { 200: z.object({ apiKeys: z.array(apiKey) }) } } },
    async (request) => ({ apiKeys: (await services().auth.apiKeys.list(acting(request))).map(shown) }),
  );
  app.delete(
    '/v1/api-keys/:keyId',
    { config, schema: { tags, params: z.strictObject({ keyId: idSchema('key') }) } },
    async (request, reply) => {
      const by = acting(request);
      const { keyId } = request.params;
      const { auth, gateway } = services();
      const userId = await auth.apiKeys.revoke(by, keyId);
      await gateway().revoke({ tenantId: by.principal.context.tenantId, userId, sessionId: asSession(keyId) });
      return reply.code(204).send();
    },
  );
}

function shown({ scopes, createdAt, expiresAt, lastUsedAt, ...key }: ApiKey): z.infer<typeof apiKey> {
  return {
    ...key,
    scopes: [...scopes],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
