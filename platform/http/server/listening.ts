import type { AddressInfo } from 'node:net';
import { setImmediate as heard } from 'node:timers/promises';
import { pause, type Clock } from '../../../ssot/kernel';
import type { App } from './app';

/** Without a connection or a request, so that nobody is on the way. */
const QUIET_MS = 50;
/** Of a server on which it is never quiet. */
const MAX_WAIT_MS = 1_000;

/** `http://host:port` of a server that listens. */
export function urlOf(app: App): string {
  const address = app.server.address() as AddressInfo | null;
  if (address === null) throw new Error('the platform does not listen');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/**
 * Ends a server with every connection, in a moment in which nobody comes: whoever was still at work has been answered, what is left only
 * holds one open.
 */
export async function endListening(app: App, clock: Clock): Promise<void> {
  await untilQuiet(app, clock);
  const closed = app.close();
  // Those on which nothing was ever said, or half a request, do not count as idle and would be waited for.
  app.server.closeAllConnections();
  await closed;
}

/**
 * Until then whoever comes is answered, and leaves with that answer. The operating system has taken connections that the process has not
 * looked at yet: a listener that is closed resets them, and their callers cannot know whether they were heard.
 */
export async function untilQuiet({ server }: App, clock: Clock, maxWaitMs = MAX_WAIT_MS): Promise<void> {
  let last = clock.monotonic();
  const until = last + maxWaitMs;
  const hear = (): void => void (last = clock.monotonic());
  server.on('connection', hear).on('request', hear);
  for (let ms = QUIET_MS; ms > 0; ms = Math.min(last + QUIET_MS, until) - clock.monotonic()) {
    await pause(clock, ms);
    // A busy process finds that time is over before it finds out who came meanwhile.
    await heard();
  }
}
