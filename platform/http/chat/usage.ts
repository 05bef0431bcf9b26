import { z } from 'zod';
import { plainFault, usageEventSchema, type UsageEvent } from '../../../ssot/analytics';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { callerGone } from '../server/caller-gone';

const MAX_REPORT_BYTES = 1024 * 1024;
/** Published here; checked by analytics, which stops at the first faults. */
const event = z.unknown().meta(z.toJSONSchema(usageEventSchema, { io: 'input', unrepresentable: 'any' }));
const whole = z.int().min(0);
const plain = { error: plainFault };

export function usageRoutes(app: App, services: () => Services): void {
  const tags = ['usage'];
  app.post(
    '/v1/usage',
    {
      bodyLimit: MAX_REPORT_BYTES,
      config: { access: 'usage:write', apiKey: 'usage:write' },
      schema: {
        tags,
        body: z.strictObject(
          {
            events: z
              .array(event, plain)
              .min(1, 'needs at least 1 event')
              .max(1_000, 'holds more than 1,000 events. Send more in several reports.'),
          },
          plain,
        ),
        response: { 200: z.object({ recorded: whole, repeated: whole }) },
      },
    },
    async (request) => {
      const { context } = request.principal;
      return services().analytics.record(context, request.body.events as readonly UsageEvent[]);
    },
  );
  app.get(
    '/v1/usage/coverage',
    {
      config: { access: 'usage:read', apiKey: 'usage:read' },
      schema: {
        tags,
        querystring: z.strictObject({ from: z.iso.datetime(plain), to: z.iso.datetime(plain) }, plain),
        response: {
          200: z.object({
            calls: whole,
            daysWithUse: whole,
            first: z.string().nullable(),
            last: z.string().nullable(),
          }),
        },
      },
    },
    async (request, reply) => {
      const { context } = request.principal;
      const question = { ...request.query, signal: callerGone(reply) };
      return (await services().analytics.coverage(context, question)).data;
    },
  );
}
