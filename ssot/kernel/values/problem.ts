import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { systemClock } from '../ports/clock';
import type { PlatformError, ReachedLimit } from './errors';

type Refusal = Pick<PlatformError, 'code' | 'message' | 'field' | 'retryAfterMs' | 'limit'>;

/** A refusal as it travels: RFC 9457, with the stable `code` that programs act on. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly limit: ReachedLimit | undefined;
}

/** On every answer that is not meant for everybody: no cache keeps it, and no browser guesses what it is. */
export const PRIVATE_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** For taking the answer and saying goodbye: longer than any client needs for a few hundred bytes. */
const LINGER_MS = 1_000;

export function problemOf({ code, message: detail, field, retryAfterMs, limit }: Refusal, status: number): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, code, detail, field, retryAfterMs, limit };
}

/** The value of `Retry-After`: whole seconds, never earlier than was said. */
export function retryAfterSeconds(retryAfterMs: number): number {
  return Math.ceil(retryAfterMs / 1_000);
}

/**
 * Answers with a problem on a socket that has no `ServerResponse`, and closes it. What the peer still sends is thrown away
 * for a moment, because closing on unread bytes would reset the connection and the answer with it. Never throws; whatever
 * becomes of the socket concerns nobody else, and a peer that neither takes the answer nor leaves is cut off.
 */
export function refuseOnSocket(
  socket: Duplex,
  refusal: Refusal,
  status: number,
  headers: Readonly<Record<string, string>> = PRIVATE_HEADERS,
): void {
  socket.on('error', () => socket.destroy());
  if (!socket.writable) return void socket.destroy();
  const patience = systemClock.after(LINGER_MS, () => socket.destroy());
  socket.once('close', () => patience[Symbol.dispose]());
  const leave = (): void => void (socket.writableFinished && socket.readableEnded && socket.destroy());
  socket.once('finish', leave).once('end', leave).resume();
  const body = JSON.stringify(problemOf(refusal, status));
  const fields = {
    ...headers,
    ...(refusal.retryAfterMs !== undefined && { 'retry-after': retryAfterSeconds(refusal.retryAfterMs) }),
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`);
}
