import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** A client that sends exactly the bytes it is told to, reads only when it is told to, and may reset its connection. */
export class RawClient implements AsyncDisposable {
  #received = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => (this.#received += text));
    socket.on('error', () => undefined); // A reset is an outcome here, seen as `ended`.
  }

  /** `from`: one of this machine's own addresses; on Linux all of 127.0.0.0/8 are. */
  static async connect(url: string, from?: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const localAddress = from === undefined ? {} : { localAddress: from };
    const socket = connect({ host: hostname, port: Number(port), ...localAddress });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Sends one request on a connection of its own and resolves with all that came back. */
  static async ask(url: string, request: string): Promise<RawAnswer> {
    await using client = await RawClient.connect(url);
    client.send(request);
    return await client.answer(); // Before the connection is closed.
  }

  get received(): string {
    return this.#received;
  }

  get hasEnded(): boolean {
    return this.socket.destroyed;
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Tears the connection down with RST instead of FIN, so many turns of the event loop from now. */
  async reset(turns = 0): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    this.socket.resetAndDestroy();
    await this.ended();
  }

  async ended(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  /** The first whole answer. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      const answer = parsed(this.#received);
      if (answer !== undefined) return answer;
      if (this.hasEnded) throw new Error(`The connection ended without a whole answer: ${this.#received}`);
      await this.heard();
    }
  }

  /** Until more has come, or the connection has ended. */
  async heard(): Promise<void> {
    await Promise.race([once(this.socket, 'data'), this.ended()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.ended();
  }
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function parsed(received: string): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...fields] = received.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => [field.split(':', 1)[0]?.toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  ) as Record<string, string>;
  const body = received.slice(end + 4);
  if (Buffer.byteLength(body, 'latin1') < Number(headers['content-length'] ?? 0)) return undefined;
  return { status: Number(line.split(' ')[1]), headers, body };
}
