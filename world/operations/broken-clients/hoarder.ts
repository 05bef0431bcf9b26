import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../eventually';
import type { RevenueWorld } from '../../revenue-world';

/** Whether they ask something on each connection, and so are more than a number to the platform. */
export type HoardingManner = 'asks' | 'silent';

const SILENCE_MS = 1_000;
const QUESTION = 'GET /health/live HTTP/1.1\r\nHost: platform.example\r\n\r\n';

/** Somebody who opens connections and keeps them. */
export class Hoarder implements Disposable {
  readonly #sockets: Socket[] = [];
  readonly #answers = new Map<Socket, string>();

  constructor(private readonly world: RevenueWorld) {}

  /** Opens so many to the scenario's own instance, spread over addresses of their own, and waits for what becomes of them. */
  async open(count: number, addresses: number, manner: HoardingManner): Promise<void> {
    this.world.own(this);
    for (let opened = 0; opened < count; opened++) await this.#connect(1 + (opened % addresses), manner);
    if (manner === 'asks') await eventually(() => this.#assertAnswered());
    else await this.#letSilenceLast();
    this.world.evidence.note('socket', 'hoarder', `${count} connections from ${addresses}, ${this.held} are held`);
  }

  /** Connections that the instance has neither refused nor ended. */
  get held(): number {
    return this.#sockets.filter((socket) => !socket.readableEnded && !socket.destroyed).length;
  }

  /** The codes that the others were refused with, each once. */
  get refusals(): readonly string[] {
    const codes = [...this.#answers.values()].map((answer) => /"code":"(\w+)"/.exec(answer)?.[1] ?? '');
    return [...new Set(codes)].filter((code) => code !== '').sort();
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Linux lets everybody choose where in 127.0.0.0/8 they come from; the platform trusts 127.0.0.1 alone. */
  async #connect(address: number, manner: HoardingManner): Promise<Socket> {
    const { hostname, port } = new URL(this.world.operations.serving().url);
    const socket = connect({ host: hostname, port: Number(port), localAddress: `127.66.0.${address}` });
    this.#sockets.push(socket);
    socket.on('data', (data: Buffer) =>
      this.#answers.set(socket, `${this.#answers.get(socket) ?? ''}${data.toString()}`),
    );
    socket.on('error', () => undefined); // Being torn off is an outcome here: it is held no more.
    await once(socket, 'connect');
    if (manner === 'asks') socket.write(QUESTION);
    return socket;
  }

  /** Whoever has only just come may still be about to say something. */
  async #letSilenceLast(): Promise<void> {
    // The instance takes connections in their order: when the last is answered, it has seen all.
    const last = await this.#connect(1, 'asks');
    await eventually(() => this.#assertAnswered([last]));
    last.destroy();
    const instance = this.world.operations.serving();
    instance.advanceClock(SILENCE_MS);
    // Answered after the clock was moved.
    await instance.figures();
  }

  #assertAnswered(sockets = this.#sockets): void {
    const waiting = sockets.filter((socket) => !socket.destroyed && !this.#answers.has(socket)).length;
    if (waiting > 0) throw new Error(`${waiting} connections have not been answered`);
  }
}
