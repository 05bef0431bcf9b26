import { z } from 'zod';
import type { AuditEntry } from '../../../ssot/auth';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { page } from './audit';

const event = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  action: z.string().describe('As the audit trail calls it.'),
  by: z.enum(['you', 'a colleague', 'the operators', 'your provider', 'nobody']),
  byName: z.string().nullable().describe('Of a colleague who is still there.'),
  address: z
    .string()
    .describe('From where, of what you or nobody known did; empty of the others and of what happened by itself.'),
  details: z.record(z.string(), z.string()),
});
type Who = z.infer<typeof event>['by'];

/** What happened to one's own account: what one needs to notice somebody else in it. */
export function activityRoutes(app: App, services: () => Services): void {
  app.get(
    '/v1/me/activity',
    {
      config: { access: 'account:use' },
      schema: { tags: ['identity'], querystring: page, response: { 200: z.object({ events: z.array(event) }) } },
    },
    async (request) => {
      const { limit, before } = request.query;
      const { context } = request.person;
      const { audit, accounts } = services().auth;
      const entries = await audit.readOwn(context, { limit, ...(before !== undefined && { before }) });
      const names = await accounts.namesOf(context, [...new Set(entries.flatMap(({ by }) => by.id ?? []))]);
      return {
        events: entries.map(({ seq, at, action, by, address, details }) => {
          const who = whoIs(by, context.userId);
          const byName = who === 'a colleague' ? (names.get(by.id ?? '') ?? null) : null;
          // Where colleagues and operators sit is for whoever may read the whole trail.
          const from = who === 'you' || who === 'nobody' ? address : '';
          return { seq, at: at.toISOString(), action, by: who, byName, address: from, details };
        }),
      };
    },
  );
}

function whoIs({ kind, id }: AuditEntry['by'], self: string): Who {
  if (kind === 'person') return id === self ? 'you' : 'a colleague';
  if (kind === 'operator') return 'the operators';
  return kind === 'provider' ? 'your provider' : 'nobody';
}
