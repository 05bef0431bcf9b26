import { z } from 'zod';
import {
  ConfigurationError,
  MAX_SETTING_NAME,
  MAX_SETTINGS_AT_ONCE,
  type ChangeRecord,
  type Receipt,
} from '../../../ssot/configuration-manager';
import { idSchema } from '../../../ssot/id-manager';
import { PlatformError, type TenantContext } from '../../../ssot/kernel';
import { plainText } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import { wholeNumber } from '../requests/whole-number';
import type { App } from '../server/app';
import { acting } from './people';

/** 256 KiB of values in one change, every character escaped, and room for their names. */
const MAX_BODY_BYTES = 1024 * 1024;
const whole = z.int().min(0);
const source = z.enum(['default', 'environment', 'tenant']);
const headers = z.looseObject({
  'idempotency-key': plainText(128).optional().describe('The same change again, with the same key, is made once.'),
});
const expectedVersion = whole.describe('The version you have read. Others may have changed other settings since.');
const reason = z.string().describe('3 to 500 characters, kept in the history.');
const receipt = z.object({
  version: whole,
  changed: z.array(z.string()),
  left: z.array(z.string()).describe('Credentials, which a return to an earlier version leaves as they are.'),
  repeated: z.boolean(),
  announced: z.enum(['now', 'by_poll']),
});
const item = z.object({
  key: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  prints: z.object({ before: z.string().nullable(), after: z.string().nullable() }).optional(),
});

/** What a company sets for itself: read, changed and taken back by its administrators. */
export function settingsRoutes(app: App, services: () => Services, nextRequestId: () => string): void {
  const tags = ['settings'];
  app.get(
    '/v1/settings',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        description: 'Every setting that your company may make, what is in force and where it comes from.',
        response: {
          200: z.object({
            version: whole,
            settings: z.array(
              z.object({
                key: z.string(),
                isSecret: z.boolean(),
                source,
                value: z.unknown().optional().describe('Never that of a credential.'),
                hides: z.array(z.object({ source, value: z.unknown().optional() })),
                setAside: z.string().optional().describe("Why your company's own is not in force as it was set."),
                max: z.number().optional().describe('The most that your plan allows.'),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { version, settings } = await services().configuration.explain(request.principal.context);
      return { version, settings: settings.map((one) => ({ ...one, hides: [...one.hides] })) };
    },
  );
  app.patch(
    '/v1/settings',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'settings:write' },
      schema: {
        tags,
        description: 'All of it or nothing. Needs a fresh proof.',
        headers,
        body: z.strictObject({
          expectedVersion,
          reason,
          set: z.unknown().optional().meta({ type: 'object', additionalProperties: true }),
          remove: z.array(plainText(MAX_SETTING_NAME)).max(MAX_SETTINGS_AT_ONCE).optional(),
        }),
        response: { 200: receipt },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const { set = {}, remove = [], ...body } = request.body;
      await services().auth.factors.assertFreshProof(acting(request));
      if (typeof set !== 'object' || set === null || Array.isArray(set)) throw notAnObject();
      const requestId = request.headers['idempotency-key'] ?? nextRequestId();
      const change = { ...body, set: set as Readonly<Record<string, unknown>>, remove, requestId };
      return received(await naming(services(), context, (to) => to.change(context, change)));
    },
  );
  app.post(
    '/v1/settings/restore',
    {
      config: { access: 'settings:write' },
      schema: {
        tags,
        description: 'Makes the settings of an earlier version again, as a new one. Needs a fresh proof.',
        headers,
        body: z.strictObject({ toVersion: whole, expectedVersion, reason }),
        response: { 200: receipt },
      },
    },
    async (request) => {
      const { context } = request.principal;
      await services().auth.factors.assertFreshProof(acting(request));
      const requestId = request.headers['idempotency-key'] ?? nextRequestId();
      const restore = { ...request.body, requestId };
      return received(await naming(services(), context, (to) => to.restore(context, restore)));
    },
  );
  app.get(
    '/v1/settings/history',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        description: 'Who changed what, when and why, newest first.',
        querystring: z.strictObject({
          before: wholeNumber(1).optional().describe('Only versions below this one.'),
          limit: wholeNumber(1, 200).default(50),
        }),
        response: {
          200: z.object({
            changes: z.array(
              z.object({
                version: whole,
                actorId: idSchema('user'),
                actor: z.string().nullable().describe('The name; null for somebody who has left.'),
                reason: z.string(),
                at: z.iso.datetime(),
                items: z.array(item),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const { limit, before } = request.query;
      const { configuration, auth } = services();
      const changes = await configuration.history(context, { limit, ...(before !== undefined && { before }) });
      const names = await auth.accounts.namesOf(context, [...new Set(changes.map(({ actorId }) => actorId))]);
      return { changes: changes.map((change) => shown(change, names)) };
    },
  );
}

function shown({ items, at, ...change }: ChangeRecord, names: ReadonlyMap<string, string>) {
  return { ...change, actor: names.get(change.actorId) ?? null, at: at.toISOString(), items: [...items] };
}

function received({ changed, left, ...receipt }: Receipt) {
  return { ...receipt, changed: [...changed], left: [...left] };
}

/** A conflict tells who changed the setting by name, as people know each other. */
async function naming<T>(
  { configuration, auth }: Services,
  ctx: TenantContext,
  act: (to: Services['configuration']) => Promise<T>,
): Promise<T> {
  try {
    return await act(configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.changedBy === undefined) throw error;
    const name = (await auth.accounts.namesOf(ctx, [error.changedBy])).get(error.changedBy) ?? 'somebody who has left';
    const message = error.message.replace('somebody else', name);
    throw new PlatformError({ code: error.code, message, ...(error.field !== undefined && { field: error.field }) });
  }
}

function notAnObject(): PlatformError {
  return new PlatformError({ code: 'invalid_input', message: '"set" is not an object of settings.', field: 'set' });
}
