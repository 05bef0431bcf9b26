import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Seen from the client: `sent` flows to the service, `received` comes back from it. */
export type Direction = 'sent' | 'received';

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'http:': 80,
  'https:': 443,
};

const NONSENSE = 'you have the wrong number\r\n';

/** One client's line and its continuation to the service. */
interface Line {
  readonly client: Socket;
  readonly service: Socket;
}

/**
 * A TCP proxy in front of a service: real faults on real connections, the same for PostgreSQL, Redis and HTTP. `url` is
 * the service's address with the proxy's host and port in it, credentials and path unchanged.
 */
export class FaultProxy implements AsyncDisposable {
  readonly #lines = new Set<Line>();
  #refuses = false;
  #isBlackHole = false;
  #delayMs = 0;
  #babbles = false;
  #cutAfter: { bytes: number; direction: Direction } | null = null;
  #lostReply: { readonly statement: string; readonly lines: Set<Line>; line: Line | null } | null = null;

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
    readonly url: string,
  ) {
    server.on('connection', (client) => this.#accept(client));
  }

  static async open(targetUrl: string): Promise<FaultProxy> {
    const url = new URL(targetUrl);
    const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
    if (port === undefined) throw new Error(`a fault proxy needs to know the port behind ${url.protocol}//${url.host}`);
    const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port };
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const own = String((server.address() as AddressInfo).port);
    return new FaultProxy(server, target, targetUrl.replace(url.host, `127.0.0.1:${own}`));
  }

  /** How many lines are open through the proxy right now. */
  get open(): number {
    return this.#lines.size;
  }

  /** Breaks every line at once (RST, no goodbye) and refuses new ones until `restore`. */
  cut(): void {
    this.#refuses = true;
    for (const line of [...this.#lines]) this.#reset(line);
  }

  /** Ends every fault. Lines that were cut stay cut; those that hung in the black hole go on where they stood. */
  restore(): void {
    this.#refuses = this.#isBlackHole = this.#babbles = false;
    this.#delayMs = 0;
    this.#cutAfter = null;
    for (const { client, service } of this.#lines) {
      client.resume();
      service.resume();
    }
  }

  /** Holds back every piece for `ms` milliseconds in each direction, in order. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Everything that comes back is replaced by what is no answer, as when something else listens at the address. */
  babble(): void {
    this.#babbles = true;
  }

  /** Takes everything, answers nothing, closes nothing: old lines hang, new ones connect and hang. */
  blackHole(): void {
    this.#isBlackHole = true;
    for (const { client, service } of this.#lines) {
      client.pause();
      service.pause();
    }
  }

  /**
   * Lets exactly `bytes` more through in one direction, counted over all lines, and cuts then: a request that arrived
   * whose answer never did (`received`, 0), or one that broke off half-way (`sent`).
   */
  cutAfterBytes(bytes: number, direction: Direction): void {
    this.#cutAfter = { bytes, direction };
  }

  /** PostgreSQL commits the next transaction that sends `statement`, and its line breaks before the reply to the commit. */
  loseReplyToCommitOf(statement: string): void {
    this.#lostReply = { statement, lines: new Set(), line: null };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#refuses) {
      client.resetAndDestroy();
      return;
    }
    const service = connect({ ...this.target, allowHalfOpen: true });
    const line: Line = { client, service };
    this.#lines.add(line);
    client.setNoDelay(true);
    service.setNoDelay(true);
    this.#forward(line, client, service, 'sent');
    this.#forward(line, service, client, 'received');
    for (const socket of [client, service]) {
      // Whatever broke one half breaks the other the same way; both ends learn it from their own half.
      socket.on('error', () => this.#reset(line));
      socket.on('close', () => {
        if (client.destroyed && service.destroyed) this.#lines.delete(line);
      });
    }
    if (this.#isBlackHole) this.blackHole();
  }

  #forward(line: Line, from: Socket, to: Socket, direction: Direction): void {
    // A chain, so that pieces and the end keep their order when the delay changes between them.
    let last = Promise.resolve();
    const inTurn = (work: () => void): void => {
      const due = performance.now() + this.#delayMs;
      last = last.then(() => until(due)).then(work);
    };
    from.on('data', (piece: Buffer) => {
      inTurn(() => this.#pass(line, from, to, piece, direction));
    });
    from.on('end', () => inTurn(() => to.end()));
  }

  #pass(line: Line, from: Socket, to: Socket, piece: Buffer, direction: Direction): void {
    if (to.destroyed || this.#isLostReply(line, piece, direction)) return;
    if (this.#babbles && direction === 'received') return void to.write(NONSENSE);
    const limit = this.#cutAfter;
    if (limit !== null && limit.direction === direction) {
      const allowed = piece.subarray(0, limit.bytes);
      this.#cutAfter = { direction, bytes: limit.bytes - allowed.length };
      if (allowed.length < piece.length) {
        // What may pass arrives before the line breaks: RST would overtake and discard it.
        to.write(allowed, () => this.cut());
        return;
      }
    }
    if (!to.write(piece)) {
      from.pause();
      to.once('drain', () => {
        if (!this.#isBlackHole) from.resume();
      });
    }
  }

  /** Nothing that comes back after the commit was sent arrives; once it has landed the line breaks. */
  #isLostReply(line: Line, piece: Buffer, direction: Direction): boolean {
    const lost = this.#lostReply;
    if (lost === null) return false;
    if (direction === 'sent') {
      if (piece.includes(lost.statement)) lost.lines.add(line);
      if (lost.lines.has(line) && piece.includes('COMMIT')) lost.line ??= line;
      return false;
    }
    if (lost.line !== line) return false;
    if (piece.includes('COMMIT')) {
      this.#lostReply = null;
      this.#reset(line);
    }
    return true;
  }

  #reset(line: Line): void {
    this.#lines.delete(line);
    for (const socket of [line.client, line.service]) {
      // A socket that is just ending cannot be reset: Node would lose it open, and its worker would never end.
      const isEnding = socket.writableEnded && !socket.writableFinished;
      if (isEnding) socket.destroy();
      else if (!socket.destroyed) socket.resetAndDestroy();
    }
  }
}

/** The proxy's own time: it delays real bytes on real connections, whatever clock a scenario runs on. */
function until(due: number): Promise<void> {
  const ms = due - performance.now();
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
