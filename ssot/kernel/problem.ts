import { STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
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

/** Longer than any client needs to take a few hundred bytes. */
const TAKE_MS = 5_000;

export function problemOf({ code, message: detail, field, retryAfterMs, limit }: Refusal, status: number): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, code, detail, field, retryAfterMs, limit };
}

/**
 * Answers with a problem on a socket that has no `ServerResponse`, and closes it. Never throws; whatever becomes of the
 * socket concerns nobody else, and a peer that does not take the answer is cut off.
 */
export function refuseOnSocket(socket: Duplex, refusal: Refusal, status: number): void {
  socket.on('error', () => socket.destroy());
  if (!socket.writable) return void socket.destroy();
  socket.once('finish', () => socket.destroy());
  if (socket instanceof Socket) socket.setTimeout(TAKE_MS, () => socket.destroy());
  const body = JSON.stringify(problemOf(refusal, status));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
