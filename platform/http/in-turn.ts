import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface TurnBounds {
  readonly requestsPerConnection: number;
  /** Requests sent ahead of the answer to the one before; nobody but a flood has more. */
  readonly waitingPerConnection: number;
  /** Milliseconds. An answer of which nothing is taken for so long ends its connection. */
  readonly untakenMs: number;
}

type Exchange = readonly [IncomingMessage, ServerResponse];

interface Turns {
  answering: boolean;
  answered: number;
  readonly waiting: Exchange[];
}

const connections = new WeakMap<Socket, Turns>();

/** Whether answers are still to come on this connection. */
export function isAnswering(socket: Socket): boolean {
  return connections.get(socket)?.answering === true;
}

/**
 * Handles the requests of a connection one after the other, the next when the answer to the last has been taken, so that
 * whoever sends requests and reads no answers holds one answer and no more; Node alone makes the answers of all requests it
 * has read. A connection is ended after its last request, when too many wait, and when an answer is not taken.
 */
export function answerInTurn(handler: RequestListener, bounds: TurnBounds): RequestListener {
  const start = (socket: Socket, turns: Turns, [request, response]: Exchange): void => {
    turns.answering = true;
    turns.answered += 1;
    const isLast = turns.answered >= bounds.requestsPerConnection;
    if (isLast) response.shouldKeepAlive = false;
    socket.setTimeout(0);
    response.once('prefinish', () => socket.setTimeout(bounds.untakenMs));
    response.once('close', () => {
      turns.answering = false;
      const next = turns.waiting.shift();
      if (next !== undefined && !isLast && !socket.destroyed) start(socket, turns, next);
    });
    handler(request, response);
  };
  return (request, response) => {
    const { socket } = request;
    const turns = connections.get(socket) ?? { answering: false, answered: 0, waiting: [] };
    connections.set(socket, turns);
    if (!turns.answering) start(socket, turns, [request, response]);
    else if (turns.waiting.push([request, response]) > bounds.waitingPerConnection) socket.destroy();
  };
}
