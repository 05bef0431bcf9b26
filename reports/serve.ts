import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const MIME: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

export interface SiteServer {
  /** `http://127.0.0.1:4000/` */
  readonly url: string;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** The port asked for is not free. */
export class PortInUse extends Error {
  readonly code = 'port_in_use';
}

/**
 * Serves a site to this machine only. `folder` is asked at each request; as long as it names none, or one without a front
 * page, a page says so and asks again. `port` 0 takes any free one. Rejects with `PortInUse` when the port is taken.
 */
export async function serveSite(folder: () => string | undefined, port: number): Promise<SiteServer> {
  const server = createServer((request, response) => void answer(folder(), request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? portInUse(port) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portInUse(port: number): PortInUse {
  return new PortInUse(
    `Port ${port} is in use, so nothing was run. Stop what listens there, or choose another: npm start -- --port 0 takes a free one.`,
  );
}

async function answer(dir: string | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'Only GET and HEAD are answered.');
  if (dir === undefined || !(await fileAt(join(dir, 'index.html')))) {
    response.setHeader('refresh', '2');
    return refuse(response, 503, 'The suite is running. The living documentation appears here when it has ended.');
  }
  const path = pathWithin(dir, request.url ?? '/');
  const size = path === null ? null : await fileAt(path);
  if (path === null || size === null)
    return refuse(response, 404, 'There is no such page. The front page is /index.html.');
  response.writeHead(200, {
    'content-type': MIME[extname(path)] ?? 'application/octet-stream',
    'content-length': size,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') return void response.end();
  // A reader who leaves half-way is no error of ours; anything else has already closed the response.
  await pipeline(createReadStream(path), response).catch(() => response.destroy());
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

/** Null for an address that does not decode, or that leads out of the folder. */
function pathWithin(dir: string, address: string): string | null {
  try {
    const path = decodeURIComponent(address.replace(/[?#].*$/s, ''));
    if (path.includes('\0')) return null;
    const full = normalize(join(dir, path.endsWith('/') ? `${path}index.html` : path));
    return full.startsWith(normalize(dir + sep)) ? full : null;
  } catch {
    return null;
  }
}

async function fileAt(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
