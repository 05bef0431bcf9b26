import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { PlatformError, refuseOnSocket, type Clock, type Logger, type Metrics } from '../../../ssot/kernel';
import { statusOf } from '../../public-error';
import { ConnectionLimiter, type ConnectionLimits } from './connection-limits';
import { answerInTurn, beingAnswered, type TurnBounds } from './in-turn';
import { unreadableBecause } from '../requests/readable';
import type { ResponseHeaders } from './response-headers';
import { refuseExpectation, refuseMalformed, refuseUnreadable } from '../requests/unreadable';

/** What one caller may take of an instance; times in milliseconds. */
export interface Bounds extends TurnBounds {
  /** From the first moment of a connection, or the first byte of a later request, to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the body. */
  readonly requestMs: number;
  /** Between the answer to one request and the next. */
  readonly idleMs: number;
  /** The same for trusted proxies: longer than the 60 s after which common load balancers drop an idle connection themselves. */
  readonly proxyIdleMs: number;
  readonly headerBytes: number;
}

export const BOUNDS: Bounds = {
  headersMs: 5_000,
  requestMs: 30_000,
  untakenMs: 10_000,
  idleMs: 15_000,
  proxyIdleMs: 72_000,
  headerBytes: 16 * 1024,
  requestsPerConnection: 1_000,
  waitingPerConnection: 16,
};

/** How late the end of a time may be noticed. */
const CHECK_MS = 500;

/** Operators are told of each kind of refusal once in so long; all of them are counted. */
const TOLD_AGAIN_MS = 60_000;
/** Connections that are being refused at one moment; more are ended without a word. */
const MAX_REFUSING = 256;

export interface ServerDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How its connections are called in figures. */
  readonly port: string;
  readonly limits: ConnectionLimits;
  /** Load balancers: many people come through one of their addresses. */
  readonly isTrustedProxy: (address: string) => boolean;
  readonly headers: ResponseHeaders;
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
}

/** Node's HTTP server, on which no connection takes more than its bounds and none can end the process. */
export function createBoundedServer(handler: RequestListener, bounds: Bounds, deps: ServerDeps): Server {
  const { logger, metrics, port, headers, isTrustedProxy, mayUpgrade } = deps;
  const onRefused = (code: string): void => metrics.count('http_requests_unreadable_total', { port, code });
  const keepForProxy = (socket: Socket): void => {
    // Node has set the time for everybody else.
    if (isTrustedProxy(socket.remoteAddress ?? '')) socket.setTimeout(bounds.proxyIdleMs);
  };
  const inTurn = (listener: RequestListener): RequestListener => {
    const withHeaders: RequestListener = (request, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      listener(request, response);
    };
    return answerInTurn(withHeaders, bounds, keepForProxy);
  };
  const server = createServer(
    {
      headersTimeout: bounds.headersMs,
      requestTimeout: bounds.requestMs,
      keepAliveTimeout: bounds.idleMs,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: bounds.headerBytes,
      requireHostHeader: false, // Refused in the words of the platform: readable.ts.
      shouldUpgradeCallback: (request) =>
        mayUpgrade(request) && unreadableBecause(request) === undefined && beingAnswered(request.socket) === undefined,
    },
    inTurn(refuseUnreadable(handler, onRefused)),
  );
  server.on('checkExpectation', inTurn(refuseExpectation(onRefused)));
  refuseMalformed(server, headers, onRefused);
  limitConnections(server, deps);
  // Accepting may fail, for instance without a free file descriptor; those who are connected are served on.
  server.on('error', (error) => logger.error({ err: error }, 'a connection could not be accepted'));
  return server;
}

/** Stands before Node's own handling of a new connection, so that what is refused costs no parser. */
function limitConnections(server: Server, deps: ServerDeps): void {
  const { clock, logger, metrics, port, limits, isTrustedProxy, headers } = deps;
  const limiter = new ConnectionLimiter(limits, isTrustedProxy, clock);
  const accept = server.listeners('connection');
  server.removeAllListeners('connection');
  let refusing = 0;
  const toldAt = new Map<string, number>();
  const tellOperators = ({ remoteAddress }: Socket, { code }: PlatformError): void => {
    const now = clock.monotonic();
    if (now < (toldAt.get(code) ?? -Infinity) + TOLD_AGAIN_MS) return;
    toldAt.set(code, now);
    const message = 'connections are refused; a load balancer belongs into TRUSTED_PROXIES';
    const { maxConnections, maxConnectionsPerAddress } = limits;
    logger.warn({ port, code, remoteAddress, maxConnections, maxConnectionsPerAddress }, message);
  };
  const refuse = (socket: Socket, refusal: PlatformError): void => {
    metrics.count('http_connections_refused_total', { port, code: refusal.code });
    tellOperators(socket, refusal);
    if (refusing >= MAX_REFUSING) return void socket.destroy();
    refusing += 1;
    socket.once('close', () => (refusing -= 1));
    refuseOnSocket(socket, refusal, statusOf(refusal), headers);
  };
  const count = (): void => metrics.gauge('http_connections', limiter.open, { port });
  server.on('connection', (socket) => {
    try {
      limiter.admit(socket);
    } catch (refusal) {
      if (!(refusal instanceof PlatformError)) throw refusal;
      return refuse(socket, refusal);
    }
    count();
    socket.on('close', count);
    for (const listener of accept) listener.call(server, socket);
  });
}
