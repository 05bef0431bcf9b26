import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DataDecision } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import type { Subject, Transaction, UserId } from '../../../ssot/kernel';
import type { Erasure, Hold, InSameTransaction } from '../../../ssot/state-persistence';
import { plainText } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { acting } from './people';

/** Of oneself; of others whoever manages people, as auth judges. */
const ofPerson = { access: 'account:use' } as const;
const ofHolds = { access: 'people:manage' } as const;
const ofCompany = { access: 'owners:manage' } as const;
const tags = ['customer data'];
const params = z.strictObject({ userId: idSchema('user') });
const headers = z.looseObject({
  'idempotency-key': plainText(128)
    .optional()
    .describe('The same request again, with the same key, is the same erasure.'),
});
export const erasure = z.object({
  userId: idSchema('user').optional().describe('Left out where it is the whole company.'),
  state: z
    .enum(['held', 'erasing', 'done'])
    .describe('"held": it begins when the legal hold is lifted. "done": nothing is left in any store.'),
  requestedAt: z.iso.datetime(),
  doneAt: z.iso.datetime().nullable(),
  emptied: z.array(z.string()).describe('Parts of the platform in which nothing is left.'),
  failing: z.string().nullable().describe('The part that could not be emptied just now. It is tried again.'),
});
const reason = plainText(500).describe('3 to 500 characters. Only those who manage people read it.');
const hold = z.object({
  userId: idSchema('user').optional().describe('Left out where it is the whole company.'),
  reason: z.string(),
  placedBy: idSchema('user'),
  placedAt: z.iso.datetime(),
});
const holdBody = z.strictObject({ reason: reason.refine((text) => text.length >= 3, 'has fewer than 3 characters') });
const file = {
  200: z.string().describe('One JSON object a line (application/x-ndjson): a header, records, a manifest.'),
};

/** What becomes of the data of a person, or of the whole company: erased, taken along, held. */
export function customerDataRoutes(app: App, services: () => Services): void {
  personRoutes(app, services);
  companyRoutes(app, services);
  app.get(
    '/v1/holds',
    { config: ofHolds, schema: { tags, response: { 200: z.object({ holds: z.array(hold) }) } } },
    async (request) => {
      const { auth, customerData } = services();
      const by = acting(request);
      // Who may read of holds is who may place them.
      await auth.dataDecisions.assertMay(by, { action: 'hold_placed', userId: by.principal.context.userId });
      return { holds: (await customerData.holds(by.principal.context)).map(shownHold) };
    },
  );
}

function personRoutes(app: App, services: () => Services): void {
  app.post(
    '/v1/people/:userId/erasure',
    { config: ofPerson, schema: { tags, params, headers, response: { 202: erasure } } },
    async (request, reply) => {
      const { userId } = request.params;
      return reply.code(202).send(await erase(services(), request, userId, request.headers['idempotency-key']));
    },
  );
  app.get(
    '/v1/people/:userId/erasure',
    { config: ofPerson, schema: { tags, params, response: { 200: erasure } } },
    async (request) => read(services(), request, request.params.userId),
  );
  app.get(
    '/v1/people/:userId/export',
    { config: ofPerson, schema: { tags, params, response: file } },
    async (request, reply) => exported(services(), request, reply, request.params.userId),
  );
  app.put(
    '/v1/people/:userId/hold',
    { config: ofHolds, schema: { tags, params, body: holdBody } },
    async (request, reply) => {
      const { userId } = request.params;
      await place(services(), request, request.body.reason, userId);
      return reply.code(204).send();
    },
  );
  app.delete('/v1/people/:userId/hold', { config: ofHolds, schema: { tags, params } }, async (request, reply) => {
    await lift(services(), request, request.params.userId);
    return reply.code(204).send();
  });
}

