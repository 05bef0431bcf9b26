import type { IncomingMessage } from 'node:http';
import { ChatError } from '../errors';

export const SUBPROTOCOL = 'chat.v1';
const BEARER = /^Bearer +(\S+)$/i;
const BEARER_PROTOCOL = 'bearer.';
const NAMES_A_TOKEN = /token|bearer|auth/i;

/** Whether the device speaks what is spoken here. A browser sees nothing of the refusal but that it failed. */
export function offersSubprotocol(request: IncomingMessage): boolean {
  return offered(request).includes(SUBPROTOCOL);
}

/** Throws `token_in_url`. Read without `URL`, which throws on targets that HTTP allows, as on `//`. */
export function assertNoTokenInUrl({ url = '' }: IncomingMessage): void {
  const [, query] = /\?(.*)/.exec(url) ?? [];
  if ([...new URLSearchParams(query).keys()].some((name) => NAMES_A_TOKEN.test(name))) {
    const words = 'Tokens in the URL are not accepted. Sign out there, and send a new one as a header.';
    throw new ChatError('token_in_url', words);
  }
}

/** The token of the header, or of the second subprotocol, where browsers put it; never of the address. */
export function bearerToken(request: IncomingMessage): string | undefined {
  const inHeader = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (inHeader !== undefined) return inHeader;
  const inProtocol = offered(request).find((protocol) => protocol.startsWith(BEARER_PROTOCOL));
  return inProtocol?.slice(BEARER_PROTOCOL.length);
}

function offered(request: IncomingMessage): readonly string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}
