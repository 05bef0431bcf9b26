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

/** Whole, as PostgreSQL is told it and tells it: a transaction may begin as `READ COMMITTED` in the same piece. */
const COMMIT = 'COMMIT\0';
const NONSENSE = 'you have the wrong number\r\n';

interface Target {
  readonly host: string;
  readonly port: number;
}

/** One client's connection and its continuation to the service. */
interface ProxiedConnection {
  readonly client: Socket;
  readonly service: Socket;
}

function targetOf(address: string): Target {
  const url = new URL(address);
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  if (port === undefined) throw new Error(`a fault proxy needs to know the port behind ${url.protocol}//${url.host}`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/**
 * A TCP proxy in front of a service: real faults on real connections, the same for PostgreSQL, Redis and HTTP. `url` is
 * the service's address with the proxy's host and port in it, credentials and path unchanged.
 */
export class FaultProxy implements AsyncDisposable {
  readonly #connections = new Set<ProxiedConnection>();
  #refuses = false;
  #isBlackHole = false;
  #delayMs = 0;
  #babbles = false;
  #cutAfter: { bytes: number; direction: Direction } | null = null;
  #lostReply: {
    readonly statement: string;
    readonly connections: Set<ProxiedConnection>;
    connection: ProxiedConnection | null;
  } | null = null;

  private constructor(
    private readonly server: Server,
    private target: Target,
    readonly url: string,
  ) {
    server.on('connection', (client) => this.#accept(client));
  }

  static async open(targetUrl: string): Promise<FaultProxy> {
    const target = targetOf(targetUrl);
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { host } = new URL(targetUrl);
    const own = String((server.address() as AddressInfo).port);
    return new FaultProxy(server, target, targetUrl.replace(host, `127.0.0.1:${own}`));
  }

  /** From now on the address leads to another server; connections that are open go on leading to the one before. */
  leadTo(targetUrl: string): void {
    this.target = targetOf(targetUrl);
  }

  /** How many connections are open through the proxy right now. */
  get open(): number {
    return this.#connections.size;
  }

  /** Breaks every connection at once (RST, no goodbye) and refuses new ones until `restore`. */
  cut(): void {
    this.#refuses = true;
    for (const connection of [...this.#connections]) this.#reset(connection);
  }

  /** Ends every fault. Connections that were cut stay cut; those that hung in the black hole go on where they stood. */
  restore(): void {
    this.#refuses = this.#isBlackHole = this.#babbles = false;
    this.#delayMs = 0;
    this.#cutAfter = null;
    for (const { client, service } of this.#connections) {
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

  /** Takes everything, answers nothing, closes nothing: old connections hang, new ones connect and hang. */
  blackHole(): void {
    this.#isBlackHole = true;
    for (const { client, service } of this.#connections) {
      client.pause();
      service.pause();
    }
  }

  /**
   * Lets exactly `bytes` more through in one direction, counted over all connections, and cuts then: a request that arrived
   * whose answer never did (`received`, 0), or one that broke off half-way (`sent`).
   */
  cutAfterBytes(bytes: number, direction: Direction): void {
    this.#cutAfter = { bytes, direction };
  }

  /** PostgreSQL commits the next transaction that sends `statement`, and its connection breaks before the reply to the commit. */
  loseReplyToCommitOf(statement: string): void {
    this.#lostReply = { statement, connections: new Set(), connection: null };
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
    const connection: ProxiedConnection = { client, service };
    this.#connections.add(connection);
    client.setNoDelay(true);
    service.setNoDelay(true);
    this.#forward(connection, client, service, 'sent');
    this.#forward(connection, service, client, 'received');
    for (const socket of [client, service]) {
      // Whatever broke one half breaks the other the same way; both ends learn it from their own half.
      socket.on('error', () => this.#reset(connection));
      socket.on('close', () => {
        if (client.destroyed && service.destroyed) this.#connections.delete(connection);
      });
    }
    if (this.#isBlackHole) this.blackHole();
  }

  #forward(connection: ProxiedConnection, from: Socket, to: Socket, direction: Direction): void {
    // A chain, so that pieces and the end keep their order when the delay changes between them.
    let last = Promise.resolve();
    const inTurn = (work: () => void): void => {
      const due = performance.now() + this.#delayMs;
      last = last.then(() => until(due)).then(work);
    };
    from.on('data', (piece: Buffer) => {
      inTurn(() => this.#pass(connection, from, to, piece, direction));
    });
    from.on('end', () => inTurn(() => to.end()));
  }

  #pass(connection: ProxiedConnection, from: Socket, to: Socket, piece: Buffer, direction: Direction): void {
    if (to.destroyed || this.#isLostReply(connection, piece, direction)) return;
    if (this.#babbles && direction === 'received') return void to.write(NONSENSE);
    const limit = this.#cutAfter;
    if (limit !== null && limit.direction === direction) {
      const allowed = piece.subarray(0, limit.bytes);
      this.#cutAfter = { direction, bytes: limit.bytes - allowed.length };
      if (allowed.length < piece.length) {
        // What may pass arrives before the connection breaks: RST would overtake and discard it.
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

  /** Nothing that comes back after the commit was sent arrives; once it has landed the connection breaks. */
  #isLostReply(connection: ProxiedConnection, piece: Buffer, direction: Direction): boolean {
    const lost = this.#lostReply;
    if (lost === null) return false;
    if (direction === 'sent') {
      if (piece.includes(lost.statement)) lost.connections.add(connection);
      if (lost.connections.has(connection) && piece.includes(COMMIT)) lost.connection ??= connection;
      return false;
    }
    if (lost.connection !== connection) return false;
    if (piece.includes(COMMIT)) {
      this.#lostReply = null;
      this.#reset(connection);
    }
    return true;
  }

  #reset(connection: ProxiedConnection): void {
    this.#connections.delete(connection);
    for (const socket of [connection.client, connection.service]) {
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
