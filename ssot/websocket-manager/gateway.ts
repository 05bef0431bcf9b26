import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { fraction, type SessionId } from '../kernel';
import type { Gateway, GatewayHealth, GatewayPorts } from './contract';
import { ChatError } from './errors';
import { assertWelcome, refuseUpgrade, SUBPROTOCOL, tokenOf } from './handshake';
import { CLOSE } from './close-codes';
import { Line } from './line';
import { PageReader } from './page-reader';

const LARGEST_FRAME = 64 * 1024;
const RECHECK_MS = 1_000;
/** Returns are spread, so that a new instance does not meet everybody at once. */
const MOVE_FROM_MS = 100;
const MOVE_TO_MS = 4_000;
const CLOSE_WAIT_MS = 200;

/** Opens nothing by itself: the platform's HTTP server hands upgrades over. */
export function createGateway(ports: GatewayPorts): Gateway {
  return new LiveGateway(ports);
}

class LiveGateway implements Gateway {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME,
    clientTracking: false,
    // Only this name is ever answered; what travels beside it may be a token.
    handleProtocols: () => SUBPROTOCOL,
  });
  readonly #lines = new Set<Line>();
  readonly #pages: PageReader;
  #rechecking: Disposable | undefined;
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(private readonly ports: GatewayPorts) {
    this.#pages = new PageReader(ports.log);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      assertWelcome(request, this.ports.config.origins);
    } catch (error) {
      refuseUpgrade(socket, error as ChatError);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (open) => this.#open(open, tokenOf(request)));
  }

  refuse(): number {
    this.#draining = true;
    for (const line of this.#lines) line.askToMove(this.#moveIn());
    return this.#lines.size;
  }

  async drain(until: AbortSignal): Promise<{ asked: number; left: number }> {
    const asked = this.refuse();
    if (this.#lines.size > 0 && !until.aborted) {
      const over = Promise.withResolvers<void>();
      this.#emptied = over.resolve;
      until.addEventListener('abort', () => over.resolve(), { once: true });
      await over.promise;
    }
    return { asked, left: this.#lines.size };
  }

  health(): GatewayHealth {
    const subscriptions = [...this.#lines].reduce((sum, line) => sum + line.subscriptions, 0);
    return { lines: this.#lines.size, subscriptions, draining: this.#draining };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#draining = true;
    this.#rechecking?.[Symbol.dispose]();
    for (const line of this.#lines) line.close('restarting', 'restarting');
    if (this.#lines.size > 0) {
      const over = Promise.withResolvers<void>();
      this.#emptied = over.resolve;
      using _limit = this.ports.clock.after(CLOSE_WAIT_MS, () => over.resolve());
      await over.promise;
    }
    for (const line of this.#lines) line.terminate();
    this.#server.close();
  }

  #open(socket: WebSocket, token: string | undefined): void {
    if (this.#draining) {
      const data = { code: 'restarting', message: 'This instance is restarting.', retryAfterMs: this.#moveIn() };
      socket.on('error', () => undefined); // It is closed in the next line; there is nobody left to tell.
      socket.send(JSON.stringify({ v: 1, type: 'error', threadId: null, at: this.#at(), data }));
      socket.close(CLOSE.restarting, 'restarting');
      return;
    }
    const line = new Line(socket, token, this.ports, this.#pages, () => {
      this.#lines.delete(line);
      this.ports.metrics.gauge('chat_lines', this.#lines.size);
      if (this.#lines.size === 0) this.#emptied?.();
    });
    this.#lines.add(line);
    this.ports.metrics.gauge('chat_lines', this.#lines.size);
    this.#recheck();
  }

  /** A sign-out closes its lines within two seconds, whatever Redis does: PostgreSQL is asked for all of them at once. */
  #recheck(): void {
    if (this.#rechecking !== undefined || this.#draining) return;
    this.#rechecking = this.ports.clock.after(RECHECK_MS, () => {
      void this.#closeEnded().finally(() => {
        this.#rechecking = undefined;
        if (this.#lines.size > 0) this.#recheck();
      });
    });
  }

  async #closeEnded(): Promise<void> {
    const sessions = [...this.#lines].map((line) => line.sessionId).filter((id): id is SessionId => id !== undefined);
    try {
      const ended = await this.ports.authority.endedAmong([...new Set(sessions)]);
      for (const line of this.#lines) {
        if (line.sessionId === undefined || !ended.has(line.sessionId)) continue;
        line.refuse(new ChatError('session_ended', 'This sign-in has ended. Sign in again.'));
        line.close('not_authenticated', 'session_ended');
      }
    } catch (error) {
      this.ports.logger.warn({ reason: String(error) }, 'sign-ins of open lines could not be checked');
    }
  }

  #moveIn(): number {
    return Math.round(MOVE_FROM_MS + fraction(this.ports.random) * (MOVE_TO_MS - MOVE_FROM_MS));
  }

  #at(): string {
    return new Date(this.ports.clock.now()).toISOString();
  }
}
