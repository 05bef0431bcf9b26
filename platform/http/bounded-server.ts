import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Logger, Metrics } from '../../ssot/kernel';
import { answerInTurn, isAnswering, type TurnBounds } from './in-turn';

/** What one caller may take of an instance; times in milliseconds. */
export interface Bounds extends TurnBounds {
  /** From the first moment of a connection, or the first byte of a later request, to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the body. */
  readonly requestMs: number;
  /** Longer than the 60 s after which common load balancers drop an idle connection themselves. */
  readonly idleMs: number;
  readonly headerBytes: number;
}

export const BOUNDS: Bounds = {
  headersMs: 5_000,
  requestMs: 30_000,
  untakenMs: 10_000,
  idleMs: 72_000,
  headerBytes: 16 * 1024,
  requestsPerConnection: 1_000,
  waitingPerConnection: 16,
};

/** How late the end of a time may be noticed. */
const CHECK_MS = 500;

interface ServerPorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How its connections are called in figures. */
  readonly port: string;
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
}

/** Node's HTTP server, on which no connection takes more than its bounds and none can end the process. */
export function createBoundedServer(
  handler: RequestListener,
  bounds: Bounds,
  { logger, metrics, port, mayUpgrade }: ServerPorts,
): Server {
  const server = createServer(
    {
      headersTimeout: bounds.headersMs,
      requestTimeout: bounds.requestMs,
      keepAliveTimeout: bounds.idleMs,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: bounds.headerBytes,
      shouldUpgradeCallback: (request) => mayUpgrade(request) && !isAnswering(request.socket),
    },
    answerInTurn(handler, bounds),
  );
  let open = 0;
  server.on('connection', (socket) => {
    metrics.gauge('http_connections', ++open, { port });
    socket.once('close', () => metrics.gauge('http_connections', --open, { port }));
  });
  // Accepting may fail, for instance without a free file descriptor; those who are connected are served on.
  server.on('error', (error) => logger.error({ err: error }, 'a connection could not be accepted'));
  return server;
}
