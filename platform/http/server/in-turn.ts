import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface TurnBounds {
  readonly requestsPerConnection: number;
  /** Requests sent ahead of the answer to the one before; nobody but a flood has more. */
  readonly waitingPerConnection: number;
  /** Milliseconds. An answer of which nothing is taken for so long ends its connection. */
  readonly untakenMs: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly handler: RequestListener;
}

interface Turns {
  current: Exchange | undefined;
  answered: number;
  readonly waiting: Exchange[];
  /** Once, when nothing waits any more. */
  last?: () => void;
}

const connections = new WeakMap<Socket, Turns>();

/** The request of this connection that is being answered, if any. */
export function beingAnswered(socket: Socket): Exchange | undefined {
  return connections.get(socket)?.current;
}

/** Calls `then` once everything that has been asked on this connection is answered, unless it ends before. */
export function whenAnswered(socket: Socket, then: () => void): void {
  const turns = connections.get(socket);
  if (turns?.current === undefined) then();
  else turns.last = then;
}

/** What Node calls for each request that it has read; undocumented, and set anew for each connection. */
interface BeingRead extends Socket {
  readonly parser?: { onIncoming?: (() => number) | null } | null;
}
const STOP_READING = 2;

/** Node reads on to the end of what has arrived: after a flood's connection was ended, a thousand requests more, each with an error. */
function endFlood(socket: Socket): void {
  const { parser } = socket as BeingRead;
  if (parser) parser.onIncoming = () => STOP_READING;
  socket.destroy();
}

/**
 * Handles the requests of a connection one after the other, the next when the answer to the last has been taken, so that
 * whoever sends requests and reads no answers holds one answer and no more; Node alone makes the answers of all requests it
 * has read. A connection is ended after its last request, when too many wait, and when an answer is not taken. Several
 * listeners of one server share the turns of its connections.
 */
export function answerInTurn(
  handler: RequestListener,
  bounds: TurnBounds,
  /** Called when everything that was asked on the connection is answered. */
  onIdle: (socket: Socket) => void = () => undefined,
): RequestListener {
  const start = (socket: Socket, turns: Turns, exchange: Exchange): void => {
    const { request, response } = exchange;
    turns.current = exchange;
    turns.answered += 1;
    const isLast = turns.answered >= bounds.requestsPerConnection;
    if (isLast) response.shouldKeepAlive = false;
    socket.setTimeout(0);
    response.once('prefinish', () => socket.setTimeout(bounds.untakenMs));
    response.once('pipe', () => {
      // Its pieces may be slow to be made, which is nothing that the caller could change.
      response.on('timeout', () => (response.writableNeedDrain || response.writableEnded) && socket.destroy());
      socket.setTimeout(bounds.untakenMs);
    });
    response.once('close', () => {
      turns.current = undefined;
      if (isLast || socket.destroyed) return;
      const next = turns.waiting.shift();
      // What is malformed may be the rest of the next one, which is never whole then.
      const isCutShort = turns.last !== undefined && next?.request.complete !== true;
      if (next === undefined || isCutShort) (turns.last ?? onIdle)(socket);
      else start(socket, turns, next);
    });
    exchange.handler(request, response);
  };
  return (request, response) => {
    const { socket } = request;
    const turns = connections.get(socket) ?? { current: undefined, answered: 0, waiting: [] };
    connections.set(socket, turns);
    const exchange = { request, response, handler };
    if (turns.current === undefined) start(socket, turns, exchange);
    else if (turns.waiting.push(exchange) > bounds.waitingPerConnection) endFlood(socket);
  };
}
