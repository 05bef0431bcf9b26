import { generateKeyPair, exportJWK } from 'jose';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';

/** What whoever started it says: a provider to open, or a sign-in to end. */
interface Open {
  readonly type: 'open';
  readonly name: string;
  readonly client: {
    readonly id: string;
    readonly secret: string;
    readonly redirect: string;
    readonly logout?: string;
  };
  readonly people: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Identity providers in a process of their own: `oidc-provider`, the certified server, one for each name under `/<name>`, with
 * people who sign in by saying who they are. Ends with the process that started it.
 */
const providers = new Map<string, Provider>();
const opened = new Map<string, Open>();
const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const key = { ...(await exportJWK(privateKey)), kid: 'specs', alg: 'RS256', use: 'sig' };

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'listening', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: Open) => {
  open(message);
  process.send?.({ type: 'opened', name: message.name });
});

function open(wanted: Open): void {
  const { name, client } = wanted;
  const { port } = server.address() as AddressInfo;
  const known = opened.get(name);
  opened.set(name, wanted);
  // The same again only changes who works there.
  if (known !== undefined && JSON.stringify(known.client) === JSON.stringify(client)) return;
  const configuration: Configuration = {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirect],
        ...(client.logout && { backchannel_logout_uri: client.logout, backchannel_logout_session_required: true }),
      },
    ],
    jwks: { keys: [key] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'role'] },
    cookies: { keys: ['a key of this process only'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    // Its own would not go to a platform on this machine.
    fetch: (url, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown } = {}) => fetch(url, options),
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...opened.get(name)?.people[id], sub: id }) }),
    interactions: { url: (_, { uid }) => `/${name}/interaction/${uid}` },
    loadExistingGrant: async ({ oidc }: KoaContextWithOIDC) => {
      const grant = new oidc.provider.Grant({ accountId: oidc.session?.accountId, clientId: oidc.client?.clientId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  };
  const provider = new Provider(`http://127.0.0.1:${port}/${name}`, configuration);
  provider.on('backchannel.error', (_, error) => console.error(error));
  provider.on('server_error', (_, error) => console.error(error));
  providers.set(name, provider);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, name = '', first = '', uid = ''] = pathname.split('/');
  const provider = providers.get(name);
  if (provider === undefined) return void response.writeHead(404).end();
  if (first === 'interaction') return interact(provider, { name, uid, request, response });
  const mounted = request as IncomingMessage & { originalUrl?: string };
  mounted.originalUrl = request.url ?? '/';
  request.url = (request.url ?? '/').slice(name.length + 1) || '/';
  return provider.callback()(request, response);
}

const FORM = (action: string): string => `<!doctype html>
<html lang="en"><title>Sign in to your company</title>
<main><h1>Your company’s sign-in</h1>
<form method="post" action="${action}">
<p><label>Who are you? <input name="who" autocomplete="off" required></label></p>
<p><button>Sign in</button></p>
</form></main></html>`;

/** Whoever says who they are is believed: what this provider demands is its own business. */
async function interact(
  provider: Provider,
  { name, uid, request, response }: { name: string; uid: string; request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(FORM(`/${name}/interaction/${uid}`));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const who = new URLSearchParams(Buffer.concat(chunks).toString('utf8')).get('who') ?? '';
  const isKnown = opened.get(name)?.people[who] !== undefined;
  const result = isKnown ? { login: { accountId: who } } : { error: 'access_denied' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
