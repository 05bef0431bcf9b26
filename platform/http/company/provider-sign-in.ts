import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PlatformError, type Logger } from '../../../ssot/kernel';
import { plainText } from '../../../ssot/websocket-manager';
import { toPublicError } from '../../public-error';
import type { Services } from '../../services';
import type { App } from '../server/app';
import { deviceNameOf } from '../requests/device-name';
import { admit, signedIn } from './let-in';

const MAX_BODY_BYTES = 16 * 1024;
const COOKIE_SECONDS = 600;
const FORM = 'application/x-www-form-urlencoded';
const tags = ['identity'];

/** Sign-in with one's company's own provider: begun here, answered by the browser that comes back, handed over to the page. */
export function providerSignInRoutes(app: App, services: () => Services, log: Logger): void {
  app.post(
    '/v1/sign-in/provider',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'public' },
      schema: {
        tags,
        description: 'Go to `redirectTo` in the browser that has asked: it was given a cookie that the answer needs.',
        body: z.strictObject({
          email: plainText(320),
          fresh: z.boolean().optional().describe('The provider asks for a proof now, whatever it remembers.'),
          returnTo: plainText(2_000).optional().describe('One of the registered pages; the own page unless given.'),
        }),
        response: { 200: z.object({ redirectTo: z.url() }) },
      },
    },
    async (request, reply) => {
      const { email, fresh, returnTo } = request.body;
      const { redirectTo, browserKey } = await services().auth.signIn.start({ email, fresh }, returnTo);
      setCookie(request, reply, browserKey, COOKIE_SECONDS);
      return { redirectTo: redirectTo.href };
    },
  );
  app.get(
    '/v1/sign-in/provider/callback',
    {
      config: { access: 'public' },
      schema: {
        tags,
        description:
          'Where providers send people back to. Goes on to the page, with `#sign-in=` and a code for /v1/sign-in/provider/hand-over, or with `#sign-in-refused=` and the code of the refusal.',
        response: { 303: z.null().describe('The page that began it.') },
      },
    },
    async (request, reply) => {
      const { signIn } = services().auth;
      const browserKey = cookieOf(request);
      const query = new URL(request.raw.url ?? '/', 'http://here').searchParams;
      try {
        const { handOver, returnTo } = await signIn.finish({ query, browserKey, address: request.ip });
        return await reply.redirect(`${returnTo}#sign-in=${handOver}`, 303);
      } catch (error) {
        const refusal = toPublicError(error);
        if (refusal.code === 'internal') log.error({ err: error }, 'a sign-in with a provider failed');
        // The cookie stays: the same answer may have been loaded twice, and the other one goes on.
        return reply.redirect(`${signIn.returnAddressOf(browserKey) ?? '/'}#sign-in-refused=${refusal.code}`, 303);
      }
    },
  );
  app.post(
    '/v1/sign-in/provider/hand-over',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { access: 'public' },
      schema: {
        tags,
        description: 'Once, within 60 seconds, in the browser that began.',
        body: z.strictObject({
          handOver: z.string().regex(/^[\w-]{1,100}$/, 'must be what the page was sent on with'),
          device: plainText(200),
        }),
        response: { 200: signedIn },
      },
    },
    async (request, reply) => {
      const from = { deviceName: deviceNameOf(request), address: request.ip };
      const proof = { ...request.body, ...from, browserKey: cookieOf(request) };
      const shown = await admit(services(), log, await services().auth.signIn.redeem(proof));
      setCookie(request, reply, '', 0);
      return shown;
    },
  );
}

/** Providers' own notices that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0). */
export function providerSignOutRoute(app: App, services: () => Services): void {
  void app.register((scope, _, done) => {
    scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, (_request, body, parsed) =>
      parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    (scope as App).post(
      '/v1/sign-in/provider/sign-out',
      {
        bodyLimit: MAX_BODY_BYTES,
        config: { access: 'public' },
        schema: {
          tags,
          description: `For identity providers, as ${FORM}: back-channel sign-out.`,
          consumes: [FORM],
          body: z.object({ logout_token: z.string().max(MAX_BODY_BYTES) }),
          response: { 200: z.object({ ended: z.int() }) },
        },
      },
      async (request) => {
        const { auth, gateway } = services();
        const ended = await auth.sso.backChannelLogout(request.body.logout_token, request.ip).catch(asNotice);
        for (const session of ended) await gateway().revoke(session);
        return { ended: ended.length };
      },
    );
    done();
  });
}

/** What the standard wants for a notice that is none. */
function asNotice(error: unknown): never {
  if (!(error instanceof PlatformError) || error.code !== 'token_invalid') throw error;
  const message = 'This is no sign-out notice of a provider that a company has connected.';
  throw new PlatformError({ code: 'logout_token_invalid', message, field: 'logout_token', cause: error });
}

/** With the prefix that no other host can set, where the browser comes over TLS. */
function cookieName({ protocol }: FastifyRequest): string {
  return protocol === 'https' ? '__Host-sign-in' : 'sign-in';
}

function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  const attributes = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  void reply.header('set-cookie', `${cookieName(request)}=${value}; ${attributes}`);
}

function cookieOf(request: FastifyRequest): string {
  const name = `${cookieName(request)}=`;
  const cookies = (request.headers.cookie ?? '').split(';').map((one) => one.trim());
  return cookies.find((one) => one.startsWith(name))?.slice(name.length) ?? '';
}
