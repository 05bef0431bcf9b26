import { z } from 'zod';
import { idSchema } from '../../../ssot/id-manager';
import type { Logger } from '../../../ssot/kernel';
import { MAX_MESSAGE, plainText, threadTitle, type Thread } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import { clearStateOf } from '../../wiring/clear-state';
import { wholeNumber } from '../requests/whole-number';
import type { App } from '../server/app';

const params = z.strictObject({ threadId: idSchema('thread') });
const thread = z.object({ threadId: idSchema('thread'), title: z.string(), createdAt: z.iso.datetime() });
/** The envelope of the wire contract; `data` by `type`. */
const event = z.looseObject({
  v: z.literal(1),
  id: idSchema('event'),
  seq: z.int(),
  type: z.string(),
  threadId: idSchema('thread'),
  runId: idSchema('run'),
  agent: z.string().nullable(),
  at: z.iso.datetime(),
  data: z.unknown(),
});

export function threadRoutes(app: App, services: () => Services, log: Logger): void {
  const tags = ['chat'];
  app.post(
    '/v1/threads',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        headers: z.looseObject({
          'idempotency-key': plainText(128)
            .optional()
            .describe('The same request again, with the same key, is the same thread.'),
        }),
        body: z.strictObject({ title: threadTitle }),
        response: { 201: thread },
      },
    },
    async (request, reply) => {
      const { context } = request.principal;
      const { threads, gateway } = services();
      const made = await threads.create(context, request.body.title, request.headers['idempotency-key']);
      await gateway().threadChanged(context, made.threadId, 'created');
      return reply.code(201).send(shown(made));
    },
  );
  app.get(
    '/v1/threads',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        querystring: z.strictObject({ limit: wholeNumber(1, 100).default(50), before: idSchema('thread').optional() }),
        response: { 200: z.object({ threads: z.array(thread) }) },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const { limit, before } = request.query;
      const threads = await services().threads.list(context, { limit, ...(before && { before }) });
      return { threads: threads.map(shown) };
    },
  );
  app.get(
    '/v1/threads/:threadId',
    { config: { access: 'chat:use', apiKey: 'chat:use' }, schema: { tags, params, response: { 200: thread } } },
    async (request) => {
      const { context } = request.principal;
      return shown(await services().threads.get(context, request.params.threadId));
    },
  );
  app.patch(
    '/v1/threads/:threadId',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: { tags, params, body: z.strictObject({ title: threadTitle }), response: { 200: thread } },
    },
    async (request) => {
      const { context } = request.principal;
      const { threadId } = request.params;
      const { threads, gateway } = services();
      const renamed = await threads.rename(context, threadId, request.body.title);
      await gateway().threadChanged(context, threadId, 'renamed');
      return shown(renamed);
    },
  );
  app.delete(
    '/v1/threads/:threadId',
    { config: { access: 'chat:use', apiKey: 'chat:use' }, schema: { tags, params } },
    async (request, reply) => {
      const { context } = request.principal;
      const { threadId: id } = request.params;
      const { threads, state, gateway } = services();
      await threads.delete(context, id);
      await gateway().threadChanged(context, id, 'deleted');
      await clearStateOf({ scope: 'thread', id }, { state, log }, context);
      return reply.code(204).send();
    },
  );
  app.get(
    '/v1/threads/:threadId/events',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        params,
        querystring: z.strictObject({
          afterSeq: wholeNumber(0).default(0),
          limit: wholeNumber(1, 1_000)
            .default(200)
            .describe('At most so many, and about 1 MiB: there are more as long as the last one is not `headSeq`.'),
        }),
        response: { 200: z.object({ events: z.array(event), firstSeq: z.int(), headSeq: z.int() }) },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const { afterSeq, limit } = request.query;
      const page = await services().log.read(context, request.params.threadId, afterSeq, limit);
      return { ...page, events: [...page.events] };
    },
  );
  app.post(
    '/v1/threads/:threadId/messages',
    {
      config: { access: 'chat:use', apiKey: 'chat:use' },
      schema: {
        tags,
        params,
        body: z.strictObject({ clientMessageId: plainText(128), text: plainText(MAX_MESSAGE) }),
        response: { 202: z.object({ runId: idSchema('run'), waiting: z.int(), repeated: z.boolean() }) },
      },
    },
    async (request, reply) => {
      const { context } = request.principal;
      const { threadId } = request.params;
      await services().gateway().admitMessage(context);
      return reply.code(202).send(await services().runs.submit(context, { threadId, ...request.body }));
    },
  );
}

function shown({ threadId, title, createdAt }: Thread): z.infer<typeof thread> {
  return { threadId, title, createdAt: createdAt.toISOString() };
}
