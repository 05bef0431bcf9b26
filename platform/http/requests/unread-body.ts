import type { IncomingMessage } from 'node:http';
import type { App } from '../server/app';

/** More than anybody may send, so that whoever sends too much is told so on a connection that stays usable. */
export const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

/**
 * Bounds what is taken from a caller who was answered before their body was read: so much of it is thrown away. Node alone
 * would go on reading for as long as the caller sends; Fastify would close at once, and the reset would overtake the answer.
 */
export function discardUnreadBodies(app: App): void {
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (raw.complete) return done();
    const isDiscarded = isWorthReading(raw);
    if (isDiscarded) discardBody(raw);
    // Node says nothing of its own where a header was removed: whoever must leave would reuse the connection while it ends.
    if (isDiscarded && reply.raw.shouldKeepAlive) reply.removeHeader('connection');
    else reply.header('connection', 'close');
    done();
  });
}

/** Whether the connection may be used again after what is left of this request. */
export function isWorthReading({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) <= MAX_DISCARDED_BYTES;
}

/** Throws away what is left of a request, and ends its connection when that is too much. */
export function discardBody(request: IncomingMessage): void {
  let left = MAX_DISCARDED_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
}
