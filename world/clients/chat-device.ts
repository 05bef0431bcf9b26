import { WebSocket } from 'ws';
import type { ThreadEvent, ThreadId } from '../../ssot/kernel';
import { eventually } from '../eventually';
import type { Evidence } from '../evidence';
import { PATIENCE_MS } from '../patience';

/** Anything that came over the connection: events carry a `seq`, control messages do not. */
export type Received =
  | ThreadEvent
  | { readonly type: string; readonly seq?: undefined; readonly [key: string]: unknown };

interface Waiter {
  readonly wanted: (received: readonly Received[]) => boolean;
  readonly done: () => void;
}

/** One open tab of a person: speaks the public `chat.v1` contract and remembers everything it was sent. */
export class ChatDevice implements AsyncDisposable {
  readonly received: Received[] = [];
  /** When each event arrived, by its id; milliseconds since the Unix epoch. */
  readonly shownAt = new Map<string, number>();
  readonly said: object[] = [];
  closed: { code: number; reason: string } | null = null;
  /** The thread it shows: the one it was last asked to follow. */
  shows: ThreadId | null = null;
  #socket: WebSocket | null = null;
  /** The address of the instance it is connected to, or was last. */
  instanceUrl = '';
  #isMoving = false;
  #isReading = true;
  #waiters = new Set<Waiter>();

  constructor(
    readonly name: string,
    private readonly actor: string,
    private readonly evidence: Evidence,
  ) {}

