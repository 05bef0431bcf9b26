import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ThreadEvent, ThreadId } from '../ssot/kernel';
import type { Received } from './chat-device';
import type { Evidence } from './evidence';

/** What a device shows at the door. */
export interface Papers {
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly origin?: string;
  readonly address?: string;
  /** The address of the device's own network. */
  readonly from?: string;
}

/** One tab on a line that ends in this process, so that its network can be held, and nothing takes time. */
export class DeliveryDevice implements Disposable {
  readonly received: Received[] = [];
  /** How many of what it received are events. */
  events = 0;
  closed: { code: number; reason: string } | null = null;
  /** The door's answer when no line was opened at all. */
  turnedAway: { status: number; type: string; problem: unknown } | null = null;
  readonly #socket: WebSocket;

  constructor(
    private readonly label: string,
    wire: Duplex,
    { protocols, headers, origin, address = '/v1/chat' }: Papers,
    private readonly evidence: Evidence,
  ) {
    const options = { createConnection: () => wire as never, headers, ...(origin === undefined ? {} : { origin }) };
    this.#socket = new WebSocket(`ws://chat.example${address}`, [...protocols], options);
    this.#socket.on('message', (data: Buffer) => {
      const item = JSON.parse(data.toString('utf8')) as Received;
      this.received.push(item);
      if (item.seq !== undefined) this.events += 1;
      this.evidence.note('socket', label, item.seq === undefined ? item.type : `${item.seq} ${item.type}`, item);
    });
    this.#socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.evidence.note('socket', label, `line closed: ${code} ${this.closed.reason}`);
    });
    this.#socket.on('unexpected-response', (_request, response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const type = String(response.headers['content-type']);
        const problem = JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
        this.turnedAway = { status: response.statusCode ?? 0, type, problem };
      });
    });
    // A line that breaks is closed next, which is what scenarios look at.
    this.#socket.on('error', (error) => this.evidence.note('socket', label, error.message));
  }

  /** The one subprotocol that was named back. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  say(message: string | Buffer | object): void {
    const raw = typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message);
    this.evidence.note('socket', this.label, 'says', raw.slice(0, 200).toString());
    this.#socket.send(raw, { binary: Buffer.isBuffer(raw) });
  }

  /** What it has said that nobody has taken yet. */
  get unheardBytes(): number {
    return this.#socket.bufferedAmount;
  }

  stopReading(): void {
    this.#socket.pause();
  }

  readAgain(): void {
    this.#socket.resume();
  }

  leave(): void {
    this.#socket.close(1000, 'done');
  }

  /** Its network is gone, without a word. */
  tearOff(): void {
    this.#socket.terminate();
  }

  /** Control messages of one type, as they came. */
  told(type: string): readonly { readonly threadId: ThreadId | null; readonly data: Record<string, unknown> }[] {
    return this.received.filter((item) => item.type === type && item.seq === undefined) as never;
  }

  story(threadId: ThreadId): readonly ThreadEvent[] {
    return this.received.filter((item): item is ThreadEvent => item.seq !== undefined && item.threadId === threadId);
  }

  [Symbol.dispose](): void {
    this.tearOff();
  }
}
