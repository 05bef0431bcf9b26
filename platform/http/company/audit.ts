import { z } from 'zod';
import { AUDIT_FAULTS } from '../../../ssot/auth';
import type { Services } from '../../services';
import { wholeNumber } from '../requests/whole-number';
import type { App } from '../server/app';

const entry = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  action: z.string(),
  by: z.object({ kind: z.string(), id: z.string().nullable() }).describe('People by their id, operators by name.'),
  subject: z.string().nullable(),
  address: z.string(),
  details: z.record(z.string(), z.string()),
});
/** Newest first, and then those before the last of them. */
export const page = z.strictObject({
  limit: wholeNumber(1, 200).default(50),
  before: wholeNumber(1).optional(),
});
const verdict = z.object({
  isIntact: z.boolean(),
  entries: z.int().optional().describe('How many there are, of an intact chain.'),
  seq: z.int().optional().describe('The first entry with which something is wrong.'),
  fault: z.string().optional(),
  detail: z.string().optional(),
});

/** What was decided about one's company: read and verified by its administrators and owners. */
export function auditRoutes(app: App, services: () => Services): void {
  const tags = ['audit'];
  app.get(
    '/v1/audit',
    {
      config: { access: 'audit:read' },
      schema: {
        tags,
        querystring: page,
        response: { 200: z.object({ entries: z.array(entry) }) },
      },
    },
    async (request) => {
      const { limit, before } = request.query;
      const { context } = request.principal;
      const entries = await services().auth.audit.read(context, { limit, ...(before !== undefined && { before }) });
      return { entries: entries.map(({ at, ...one }) => ({ ...one, at: at.toISOString() })) };
    },
  );
  app.get(
    '/v1/audit/verification',
    { config: { access: 'audit:read' }, schema: { tags, response: { 200: verdict } } },
    async (request) => {
      const found = await services().auth.audit.verify(request.principal.context);
      return found.isIntact ? found : { ...found, detail: AUDIT_FAULTS[found.fault] };
    },
  );
}
