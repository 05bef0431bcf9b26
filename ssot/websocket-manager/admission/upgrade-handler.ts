import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { refuseOnSocket, type Clock, type PlatformError } from '../../kernel';
import { CLOSE, closeReasonOf } from '../protocol/close-codes';
import type { Gateway } from '../contract';
import { ChatError } from '../errors';
import { offersSubprotocol, SUBPROTOCOL } from './handshake';

const MAX_FRAME_BYTES = 64 * 1024;
const NOT_READY_RETRY_MS = 1_000;
/** For taking the rejection and saying goodbye; `ws` alone would wait for 30 seconds. */
const LINGER_MS = 1_000;

/** Makes WebSockets of requests, and rejects over them: a browser could not read the status of a refused upgrade. */
export class UpgradeHandler {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    clientTracking: false,
    // Only this name is ever answered; what travels beside it may be a token.
    handleProtocols: () => SUBPROTOCOL,
  });

  constructor(private readonly clock: Clock) {
    this.#server.on('wsClientError', ({ message }, wire) => {
      refuseOnSocket(wire, new ChatError('invalid_handshake', `${message}.`), 400);
    });
  }

  /** Whoever could not read a refusal on the socket is refused the upgrade itself. `wire` has an error listener that stays. */
  accept(request: IncomingMessage, wire: Duplex, head: Buffer, on: (socket: WebSocket) => void): void {
    if (!offersSubprotocol(request)) {
      const refusal = new ChatError('subprotocol_required', `Offer the subprotocol "${SUBPROTOCOL}".`);
      return refuseOnSocket(wire, refusal, 400);
    }
    this.#server.handleUpgrade(request, wire, head, on);
  }

  reject(socket: WebSocket, { code, message, retryAfterMs, limit }: PlatformError): void {
    const at = new Date(this.clock.now()).toISOString();
    // It is closed below, and there is nobody left to tell of what it still sends.
    socket.on('error', () => undefined);
    const patience = this.clock.after(LINGER_MS, () => socket.terminate());
    socket.once('close', () => patience[Symbol.dispose]());
    socket.send(
      JSON.stringify({ v: 1, type: 'error', threadId: null, at, data: { code, message, retryAfterMs, limit } }),
    );
    socket.close(CLOSE[closeReasonOf(code)], code);
  }

  close(): void {
    this.#server.close();
  }
}

/** Rejects every connection with `not_ready`: for an instance that is still starting. */
export function createNotReadyHandler(clock: Clock): Pick<Gateway, 'handleUpgrade'> {
  const upgrades = new UpgradeHandler(clock);
  const retryAfterMs = NOT_READY_RETRY_MS;
  return {
    handleUpgrade: (request, wire, head) =>
      upgrades.accept(request, wire, head, (socket) =>
        upgrades.reject(socket, new ChatError('not_ready', 'This instance is still starting.', { retryAfterMs })),
      ),
  };
}