function companyRoutes(app: App, services: () => Services): void {
  app.post(
    '/v1/company/erasure',
    {
      config: ofCompany,
      schema: {
        tags,
        headers,
        description: 'Everybody else is locked out at once, and you when all of it is gone. There is no way back.',
        body: z.strictObject({ companyName: z.string().max(400).describe('What your company is called, to confirm.') }),
        response: { 202: erasure },
      },
    },
    async (request, reply) => {
      const by = acting(request);
      const { auth } = services();
      await auth.dataDecisions.assertMay(by, { action: 'erasure_requested' });
      await auth.dataDecisions.assertNamed(by, request.body.companyName);
      return reply.code(202).send(await erase(services(), request, undefined, request.headers['idempotency-key']));
    },
  );
  app.get('/v1/company/erasure', { config: ofCompany, schema: { tags, response: { 200: erasure } } }, (request) =>
    read(services(), request, undefined),
  );
  app.get('/v1/company/export', { config: ofCompany, schema: { tags, response: file } }, async (request, reply) =>
    exported(services(), request, reply, undefined),
  );
  app.put('/v1/company/hold', { config: ofCompany, schema: { tags, body: holdBody } }, async (request, reply) => {
    await place(services(), request, request.body.reason, undefined);
    return reply.code(204).send();
  });
  app.delete('/v1/company/hold', { config: ofCompany, schema: { tags } }, async (request, reply) => {
    await lift(services(), request, undefined);
    return reply.code(204).send();
  });
}

type Asked = Pick<FastifyRequest, 'person' | 'ip'>;

async function erase(
  { auth, customerData, gateway }: Services,
  request: Asked,
  userId: UserId | undefined,
  key?: string,
) {
  const by = acting(request);
  const { context } = by.principal;
  const decision = decisionOf('erasure_requested', userId);
  await auth.dataDecisions.assertMay(by, decision);
  const decide: InSameTransaction = async (tx, { isHeld }) => {
    if (isHeld) await auth.dataDecisions.assertMayLose(tx, by, userId);
    else await auth.dataDecisions.lockOut(tx, by, userId);
    await auth.dataDecisions.record(tx, by, decision);
  };
  const asked = await customerData.erase(context, userId, decide, key);
  if (asked.state !== 'held') {
    await gateway().revoke({ tenantId: context.tenantId, ...(userId !== undefined && { userId }) });
  }
  return shownErasure(asked);
}

async function read({ auth, customerData }: Services, request: Asked, userId: UserId | undefined) {
  const by = acting(request);
  await auth.dataDecisions.assertMay(by, decisionOf('erasure_requested', userId));
  return shownErasure(await customerData.erasure(by.principal.context, userId));
}

/** Written down before the first byte leaves. */
async function exported(
  { auth, customerData }: Services,
  request: Asked,
  reply: FastifyReply,
  userId: UserId | undefined,
): Promise<FastifyReply> {
  const by = acting(request);
  const decision = decisionOf('data_exported', userId);
  await auth.dataDecisions.assertMay(by, decision);
  const subject = subjectOf(request, userId);
  await customerData.assertKnown(subject);
  await auth.dataDecisions.note(by, decision);
  const name = `${userId ?? subject.tenantId}.ndjson`;
  return reply
    .header('content-type', 'application/x-ndjson')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Readable.from(customerData.export(subject)));
}

async function place({ auth, customerData }: Services, request: Asked, why: string, userId: UserId | undefined) {
  const by = acting(request);
  const decision = decisionOf('hold_placed', userId);
  await auth.dataDecisions.assertMay(by, decision);
  await customerData.assertKnown(subjectOf(request, userId));
  const wanted = { reason: why, ...(userId !== undefined && { userId }) };
  const record = (tx: Transaction): Promise<void> => auth.dataDecisions.record(tx, by, decision);
  await customerData.hold(by.principal.context, wanted, record);
}

async function lift({ auth, customerData }: Services, request: Asked, userId: UserId | undefined): Promise<void> {
  const by = acting(request);
  const decision = decisionOf('hold_lifted', userId);
  await auth.dataDecisions.assertMay(by, decision);
  await customerData.lift(by.principal.context, userId, (tx) => auth.dataDecisions.record(tx, by, decision));
}

function decisionOf(action: DataDecision['action'], userId: UserId | undefined): DataDecision {
  return { action, ...(userId !== undefined && { userId }) };
}

function subjectOf(request: Asked, userId: UserId | undefined): Subject {
  const { tenantId } = acting(request).principal.context;
  return { tenantId, ...(userId !== undefined && { userId }) };
}

export function shownErasure({ requestedAt, doneAt, emptied, ...rest }: Erasure): z.infer<typeof erasure> {
  return {
    ...rest,
    requestedAt: requestedAt.toISOString(),
    doneAt: doneAt?.toISOString() ?? null,
    emptied: [...emptied],
  };
}

function shownHold({ placedAt, ...rest }: Hold): z.infer<typeof hold> {
  return { ...rest, placedAt: placedAt.toISOString() };
}