  /** Connects and waits for the welcome. The token travels as a second subprotocol, as a browser sends it. */
  async connect(baseUrl: string, token: string): Promise<void> {
    const url = `${baseUrl.replace(/^http/, 'ws')}/v1/chat`;
    const socket = new WebSocket(url, ['chat.v1', `bearer.${token}`]);
    this.#socket = socket;
    this.instanceUrl = baseUrl;
    this.closed = null;
    const welcomesBefore = this.#count('welcome');
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString('utf8')) as Received));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.evidence.note('socket', this.#label, `connection closed: ${code} ${this.closed.reason}`);
      this.#wake();
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    await this.until('welcome', () => this.#count('welcome') > welcomesBefore);
  }

  /** Follows a thread and waits until everything stored so far has arrived. */
  async follow(threadId: ThreadId, afterSeq = 0): Promise<void> {
    const caughtUpBefore = this.#count('caught_up');
    this.shows = threadId;
    this.say({ type: 'subscribe', threadId, afterSeq });
    await this.until('the rest of the story', () => this.#count('caught_up') > caughtUpBefore);
  }

  /**
   * Moves as the contract asks of a client that was told `restarting`: the new connection is opened and resumes before the old
   * one is closed, and what both deliver is taken once.
   */
  async move(baseUrl: string, token: string): Promise<void> {
    await this.until('the request to move', () => this.#count('restarting') > 0);
    const old = this.#socket;
    old?.removeAllListeners('close');
    this.#isMoving = true;
    await this.connect(baseUrl, token);
    await this.follow(this.shows as ThreadId, this.story().at(-1)?.seq ?? 0);
    old?.close();
    this.#isMoving = false;
  }

  /** Asks to follow a thread and waits for whatever is answered: that it has caught up, or why not. */
  async tryToFollow(threadId: ThreadId, afterSeq: number): Promise<void> {
    this.shows = threadId;
    this.say({ type: 'subscribe', threadId, afterSeq });
    await this.until('an answer', () => this.#count('caught_up') + this.#count('error') > 0);
  }

  say(message: object): void {
    this.evidence.note('socket', this.#label, `says ${(message as { type?: string }).type ?? 'something'}`, message);
    this.said.push(message);
    this.#socket?.send(JSON.stringify(message));
  }

  sayRaw(message: string | Buffer): void {
    this.evidence.note('socket', this.#label, 'says something', message.slice(0, 100).toString());
    this.#socket?.send(message, { binary: Buffer.isBuffer(message) });
  }

  stopReading(): void {
    this.#isReading = false;
    this.#socket?.pause();
  }

  readAgain(): void {
    this.#isReading = true;
    this.#socket?.resume();
  }

  /** Resolves when it has been answered, or its connection has ended; at once when it does not read. */
  async keepsUp(): Promise<void> {
    if (!this.#isReading || this.closed !== null) return;
    const before = this.#count('pong');
    this.say({ type: 'ping' });
    const wanted = (): boolean => this.#count('pong') > before;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        wanted,
        done: () => {
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** How its connection was closed, once it is; whatever was not read yet is read first. */
  async ended(): Promise<{ code: number; reason: string }> {
    this.readAgain();
    return eventually(() => {
      if (this.closed === null) throw new Error(`${this.#label} is still connected`);
      return Promise.resolve(this.closed);
    });
  }

  /** Control messages of one type, as they came. */
  controls(type: string): readonly Received[] {
    return this.received.filter((item) => item.type === type && item.seq === undefined);
  }

  /** The reason codes of everything that was refused on this connection, in order. */
  refusals(): readonly string[] {
    return this.controls('error').map((item) => String((item as { data?: { code?: unknown } }).data?.code));
  }

  /** The same, once something was refused. */
  async refused(): Promise<readonly string[]> {
    await this.until('a refusal', () => this.refusals().length > 0);
    return this.refusals();
  }

  async pingPong(): Promise<void> {
    const before = this.#count('pong');
    this.say({ type: 'ping' });
    await this.until('a sign of life', () => this.#count('pong') > before);
  }

  /** Every event received up to now: a sign of life is asked for first, so that nothing is still on its way. */
  async eventsUntilNow(): Promise<readonly Received[]> {
    await this.pingPong();
    return this.received.filter((item) => item.seq !== undefined);
  }

  /** Breaks the connection at the moment an event of this type arrives. */
  async loseAfter(type: string): Promise<void> {
    await this.until(`the event ${type}`, () => this.#count(type) > 0);
    await this.lose();
  }

  /** Breaks the connection without reading what comes back; what was said before is still delivered. */
  async loseUnread(): Promise<void> {
    this.#socket?.removeAllListeners('message');
    this.#socket?.pause();
    await this.lose();
  }

  /** The story of the thread it shows as this device saw it, in order of arrival. */
  story(threadId = this.shows): readonly ThreadEvent[] {
    return this.received.filter((item): item is ThreadEvent => item.seq !== undefined && item.threadId === threadId);
  }

  /** Resolves when what was received satisfies `wanted`; fails, naming what did arrive, after `withinMs`. */
  async until(what: string, wanted: (received: readonly Received[]) => boolean, withinMs = PATIENCE_MS): Promise<void> {
    if (wanted(this.received)) return;
    if (this.closed !== null) throw new Error(`${this.#label} was closed before ${what}: ${this.closed.code}`);
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        wanted,
        done: () => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          if (wanted(this.received)) resolve();
          else
            reject(
              new Error(`${this.#label} waited for ${what}, but the connection was closed: ${this.closed?.reason}`),
            );
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const seen = this.received.map((item) => item.type).join(', ') || 'nothing';
        reject(new Error(`${this.#label} waited ${withinMs} ms for ${what}; it received: ${seen}`));
      }, withinMs);
      this.#waiters.add(waiter);
    });
  }

  /** Breaks the connection without a word, as a tunnel does. */
  async lose(): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.terminate();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lose();
  }

  get #label(): string {
    return `${this.actor}'s ${this.name}`;
  }

  #take(item: Received): void {
    if (this.#isMoving && item.seq !== undefined && this.story().some((event) => event.seq === item.seq)) return;
    this.received.push(item);
    if (item.seq !== undefined) this.shownAt.set(item.id, Date.now());
    this.evidence.note('socket', this.#label, item.seq === undefined ? item.type : `${item.seq} ${item.type}`, item);
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters) if (this.closed !== null || waiter.wanted(this.received)) waiter.done();
  }

  #count(type: string): number {
    return this.received.filter((item) => item.type === type).length;
  }
}
