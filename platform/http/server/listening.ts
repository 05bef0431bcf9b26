import type { AddressInfo } from 'node:net';
import type { App } from './app';

/** `http://host:port` of a server that listens. */
export function urlOf(app: App): string {
  const address = app.server.address() as AddressInfo | null;
  if (address === null) throw new Error('the platform does not listen');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** Ends a server with every connection: whoever was still at work has been answered, what is left only holds one open. */
export async function endListening(app: App): Promise<void> {
  const closed = app.close();
  // Those on which nothing was ever said, or half a request, do not count as idle and would be waited for.
  app.server.closeAllConnections();
  await closed;
}
