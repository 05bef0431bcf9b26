import type { App } from './app';

/** An answer does not wait for a body that nobody will read; so much of it is thrown away before the connection is cut. */
export const MAX_DISCARDED_BYTES = 1024 * 1024;

/**
 * Bounds what is taken from a caller who was answered before their body was read. A body within the bound is thrown away
 * and the connection stays usable; Node alone would go on reading for as long as the caller sends.
 */
export function discardUnreadBodies(app: App): void {
  app.addHook('onSend', ({ raw }, _reply, _payload, done) => {
    if (!raw.complete && !raw.readableFlowing) {
      let left = MAX_DISCARDED_BYTES;
      raw.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) raw.destroy();
      });
    }
    done();
  });
}
