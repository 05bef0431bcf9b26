import { z } from 'zod';
import { idSchema } from '../../../ssot/id-manager';
import type { Services } from '../../services';
import { wholeNumber } from '../requests/whole-number';
import type { App } from '../server/app';

const params = z.strictObject({ runId: idSchema('run') });
const FORMER = 'a former colleague';
const instant = z.iso.datetime().nullable();

export function runRoutes(app: App, services: () => Services): void {
  const tags = ['chat'];
  app.get(
    '/v1/runs/:runId',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        params,
        response: {
          200: z.object({
            runId: idSchema('run'),
            threadId: idSchema('thread'),
            question: z.string(),
            state: z.string(),
            errorCode: z.string().nullable(),
            createdAt: instant,
            startedAt: instant,
            endedAt: instant,
          }),
        },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const run = await services().runs.get(context, request.params.runId);
      const text = (date: Date | null): string | null => date?.toISOString() ?? null;
      return {
        ...run,
        createdAt: text(run.createdAt),
        startedAt: text(run.startedAt),
        endedAt: text(run.endedAt),
      };
    },
  );
  app.get(
    '/v1/runs/:runId/calls/:callId',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        params: z.strictObject({ runId: idSchema('run'), callId: idSchema('call') }),
        response: {
          200: z.object({
            callId: idSchema('call'),
            tool: z.string(),
            outcome: z.enum(['ok', 'failed', 'interrupted']).nullable(),
            result: z.unknown(),
          }),
        },
      },
    },
    async (request) => {
      const { context } = request.principal;
      return services().runs.result(context, request.params.runId, request.params.callId);
    },
  );
  app.get(
    '/v1/reports',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        querystring: z.strictObject({
          threadId: idSchema('thread').optional().describe('Only what you have shared of this thread of yours.'),
          limit: wholeNumber(1, 100).default(50),
          before: idSchema('run').optional().describe('The run of the last report of the page before.'),
        }),
        response: {
          200: z.object({
            reports: z.array(
              z.object({
                runId: idSchema('run'),
                userId: idSchema('user'),
                author: z.string().describe('Who shared it, by name; "a former colleague" once they have left.'),
                publishedAt: z.string(),
                report: z.unknown(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const { threadId, before, limit } = request.query;
      const page = { limit, ...(threadId && { threadId }), ...(before && { before }) };
      const reports = await services().runs.listPublished(context, page);
      const names = await services().auth.accounts.namesOf(context, [...new Set(reports.map(({ userId }) => userId))]);
      return {
        reports: reports.map((one) => {
          const author = names.get(one.userId) ?? FORMER;
          return { ...one, author, publishedAt: one.publishedAt.toISOString() };
        }),
      };
    },
  );
  app.post(
    '/v1/runs/:runId/publication',
    {
      config: { access: 'reports:publish', apiKey: 'reports:publish' },
      schema: {
        tags,
        description: 'Shares the report with everybody in your company. Nothing else does.',
        params,
        response: { 200: z.object({ publishedAt: z.iso.datetime() }) },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const { publishedAt } = await services().runs.publish(context, request.params.runId);
      return { publishedAt: publishedAt.toISOString() };
    },
  );
  app.delete(
    '/v1/runs/:runId/publication',
    {
      config: { access: 'chat:use', apiKey: 'reports:publish' },
      schema: { tags, description: 'Takes it back: from now on only you read the report.', params },
    },
    async (request, reply) => {
      const { context } = request.principal;
      await services().runs.unpublish(context, request.params.runId);
      return reply.code(204).send();
    },
  );
  app.post(
    '/v1/runs/:runId/cancel',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        params,
        response: { 200: z.object({ outcome: z.enum(['stopping', 'already_ended']), state: z.string() }) },
      },
    },
    async (request) => {
      const { context } = request.principal;
      return services().runs.cancel(context, request.params.runId);
    },
  );
}
