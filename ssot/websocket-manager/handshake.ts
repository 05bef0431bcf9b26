import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ChatError } from './errors';

export const SUBPROTOCOL = 'chat.v1';
const BEARER = /^Bearer +(\S+)$/i;
const BEARER_PROTOCOL = 'bearer.';

/** Throws `subprotocol_missing` or `origin_refused`, before anything is opened. */
export function assertWelcome(request: IncomingMessage, origins: readonly string[]): void {
  if (!offered(request).includes(SUBPROTOCOL)) {
    throw new ChatError('subprotocol_missing', `Offer the subprotocol "${SUBPROTOCOL}".`);
  }
  const { origin, host } = request.headers;
  // Programs send no origin; pages always do.
  if (origin === undefined) return;
  const own = URL.canParse(origin) && new URL(origin).host === host;
  if (origins.length === 0 ? !own : !origins.includes(origin)) {
    throw new ChatError('origin_refused', 'This page may not open a line here.');
  }
}

/** The token of the header, or of the second subprotocol, where browsers put it; never of the address. */
export function tokenOf(request: IncomingMessage): string | undefined {
  const inHeader = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (inHeader !== undefined) return inHeader;
  const inProtocol = offered(request).find((protocol) => protocol.startsWith(BEARER_PROTOCOL));
  return inProtocol?.slice(BEARER_PROTOCOL.length);
}

export function refuseUpgrade(socket: Duplex, error: ChatError): void {
  const status = error.code === 'origin_refused' ? '403 Forbidden' : '400 Bad Request';
  const body = JSON.stringify({
    type: 'about:blank',
    title: status.slice(4),
    status: Number(status.slice(0, 3)),
    code: error.code,
    detail: error.message,
  });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

function offered(request: IncomingMessage): readonly string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}
