import type { App } from './app';

/** More than anybody may send, so that whoever sends too much is told so on a connection that stays usable. */
export const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

/**
 * Bounds what is taken from a caller who was answered before their body was read: so much of it is thrown away. Node alone
 * would go on reading for as long as the caller sends; Fastify would close at once, and the reset would overtake the answer.
 */
export function discardUnreadBodies(app: App): void {
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (raw.complete) return done();
    if (Number(raw.headers['content-length'] ?? 0) > MAX_DISCARDED_BYTES) {
      reply.header('connection', 'close');
      return done();
    }
    reply.removeHeader('connection');
    let left = MAX_DISCARDED_BYTES;
    raw.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) raw.destroy();
    });
    done();
  });
}
