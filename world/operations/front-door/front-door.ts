import { Agent, createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const ASK_EVERY_MS = 250;
const ANSWER_WITHIN_MS = 200;
/** An answer decides at once; so many questions in a row that nobody answered in time count as a no. */
const UNANSWERED = 3;
const PROBLEM = { 'content-type': 'application/problem+json' };
/** What may be done twice (RFC 9110, 9.2.2); a request that carries an idempotency key says so itself. */
const REPEATABLE: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** What a front door has done. */
export interface DoorCounts {
  /** Nobody was ready to take it. */
  readonly refused: number;
  /** The instance that had it ended before it answered. */
  readonly broken: number;
  /** The same, and another one was asked instead. */
  readonly repeated: number;
}

interface Upstream {
  readonly url: URL;
  readonly agent: Agent;
  isReady: boolean;
  stopAsking(): void;
}

/**
 * One address in front of several instances, as a load balancer is: asks each whether customers should come (every 250 ms,
 * one answer decides, and so do three questions without one), and sends each request and each new WebSocket to a ready one in
 * turn. A request whose instance ended is sent to another one, once, if it may be done twice and this door repeats at all.
 */
export class FrontDoor implements AsyncDisposable {
  readonly #upstreams: Upstream[] = [];
  readonly #sockets = new Set<Duplex>();
  readonly #counts = { refused: 0, broken: 0, repeated: 0 };
  #turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly repeats: boolean,
  ) {
    server.on('request', (request, response) => void this.#forward(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async open({ repeats = false } = {}): Promise<FrontDoor> {
    // Longer than clients keep an idle connection: the one who may still send on it must be the one who closes it.
    const server = createServer({ keepAliveTimeout: 75_000 }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FrontDoor(server, repeats);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get counts(): DoorCounts {
    return { ...this.#counts };
  }

  /** How many instances would be given a request now. */
  get ready(): number {
    return this.#upstreams.filter(({ isReady }) => isReady).length;
  }

  /** Sends customers there from its first good answer on. */
  add(url: string): void {
    const upstream: Upstream = { url: new URL(url), agent: new Agent({ keepAlive: true }), isReady: false, stopAsking };
    let unanswered = 0;
    const look = async (): Promise<void> => {
      const answer = await readinessOf(upstream.url);
      unanswered = answer === 'none' ? unanswered + 1 : 0;
      if (answer !== 'none') upstream.isReady = answer === 'yes';
      else if (unanswered >= UNANSWERED) upstream.isReady = false;
    };
    const timer = setInterval(() => void look(), ASK_EVERY_MS);
    function stopAsking(): void {
      clearInterval(timer);
    }
    this.#upstreams.push(upstream);
    void look();
  }

  /** Forgets an instance that has ended. */
  remove(url: string): void {
    const place = this.#upstreams.findIndex((upstream) => upstream.url.href === new URL(url).href);
    if (place < 0) return;
    this.#upstreams[place]?.stopAsking();
    this.#upstreams[place]?.agent.destroy();
    this.#upstreams.splice(place, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { url } of [...this.#upstreams]) this.remove(url.href);
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #next(except?: Upstream): Upstream | undefined {
    const ready = this.#upstreams.filter((upstream) => upstream.isReady && upstream !== except);
    return ready[(this.#turn += 1) % ready.length];
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return; // The caller has gone in the middle of its question.
    }
    this.#hand(request, response, Buffer.concat(parts));
  }

  #hand(request: IncomingMessage, response: ServerResponse, body: Buffer, lostBy?: Upstream): void {
    const upstream = this.#next(lostBy);
    if (upstream === undefined) {
      this.#counts.refused += 1;
      response.writeHead(503, { ...PROBLEM, 'retry-after': '1' });
      response.end(JSON.stringify({ code: 'no_instance_ready', detail: 'No instance is ready.', retryAfterMs: 1_000 }));
      return;
    }
    const { connection: _, ...headers } = request.headers;
    const { hostname, port } = upstream.url;
    const { agent } = upstream;
    const onward = ask({ hostname, port, agent, method: request.method, path: request.url, headers, setHost: false });
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    onward.once('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      if (error.code === 'ECONNREFUSED') {
        upstream.isReady = false;
        return this.#hand(request, response, body, lostBy); // Nobody has read it.
      }
      if (this.repeats && lostBy === undefined && isRepeatable(request)) {
        this.#counts.repeated += 1;
        return this.#hand(request, response, body, upstream);
      }
      this.#counts.broken += 1;
      response.writeHead(502, PROBLEM);
      response.end(JSON.stringify({ code: 'instance_lost', detail: 'The instance ended before it answered.' }));
    });
    response.once('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    onward.end(body);
  }

  #upgrade(request: IncomingMessage, client: Socket, head: Buffer): void {
    client.on('error', () => client.destroy());
    const upstream = this.#next();
    if (upstream === undefined) {
      this.#counts.refused += 1;
      client.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\r\n');
      return;
    }
    const { hostname, port } = upstream.url;
    const onward = connect({ host: hostname, port: Number(port), noDelay: true });
    onward.once('connect', () => {
      client.setNoDelay(true);
      onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${linesOf(request.rawHeaders)}\r\n`);
      onward.write(head);
      client.pipe(onward).pipe(client);
      // One half's end ends the other, however it ended.
      client.once('close', () => onward.destroy());
      onward.once('close', () => client.destroy());
    });
    onward.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') {
        upstream.isReady = false;
        return this.#upgrade(request, client, head);
      }
      client.destroy();
    });
  }
}

function isRepeatable({ method, headers }: IncomingMessage): boolean {
  return REPEATABLE.has(method) || headers['idempotency-key'] !== undefined;
}

function linesOf(rawHeaders: readonly string[]): string {
  let lines = '';
  for (let place = 0; place < rawHeaders.length; place += 2) {
    lines += `${rawHeaders[place]}: ${rawHeaders[place + 1]}\r\n`;
  }
  return lines;
}

/** `none`: no answer in time. Nobody listens there: a no. */
function readinessOf({ hostname, port }: URL): Promise<'yes' | 'no' | 'none'> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const question = ask({ hostname, port, path: '/health/ready', agent: false, signal }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? 'yes' : 'no');
    });
    question.once('error', () => resolve(signal.aborted ? 'none' : 'no'));
    question.end();
  });
}
