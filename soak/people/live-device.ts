import { WebSocket } from 'ws';
import { pause, systemClock, type ThreadEvent, type ThreadId } from '../../ssot/kernel';
import { reconnectDelay } from '../../platform/page/connection/reconnect.mjs';
import type { Seeded } from '../seeded';

/** What a device is shown, and where it connects. */
export interface LiveDeviceDeps {
  /** The front door. */
  readonly url: string;
  /** Who it is signed in as; read whenever it connects. */
  readonly token: () => string;
  readonly threadId: ThreadId;
  readonly random: Seeded;
  readonly onShown: (event: ThreadEvent, atMs: number) => void;
}

/** One connection of a device. */
interface LiveConnection {
  readonly socket: WebSocket;
  /** The number that must come next on it. */
  next: number;
  isCaughtUp: boolean;
}

interface Control {
  readonly type: string;
  readonly seq?: undefined;
  readonly data: { readonly reconnectInMs?: number; readonly code?: string };
}

/**
 * A tab that follows one thread for as long as it is open, as the published contract asks: told to move, it resumes on a new
 * connection before it leaves the old one, and drops by number what both deliver; torn off, it comes back as it is advised to.
 */
export class LiveDevice {
  /** Numbers shown, in order: the last one. */
  last = 0;
  /** What was wrong with the numbers of one connection. */
  readonly disorder: string[] = [];
  readonly counts = { shown: 0, moves: 0, losses: 0 };
  /** How its connections ended that were not given up by itself. */
  readonly losses: number[] = [];
  readonly ready: Promise<void>;
  readonly #caughtUp = Promise.withResolvers<void>();
  #current: LiveConnection | null = null;
  #next: LiveConnection | null = null;
  #attempt = 0;
  #isClosed = false;
  #worstMs = 0;
  #alone: number | null = null;

  constructor(private readonly deps: LiveDeviceDeps) {
    this.ready = this.#caughtUp.promise;
    this.#open();
  }

  /** The longest that anything was shown late or nothing could be shown, since this was asked before; milliseconds. */
  takeWorstMs(): number {
    const worst = Math.max(this.#worstMs, this.#alone === null ? 0 : performance.now() - this.#alone);
    this.#worstMs = 0;
    return worst;
  }

  get threadId(): ThreadId {
    return this.deps.threadId;
  }

  say(message: object): boolean {
    const { socket } = this.#current ?? {};
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** Whoever does not read fills the buffers on the way, and then waits at the instance. */
  stopReading(): void {
    for (const connection of [this.#current, this.#next]) connection?.socket.pause();
  }

  readOn(): void {
    for (const connection of [this.#current, this.#next]) connection?.socket.resume();
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.socket.terminate();
    this.#next?.socket.terminate();
  }

  #open(): void {
    if (this.#isClosed || this.#next !== null) return;
    const { url, token } = this.deps;
    const options = { perMessageDeflate: false, handshakeTimeout: 5_000 };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/chat`, ['chat.v1', `bearer.${token()}`], options);
    const connection: LiveConnection = { socket, next: 0, isCaughtUp: false };
    this.#next = connection;
    socket.on('message', (data: Buffer) =>
      this.#hear(connection, JSON.parse(data.toString()) as ThreadEvent | Control),
    );
    socket.on('error', () => undefined); // Told by the close that follows.
    socket.on('close', (code) => this.#lost(connection, code));
  }

  #hear(connection: LiveConnection, message: ThreadEvent | Control): void {
    if (message.seq !== undefined) return this.#show(connection, message);
    if (message.type === 'welcome') {
      connection.next = this.last + 1;
      const subscribe = { type: 'subscribe', threadId: this.deps.threadId, afterSeq: this.last };
      connection.socket.send(JSON.stringify(subscribe));
    } else if (message.type === 'caught_up') {
      this.#arrive(connection);
    } else if (message.type === 'restarting' && connection === this.#current) {
      this.counts.moves += 1;
      void pause(systemClock, message.data.reconnectInMs ?? 0).then(() => this.#open());
    }
  }

  #arrive(connection: LiveConnection): void {
    if (connection !== this.#next) return;
    const old = this.#current;
    this.#current = connection;
    this.#next = null;
    this.#attempt = 0;
    connection.isCaughtUp = true;
    old?.socket.close();
    if (this.#alone !== null) this.#worstMs = Math.max(this.#worstMs, performance.now() - this.#alone);
    this.#alone = null;
    this.#caughtUp.resolve();
  }

  #show(connection: LiveConnection, event: ThreadEvent): void {
    if (event.seq !== connection.next)
      this.disorder.push(`${event.threadId}: ${event.seq} came where ${connection.next} was due`);
    connection.next = event.seq + 1;
    if (event.seq <= this.last) return; // The other connection has shown it.
    this.last = event.seq;
    this.counts.shown += 1;
    const at = Date.now();
    // What it was shown because it comes back is as late as the pause was, and counted by it.
    this.#worstMs = Math.max(this.#worstMs, at - Date.parse(event.at));
    this.deps.onShown(event, at);
  }

  #lost(connection: LiveConnection, code: number): void {
    if (connection === this.#current) {
      this.#current = null;
      this.counts.losses += 1;
      this.losses.push(code);
      this.#alone ??= performance.now();
    } else if (connection === this.#next) this.#next = null;
    else return;
    if (this.#isClosed || this.#next !== null) return;
    const wait = reconnectDelay((this.#attempt += 1), code, () => this.deps.random.fraction());
    if (wait === 'stop') return this.#caughtUp.reject(new Error(`sent away for good (${code})`));
    void pause(systemClock, wait).then(() => this.#open());
  }
}
