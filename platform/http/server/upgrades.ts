import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PlatformError, refuseOnSocket, type Logger } from '../../../ssot/kernel';
import type { App } from './app';
import { sendProblem } from '../requests/problem';
import { pathOf } from './target';

const CHAT = '/v1/chat';
const VERSION = '13';

export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Every other request that offers an upgrade gets its ordinary answer (RFC 9110, 7.8). */
export function isChatUpgrade({ method, url = '', headers }: IncomingMessage): boolean {
  const isWebSocket = headers.upgrade?.toLowerCase() === 'websocket' && headers['sec-websocket-version'] === VERSION;
  return method === 'GET' && isWebSocket && pathOf(url) === CHAT;
}

/** What comes to the chat address without an upgrade to WebSocket 13 is told to offer one. */
export function chatRoute(app: App): void {
  app.get(CHAT, { config: { access: 'public' }, schema: { hide: true } }, (_, reply) => {
    const message = `Open a WebSocket of version ${VERSION} here; see /asyncapi.json.`;
    void reply.headers({ upgrade: 'websocket', 'sec-websocket-version': VERSION });
    return sendProblem(reply, new PlatformError({ code: 'upgrade_required', message }));
  });
}

/**
 * Hands chat upgrades over. Node takes its own listeners off a socket before it does, so the socket is given an error
 * listener that stays: whatever becomes of one connection ends nothing but that connection.
 */
export function handOverUpgrades(server: Server, handle: HandleUpgrade, logger: Logger): void {
  const onError = (error: Error): void =>
    logger.debug({ reason: error.message }, 'a connection broke during its upgrade');
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', onError);
    try {
      handle(request, socket, head);
    } catch (error) {
      logger.error({ err: error }, 'an upgrade failed');
      socket.destroy();
    }
  });
}

export function refuseConnect(server: Server): void {
  server.on('connect', (_, socket) => {
    refuseOnSocket(socket, { code: 'method_unsupported', message: 'This is no proxy: CONNECT is not answered.' }, 501);
  });
}
