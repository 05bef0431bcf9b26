import { z } from 'zod';
import { plainText } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { acting } from './people';

/** Whether there is such a zone is known where days are counted by it. */
export const timeZone = z.strictObject({ timeZone: plainText(100).describe('IANA name, such as Europe/Berlin.') });

/** Where the days of one's company begin and end. */
export function timeZoneRoutes(app: App, services: () => Services): void {
  const tags = ['company'];
  app.get(
    '/v1/company/time-zone',
    { config: { access: 'chat:use' }, schema: { tags, response: { 200: timeZone } } },
    async (request) => {
      const { tenantId } = request.principal.context;
      return { timeZone: await services().auth.accounts.zoneOf(tenantId) };
    },
  );
  app.put(
    '/v1/company/time-zone',
    { config: { access: 'settings:write' }, schema: { tags, body: timeZone } },
    async (request, reply) => {
      await services().auth.accounts.setTimeZone(acting(request), request.body.timeZone);
      return reply.code(204).send();
    },
  );
}
