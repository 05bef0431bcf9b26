import { z } from 'zod';
import { SIGN_IN_METHODS } from '../../../ssot/auth';
import { idSchema } from '../../../ssot/id-manager';
import { PlatformError, type Logger } from '../../../ssot/kernel';
import type { Device } from '../../../ssot/websocket-manager';
import type { Services } from '../../services';
import { leave } from '../../wiring/ended-sign-ins';
import { acting } from '../company/people';
import type { App } from '../server/app';

const connection = z.object({
  /** The `connectionId` of its `welcome`. */
  connectionId: idSchema('conn'),
  openedAt: z.iso.datetime(),
  threads: z.array(z.object({ threadId: idSchema('thread'), sentSeq: z.int() })),
});
const connections = z.array(connection).describe('Its open tabs, longest open first.');
const device = z.object({
  sessionId: idSchema('session'),
  name: z.string().nullable().describe('Browser and system, as they were at the sign-in; null of a program.'),
  isThis: z.boolean().describe('The one that asks.'),
  signedInAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().describe('When it was last renewed, which a device in use does every few minutes.'),
  methods: z.array(z.enum(SIGN_IN_METHODS)),
  connections,
});
const devices = z.object({
  devices: z.array(device).describe('The one used last comes first.'),
  programs: z
    .array(z.object({ keyId: idSchema('key'), connections }))
    .describe('What programs with your API keys have open, which counts as yours.'),
});
const config = { access: 'account:use' } as const;
const tags = ['devices'];

/**
 * One's own devices: what one has signed in with, each with the tabs that are open there. One that is somebody else's answers as
 * one that is not there.
 */
export function deviceRoutes(app: App, services: () => Services, log: Logger): void {
  app.get('/v1/devices', { config, schema: { tags, response: { 200: devices } } }, async (request) => {
    const { auth, gateway } = services();
    const by = acting(request);
    const [sessions, open] = await Promise.all([auth.sessions.list(by), gateway().devices(by.principal.context)]);
    const of = (id: string): z.infer<typeof connections> =>
      open.filter(({ sessionId }) => sessionId === id).map(shownConnection);
    const keys = new Set(open.flatMap(({ sessionId }) => idSchema('key').safeParse(sessionId).data ?? []));
    return {
      devices: sessions.map(({ sessionId, deviceName: name, signedInAt, lastUsedAt, methods }) => ({
        ...{ sessionId, name, isThis: sessionId === by.principal.sessionId, methods: [...methods] },
        ...{ signedInAt: signedInAt.toISOString(), lastUsedAt: lastUsedAt.toISOString() },
        connections: of(sessionId),
      })),
      programs: [...keys].map((keyId) => ({ keyId, connections: of(keyId) })),
    };
  });
  app.delete(
    '/v1/devices/:sessionId',
    {
      config,
      schema: {
        tags,
        description: 'Signs the device out, everywhere within a second. Another one than this needs a fresh proof.',
        params: z.strictObject({ sessionId: idSchema('session') }),
      },
    },
    async (request, reply) => {
      const by = acting(request);
      const { sessionId } = request.params;
      await services().auth.sessions.end(by, sessionId);
      await leave(services(), log, by.principal.context, [sessionId]);
      return reply.code(204).send();
    },
  );
  app.delete(
    '/v1/devices',
    {
      config,
      schema: {
        tags,
        description: 'Signs all devices out but the one that asks. Needs a fresh proof.',
        response: { 200: z.object({ endedSessions: z.array(idSchema('session')) }) },
      },
    },
    async (request) => {
      const by = acting(request);
      const ended = await services().auth.sessions.endOthers(by);
      await leave(services(), log, by.principal.context, ended);
      return { endedSessions: [...ended] };
    },
  );
  app.delete(
    '/v1/connections/:connectionId',
    {
      config,
      schema: {
        tags,
        description: 'Closes a tab, whose device stays signed in.',
        params: z.strictObject({ connectionId: idSchema('conn') }),
        // `asked`: it is on another instance, which has been told.
        response: { 200: z.object({ outcome: z.enum(['closed', 'asked']) }) },
      },
    },
    async (request) => {
      const { context } = request.principal;
      const outcome = await services().gateway().disconnect(context, request.params.connectionId);
      if (outcome !== 'unknown') return { outcome };
      const message = 'You have no such device open.';
      throw new PlatformError({ code: 'device_not_found', message, field: 'connectionId' });
    },
  );
}

function shownConnection({ id: connectionId, openedAt, threads }: Device): z.infer<typeof connection> {
  return { connectionId, openedAt: openedAt.toISOString(), threads: [...threads] };
}
