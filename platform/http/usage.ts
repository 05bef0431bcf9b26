import { z } from 'zod';
import { usageEventSchema, type UsageEvent } from '../../ssot/analytics';
import type { Services } from '../services';
import type { App } from './app';

const MAX_REPORT_BYTES = 1024 * 1024;
/** Published here; checked by analytics, which stops at the first faults. */
const event = z.unknown().meta(z.toJSONSchema(usageEventSchema, { io: 'input', unrepresentable: 'any' }));
const whole = z.int().min(0);

export function usageRoutes(app: App, services: () => Services): void {
  const tags = ['usage'];
  app.post(
    '/v1/usage',
    {
      bodyLimit: MAX_REPORT_BYTES,
      config: { access: 'person' },
      schema: {
        tags,
        body: z.strictObject({ events: z.array(event).min(1).max(1_000) }),
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
      config: { access: 'person' },
      schema: {
        tags,
        querystring: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
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
    async (request) => {
      const { context } = request.principal;
      return (await services().analytics.coverage(context, request.query)).data;
    },
  );
}
