import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { plainFault, usageEventSchema, type UsageEvent } from '../../../ssot/analytics';
import { FairTurns, PlatformError, type Clock } from '../../../ssot/kernel';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { callerGone } from '../server/caller-gone';

const MAX_REPORT_BYTES = 1024 * 1024;
/**
 * Of one company, from the first byte of the body to the answer. To read a report takes an instance up to a tenth of a second:
 * beside a program that sent a hundred at once, everybody else waited for three seconds.
 */
const MAX_REPORTS_AT_ONCE = 2;
const MAX_WAIT_MS = 10_000;
/** Published here; checked by analytics, which stops at the first faults. */
const event = z.unknown().meta(z.toJSONSchema(usageEventSchema, { io: 'input', unrepresentable: 'any' }));
const whole = z.int().min(0);
const plain = { error: plainFault };

export function usageRoutes(app: App, services: () => Services, clock: Clock): void {
  const tags = ['usage'];
  const turns = new FairTurns(Infinity, clock);
  app.post(
    '/v1/usage',
    {
      bodyLimit: MAX_REPORT_BYTES,
      preParsing: (request, reply, body, done) => {
        const turn = { ofOne: MAX_REPORTS_AT_ONCE, limit: { ms: MAX_WAIT_MS, late: overloaded } };
        turns
          .run(request.principal.context.tenantId, turn, () => answered(reply.raw, () => done(null, body)))
          .catch(done);
      },
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

/** Begins, and resolves when the answer has been given or its caller has gone; whoever has gone before is not begun. */
async function answered(answer: ServerResponse, begin: () => void): Promise<void> {
  if (answer.destroyed) return;
  const over = Promise.withResolvers<void>();
  answer.once('close', over.resolve);
  begin();
  await over.promise;
}

function overloaded(): PlatformError {
  return new PlatformError({
    code: 'overloaded',
    message: 'Your company sends more reports at once than can be read. Send this one again.',
    retryable: true,
    retryAfterMs: 1_000,
  });
}
