import { z } from 'zod';
import { ROLES } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import { PLANS } from '../../../ssot/kernel';
import type { Lifecycle } from '../../../ssot/lifecycle-manager';
import { plainText } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { erasure, shownErasure } from '../company/customer-data';
import { timeZone } from '../company/time-zone';

/** Operators set companies up; their credential is no person's. */
export function operationsRoutes(app: App, services: () => Services, lifecycle: Lifecycle): void {
  app.post(
    '/v1/operations/tenants',
    {
      config: { access: 'operations:write' },
      schema: {
        tags: ['operations'],
        headers: z.looseObject({
          'idempotency-key': plainText(128)
            .optional()
            .describe('The same request again, with the same key, is the same company.'),
        }),
        body: z.strictObject({
          name: z.string(),
          plan: z.enum(PLANS),
          owner: z.strictObject({ name: z.string(), email: z.string(), password: z.string() }).optional(),
        }),
        response: { 201: z.object({ tenantId: idSchema('tenant') }) },
      },
    },
    async (request, reply) => {
      const { auth } = services();
      const { owner, ...tenant } = request.body;
      const wanted = { ...tenant, ...(owner && { owner }) };
      const key = request.headers['idempotency-key'];
      const tenantId = await auth.provisioning.createTenant(request.operator, wanted, key);
      return reply.code(201).send({ tenantId });
    },
  );
  app.post(
    '/v1/operations/tenants/:tenantId/people',
    {
      config: { access: 'operations:write' },
      schema: {
        tags: ['operations'],
        params: z.strictObject({ tenantId: idSchema('tenant') }),
        body: z.strictObject({ name: z.string(), email: z.string(), password: z.string(), role: z.enum(ROLES) }),
        response: { 201: z.object({ userId: idSchema('user') }) },
      },
    },
    async (request, reply) => {
      const { operator, params, body } = request;
      const userId = await services().auth.provisioning.addPerson(operator, params.tenantId, body);
      return reply.code(201).send({ userId });
    },
  );
  const suspension = '/v1/operations/tenants/:tenantId/suspension';
  const schema = { tags: ['operations'], params: z.strictObject({ tenantId: idSchema('tenant') }) };
  app.put(suspension, { config: { access: 'operations:write' }, schema }, async (request, reply) => {
    const { auth, gateway } = services();
    const { tenantId } = request.params;
    await auth.provisioning.suspendTenant(request.operator, tenantId);
    await gateway().revoke({ tenantId });
    return reply.code(204).send();
  });
  app.delete(suspension, { config: { access: 'operations:write' }, schema }, async (request, reply) => {
    await services().auth.provisioning.restoreTenant(request.operator, request.params.tenantId);
    return reply.code(204).send();
  });
  app.delete(
    '/v1/operations/tenants/:tenantId/single-sign-on/enforcement',
    { config: { access: 'operations:write' }, schema: { ...schema, description: 'Passwords count again.' } },
    async (request, reply) => {
      await services().auth.provisioning.liftSso(request.operator, request.params.tenantId);
      return reply.code(204).send();
    },
  );
  app.put(
    '/v1/operations/tenants/:tenantId/plan',
    { config: { access: 'operations:write' }, schema: { ...schema, body: z.strictObject({ plan: z.enum(PLANS) }) } },
    async (request, reply) => {
      const { operator, params, body } = request;
      await services().auth.provisioning.setPlan(operator, params.tenantId, body.plan);
      return reply.code(204).send();
    },
  );
  app.put(
    '/v1/operations/tenants/:tenantId/time-zone',
    { config: { access: 'operations:write' }, schema: { ...schema, body: timeZone } },
    async (request, reply) => {
      const { operator, params, body } = request;
      await services().auth.provisioning.setTimeZone(operator, params.tenantId, body.timeZone);
      return reply.code(204).send();
    },
  );
  app.get(
    '/v1/operations/tenants/:tenantId/erasures',
    {
      config: { access: 'operations:read' },
      schema: { ...schema, response: { 200: z.object({ erasures: z.array(erasure) }) } },
    },
    async (request) => {
      const found = await services().customerData.erasures(request.params.tenantId);
      return { erasures: found.map(shownErasure) };
    },
  );
  app.get(
    '/v1/operations/instance',
    { config: { access: 'operations:read' }, schema: { tags: ['operations'] } },
    (request) => lifecycle.report(request.operator),
  );
}
