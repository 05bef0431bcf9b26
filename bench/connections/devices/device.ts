import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Ticket } from '../contestants/contestant';
import { moment, toldAt } from '../moment';
import type { Kind } from '../contestants/server';

/** What all devices of a group have been shown together. */
export interface Tally {
  shown: number;
  expected: number;
  reached: PromiseWithResolvers<number> | null;
  /** Milliseconds each event was on its way; `null`: nobody asks. */
  waits: number[] | null;
}

/** One device of any contestant: `ws` for all of them, with only as much of the protocol as it takes. */
export class Device {
  #socket: WebSocket | null = null;
  #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #last: Buffer | null = null;
  /** How a `socket.io` session is found again. */
  #pid: string | null = null;
  #missing = 0;
  #resumed: PromiseWithResolvers<void> | null = null;

  constructor(
    private readonly kind: Kind,
    private readonly url: string,
    private readonly ticket: Ticket,
    private readonly tally: Tally,
  ) {}

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Resolves when it is shown what is told in its room. */
  async open(): Promise<void> {
    this.#ready = Promise.withResolvers();
    const { room, token } = this.ticket;
    // People come from addresses of their own, ten devices each.
    const from = { localAddress: `127.0.${1 + Math.floor(room / 250)}.${1 + (room % 250)}`, perMessageDeflate: false };
    const socket =
      this.kind === 'ours'
        ? new WebSocket(`${this.url}/v1/chat`, ['chat.v1', `bearer.${token}`], from)
        : this.kind === 'peer'
          ? new WebSocket(`${this.url}/socket.io/?EIO=4&transport=websocket&room=${room}`, from)
          : new WebSocket(`${this.url}/?room=${room}`, from);
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(data));
    socket.on('close', (code, reason) => this.#ready.reject(new Error(`closed ${code} ${reason.toString()}`)));
    socket.on('error', (error) => this.#ready.reject(error));
    if (this.kind === 'raw') socket.once('open', () => this.#ready.resolve());
    await this.#ready.promise;
  }

  /** Breaks the connection, and says how far it had been told. */
  async lose(): Promise<number> {
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return this.#seq;
    socket.terminate();
    await once(socket, 'close');
    return this.#seq;
  }

  async resume(missed: number): Promise<number> {
    this.#missing = missed;
    this.#resumed = Promise.withResolvers();
    const began = performance.now();
    await this.open();
    await this.#resumed.promise;
    return performance.now() - began;
  }

  get #seq(): number {
    if (this.#last === null) return 2;
    return this.kind === 'ours' ? (JSON.parse(this.#last.toString()) as { seq: number }).seq : 0;
  }

  #take(data: Buffer): void {
    if (!this.#isEvent(data)) return this.#control(data.toString());
    const { tally } = this;
    this.#last = data;
    tally.shown += 1;
    tally.waits?.push((moment() - toldAt(data)) / 1_000);
    if (tally.shown === tally.expected) tally.reached?.resolve(moment());
    if (this.#missing > 0 && --this.#missing === 0) this.#resumed?.resolve();
  }

  #isEvent(data: Buffer): boolean {
    if (this.kind === 'raw') return true;
    // "42[" and {"v":1,"i: what each begins its events with.
    if (this.kind === 'peer') return data[0] === 0x34 && data[1] === 0x32;
    return data[7] === 0x22 && data[8] === 0x69;
  }

  #control(text: string): void {
    if (this.kind === 'ours') {
      const { type, data } = JSON.parse(text) as { type: string; data: { code?: string } };
      const { threadId } = this.ticket;
      if (type === 'welcome') this.#say(JSON.stringify({ type: 'subscribe', threadId, afterSeq: this.#seq }));
      else if (type === 'caught_up') this.#ready.resolve();
      else if (type === 'error') this.#ready.reject(new Error(`refused: ${data.code}`));
      return;
    }
    if (text === '2') this.#say('3');
    else if (text.startsWith('0')) this.#say(`40${this.#session()}`);
    else if (text.startsWith('40')) {
      this.#pid = (JSON.parse(text.slice(2)) as { pid: string }).pid;
      this.#ready.resolve();
    }
  }

  #session(): string {
    if (this.#pid === null || this.#last === null) return '';
    const offset = (JSON.parse(this.#last.toString().slice(2)) as unknown[]).at(-1);
    return JSON.stringify({ pid: this.#pid, offset });
  }

  #say(text: string): void {
    this.#socket?.send(text);
  }
}
