import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ConnectionId, ThreadEvent, ThreadId } from '../../../ssot/kernel';

/** How a device asks for its connection. */
export interface Handshake {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly origin?: string;
  readonly path?: string;
  /** The address of the device's own network. */
  readonly from?: string;
}

interface Control {
  readonly type: string;
  readonly threadId: ThreadId | null;
  readonly at: string;
  readonly data: Record<string, unknown>;
  readonly seq?: undefined;
}

/** A device whose connection ends in this process: its network can be held, and nothing takes time. */
export class TestDevice implements Disposable {
  readonly received: (ThreadEvent | Control)[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  /** The answer when the upgrade itself was refused. */
  rejected: { readonly status: number; readonly type: string; readonly problem: unknown } | null = null;
  readonly #socket: WebSocket;

  constructor(wire: Duplex, { protocols = ['chat.v1'], headers = {}, origin, path = '/v1/chat' }: Handshake) {
    const options = { createConnection: () => wire as never, headers, ...(origin !== undefined && { origin }) };
    this.#socket = new WebSocket(`ws://chat.example${path}`, [...protocols], options);
    this.#socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString('utf8')) as ThreadEvent | Control);
    });
    this.#socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString('utf8') }));
    this.#socket.on('unexpected-response', (_request, response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const type = String(response.headers['content-type']);
        const problem = JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
        this.rejected = { status: response.statusCode ?? 0, type, problem };
      });
    });
    // A connection that breaks is closed next, which is what tests look at.
    this.#socket.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** The subprotocol that was named back. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  get connectionId(): ConnectionId {
    return this.controls('welcome')[0]?.['connectionId'] as ConnectionId;
  }

  /** What it has sent that nobody has taken yet. */
  get unreadBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string | Buffer | object): void {
    const raw = typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message);
    this.#socket.send(raw, { binary: Buffer.isBuffer(raw) });
  }

  /** As text, whatever these bytes are. */
  sendText(bytes: Buffer): void {
    this.#socket.send(bytes, { binary: false });
  }

  /** Says that it is alive, without having been asked. */
  pong(): void {
    this.#socket.pong();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close(1000, 'done');
  }

  /** Its network is gone, without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** The data of its control messages of one type, in order. */
  controls(type: string): readonly Record<string, unknown>[] {
    return this.received.flatMap((one) => (one.seq === undefined && one.type === type ? [one.data] : []));
  }

  /** The codes of the errors that it was sent. */
  get errors(): readonly unknown[] {
    return this.controls('error').map(({ code }) => code);
  }

  events(threadId: ThreadId): readonly ThreadEvent[] {
    return this.received.filter((one): one is ThreadEvent => one.seq !== undefined && one.threadId === threadId);
  }

  seqs(threadId: ThreadId): readonly number[] {
    return this.events(threadId).map(({ seq }) => seq);
  }

  /** `open`, or the code and the reason it was closed with. */
  get state(): string {
    return this.closed === null ? 'open' : `${this.closed.code} ${this.closed.reason}`.trim();
  }

  /** `welcome`, or the error, its wait and the close code: `rate_limited 60000 4429`. */
  get answer(): string {
    const [error] = this.controls('error');
    if (error === undefined) return this.controls('welcome').length === 1 ? 'welcome' : 'nothing';
    const { code, retryAfterMs } = error as { code: string; retryAfterMs?: number };
    return [code, retryAfterMs, this.closed?.code].filter((part) => part !== undefined).join(' ');
  }

  [Symbol.dispose](): void {
    this.terminate();
  }
}
