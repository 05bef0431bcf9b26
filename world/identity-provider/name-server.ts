import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode, AUTHORITATIVE_ANSWER, type Answer } from 'dns-packet';

/** A real name server for the domains of a scenario: what companies publish to prove that a domain is theirs. */
export class NameServer implements AsyncDisposable {
  readonly #texts = new Map<string, readonly string[]>();
  readonly #addresses = new Map<string, readonly string[]>();
  readonly asked: string[] = [];

  private constructor(private readonly socket: Socket) {}

  static async open(): Promise<NameServer> {
    const socket = createSocket('udp4');
    const server = new NameServer(socket);
    socket.on('message', (message, from) => socket.send(server.#answer(message), from.port, from.address));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return server;
  }

  /** As `DNS_SERVERS` names it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  publish(name: string, ...texts: readonly string[]): void {
    this.#texts.set(name, texts);
  }

  /** Each answer in its turn; the last one stays. */
  point(name: string, ...addresses: readonly string[]): void {
    this.#addresses.set(name, addresses);
  }

  #answer(message: Buffer): Buffer {
    const { id = 0, questions = [] } = decode(message);
    const answers = questions.flatMap(({ type, name }): Answer[] => {
      this.asked.push(`${type} ${name}`);
      if (type === 'TXT') {
        return (this.#texts.get(name) ?? []).map((data) => ({ type: 'TXT', name, ttl: 0, data: inPieces(data) }));
      }
      const [address, ...later] = type === 'A' ? (this.#addresses.get(name) ?? []) : [];
      if (later.length > 0) this.#addresses.set(name, later);
      return address === undefined ? [] : [{ type: 'A', name, ttl: 0, data: address }];
    });
    return encode({ type: 'response', id, flags: AUTHORITATIVE_ANSWER, questions, answers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

/** One text in two pieces, as long ones have to be. */
function inPieces(text: string): string[] {
  return [text.slice(0, 20), text.slice(20)];
}
