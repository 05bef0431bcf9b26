import { z } from 'zod';
import { idSchema } from '../../../ssot/id-manager';
import { PlatformError } from '../../../ssot/kernel';
import type { Services } from '../../services';
import { credentialId } from '../../wiring/credential';
import type { App } from '../server/app';

const device = z.object({
  /** The `connectionId` of its `welcome`. */
  connectionId: idSchema('conn'),
  sessionId: credentialId.describe('The sign-in, or the API key, that it was opened with.'),
  openedAt: z.iso.datetime(),
  threads: z.array(z.object({ threadId: idSchema('thread'), sentSeq: z.int() })),
});

/** One's own open devices, longest open first. A device that is somebody else's answers as one that is not there. */
export function deviceRoutes(app: App, services: () => Services): void {
  const tags = ['chat'];
  app.get(
    '/v1/devices',
    { config: { access: 'account:use' }, schema: { tags, response: { 200: z.object({ devices: z.array(device) }) } } },
    async (request) => {
      const { context } = request.principal;
      const devices = await services().gateway().devices(context);
      return {
        devices: devices.map(({ id: connectionId, sessionId, openedAt, threads }) => {
          return { connectionId, sessionId, openedAt: openedAt.toISOString(), threads: [...threads] };
        }),
      };
    },
  );
  app.delete(
    '/v1/devices/:connectionId',
    {
      config: { access: 'account:use' },
      schema: {
        tags,
        params: z.strictObject({ connectionId: idSchema('conn') }),
        // `asked`: it is on another instance, which has been told.
        response: { 200: z.object({ outcome: z.enum(['closed', 'asked']) }) },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const outcome = await services().gateway().disconnect(context, request.params.connectionId);
      if (outcome !== 'unknown') return { outcome };
      const message = 'You have no such device open.';
      throw new PlatformError({ code: 'device_not_found', message, field: 'connectionId' });
    },
  );
}
